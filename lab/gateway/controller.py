"""The control loop: watch the cluster, reconcile, write the status of every KIngress."""

import threading
from collections.abc import Mapping
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from lab.gateway.complaints import Complaints
from lab.gateway.entrances import Entrances
from lab.gateway.kinds import kind_of
from lab.gateway.kube import Copy
from lab.gateway.reconciler import Observed, Reconciler, Result
from lab.gateway.status import next_status

_KNATIVE = ("networking.internal.knative.dev", "v1alpha1", "ingresses")
_ALBCONFIG = ("alibabacloud.com", "v1", "albconfigs")
# Also without a change: clusters whose last request has ended are let go, a refused status is written again.
_RESYNC_SECONDS = 30.0
_RETRY_SECONDS = 1.0


class Controller:
    """Level-based: every round looks at everything, so nothing depends on the order of events."""

    def __init__(self, api: client.ApiClient, reconciler: Reconciler, entrances: Entrances):
        self._core = client.CoreV1Api(api)
        self._discovery = client.DiscoveryV1Api(api)
        self._custom = client.CustomObjectsApi(api)
        self._reconciler = reconciler
        self._entrances = entrances
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._copies = self._make_copies()

    def run(self) -> None:
        """Until stop()."""
        complaints = Complaints("reconcile")
        for copy in self._copies.values():
            copy.start()
        while not self._stopping.is_set():
            self._changed.wait(_RESYNC_SECONDS)
            self._changed.clear()
            if not all(copy.is_complete for copy in self._copies.values()):
                continue
            try:
                self._round()
                complaints.settle()
            except Exception as error:
                complaints.say(repr(error))
                self._stopping.wait(_RETRY_SECONDS)
                self._changed.set()

    def stop(self) -> None:
        self._stopping.set()
        self._changed.set()
        for copy in self._copies.values():
            copy.stop()

    def _make_copies(self) -> Mapping[str, Copy]:
        custom = self._custom.list_cluster_custom_object
        group, version, plural = _KNATIVE
        alb_group, alb_version, alb_plural = _ALBCONFIG
        return {
            "ingresses": Copy(custom, self._changed, group=group, version=version, plural=plural),
            "albconfigs": Copy(custom, self._changed, group=alb_group, version=alb_version, plural=alb_plural),
            "services": Copy(self._core.list_service_for_all_namespaces, self._changed),
            "slices": Copy(self._discovery.list_endpoint_slice_for_all_namespaces, self._changed),
            "config": Copy(
                self._core.list_namespaced_config_map,
                self._changed,
                namespace="knative-serving",
                field_selector="metadata.name=config-network",
            ),
        }

    def _round(self) -> None:
        observed = self._observe()
        if observed.ingresses:
            self._entrances.open(kind_of(observed.config_network or {}), observed.services)
        result = self._reconciler.reconcile(observed)
        for manifest in observed.ingresses:
            self._write_status(manifest, result)

    def _observe(self) -> Observed:
        config = self._copies["config"].objects()
        return Observed(
            ingresses=self._copies["ingresses"].objects(),
            services=self._copies["services"].objects(),
            slices=self._copies["slices"].objects(),
            albconfigs=self._copies["albconfigs"].objects(),
            config_network=config[0].get("data") if config else None,
        )

    def _write_status(self, manifest: Mapping[str, Any], result: Result) -> None:
        metadata = manifest["metadata"]
        verdict = result.verdicts.get((metadata["namespace"], metadata["name"]))
        status = next_status(manifest, verdict, result.dns_name, kind=result.kind) if verdict else None
        if status is None:
            return
        group, version, plural = _KNATIVE
        body = {"metadata": {"resourceVersion": metadata["resourceVersion"]}, "status": status}
        try:
            self._custom.patch_namespaced_custom_object_status(
                group, version, metadata["namespace"], plural, metadata["name"], body
            )
        except ApiException as error:
            # 404: deleted meanwhile; 409: a newer one is on its way through the watch.
            if error.status not in (404, 409):
                raise
