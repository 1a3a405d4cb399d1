"""After a restart of the account: what was under way goes on, and what died meanwhile is noticed."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future

from lab.cloud.ack.service import ContainerService
from lab.cloud.ack.tasks import Task
from lab.cloud.background import background
from lab.hands import Hands

OF_CLUSTERS = ("cluster_create", "cluster_delete")

log = logging.getLogger(__name__)


def recover(service: ContainerService, hands: Hands) -> Future[None]:
    """To be called before the first call is served. The future ends once nodes are as the account has them and all
    tasks that were cut off run again, each from its beginning; one without what it needs fails, and says so. Nodes that
    were announced to go are on their way again."""
    unfinished = service.tasks.unfinished()
    service.clusters.fail_unattended({task.cluster_id for task in unfinished if task.task_type in OF_CLUSTERS})
    return background("recovery", _recover, service, hands, unfinished)


def _recover(service: ContainerService, hands: Hands, unfinished: Sequence[Task]) -> None:
    running = [cluster.cluster_id for cluster in service.clusters.clusters.all() if cluster.state == "running"]
    for cluster_id in running:
        _take_up(service, hands, cluster_id)
    for task in unfinished:
        log.info("task %s of cluster %s was cut off and begins again", task.task_type, task.cluster_id)
        service.tasks.run(task)
    attended = {one for task in unfinished for one in task.subject}
    for cluster_id in running:
        for pool in set(service.pools.short(cluster_id)) - attended:
            service.tasks.start(cluster_id, "nodepool_update", [pool])
    service.reclaims.resume()


def _take_up(service: ContainerService, hands: Hands, cluster_id: str) -> None:
    """A cluster that cannot be gone on with has failed; it can be deleted."""
    try:
        hands.resume_cluster(cluster_id)
    except RuntimeError as error:
        log.error("cluster %s has failed: %s", cluster_id, error)
        service.clusters.change(cluster_id, state="failed")
        return
    try:
        service.fleet.recover(cluster_id)
        service.addons.recover(cluster_id)
    except Exception:
        log.exception("cluster %s is not as the account has it", cluster_id)
