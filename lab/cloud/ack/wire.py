"""Container service 2015-12-15: routes, and what its request bodies mean."""

import json
from collections.abc import Mapping
from typing import Any

from lab.cloud.ack import shapes
from lab.cloud.ack.clusters import Audit, ControlPlaneLog
from lab.cloud.ack.service import ContainerService
from lab.cloud.errors import ApiError, MissingParameterError
from lab.cloud.offers import kubernetes_versions
from lab.cloud.pages import SNAKE, page
from lab.cloud.roa import RoaProduct, RoaRequest, Route

# Body of ModifyCluster → field of the cluster.
MODIFIABLE = {
    "cluster_name": "name",
    "deletion_protection": "deletion_protection",
    "resource_group_id": "resource_group_id",
    "maintenance_window": "maintenance_window",
    "operation_policy": "operation_policy",
    "vswitch_ids": "vswitch_ids",
    "timezone": "timezone",
    "security_group_id": "security_group_id",
    "enable_rrsa": "enable_rrsa",
}


def cs_product(service: ContainerService) -> RoaProduct:
    return RoaProduct("cs", [*_clusters(service), *_cluster_settings(service), *_pools(service), *_addons(service)])


def _clusters(service: ContainerService) -> list[Route]:
    def create(request: RoaRequest) -> Mapping[str, Any]:
        cluster, task = service.create_cluster(_body(request), request.region)
        return {"cluster_id": cluster.cluster_id, "task_id": task}

    def describe(request: RoaRequest) -> Mapping[str, Any]:
        cluster = service.clusters.clusters.get(request.path["cluster"])
        return shapes.cluster(cluster, len(service.fleet.nodes()))

    def list_all(request: RoaRequest) -> Mapping[str, Any]:
        found = [one for one in service.clusters.clusters.all() if request.query.get("name", "") in one.name]
        rows, about = page(request.query, found, most=100, spelling=SNAKE)
        nodes = len(service.fleet.nodes())
        return {"clusters": [shapes.cluster(one, nodes) for one in rows], "page_info": about}

    def delete(request: RoaRequest) -> Mapping[str, Any]:
        options = json.loads(request.query.get("delete_options") or "[]")
        doomed = {option["resource_type"] for option in options if option.get("delete_mode") == "delete"}
        identity = request.path["cluster"]
        return {"cluster_id": identity, "task_id": service.delete_cluster(identity, doomed)}

    def kubeconfig(request: RoaRequest) -> Mapping[str, Any]:
        identity = request.path["cluster"]
        config = service.clusters.kubeconfig(identity)
        return {"config": config, "expiration": service.clusters.clusters.get(identity).kubeconfig_expires}

    def resources(request: RoaRequest) -> list[dict[str, Any]]:
        return shapes.resources(service.clusters.clusters.get(request.path["cluster"]))

    return [
        Route("POST", "/clusters", create),
        Route("GET", "/api/v1/clusters", list_all),
        Route("GET", "/clusters/{cluster}", describe),
        Route("DELETE", "/clusters/{cluster}", delete),
        Route("GET", "/clusters/{cluster}/resources", resources),
        Route("GET", "/k8s/{cluster}/user_config", kubeconfig),
        Route("GET", "/tasks/{task}", lambda request: shapes.task(service.tasks.tasks.get(request.path["task"]))),
    ]


def _cluster_settings(service: ContainerService) -> list[Route]:
    clusters = service.clusters

    def modify(request: RoaRequest) -> Mapping[str, Any]:
        body = _body(request)
        fields = {field: body[name] for name, field in MODIFIABLE.items() if body.get(name) is not None}
        if sans := body.get("api_server_custom_cert_sans"):
            fields["custom_san"] = ",".join(sans.get("subject_alternative_names") or [])
        return _changed(request, "cluster_modify", **fields)

    def upgrade(request: RoaRequest) -> Mapping[str, Any]:
        identity = request.path["cluster"]
        return {"cluster_id": identity, "task_id": service.upgrade_cluster(identity, _field(request, "next_version"))}

    def tag(request: RoaRequest) -> Mapping[str, Any]:
        tags = [{"key": tag["key"], "value": tag.get("value") or ""} for tag in request.body or []]
        return _changed(request, "cluster_tag", tags=tags)

    def migrate(request: RoaRequest) -> Mapping[str, Any]:
        return _changed(request, "cluster_migrate", cluster_spec=_field(request, "spec"))

    def set_log(request: RoaRequest) -> Mapping[str, Any]:
        known = clusters.clusters.get(request.path["cluster"]).log
        log = ControlPlaneLog.model_validate({**known.model_dump(), **_body(request)})
        return _changed(request, "control_plane_log", log=log.model_dump())

    def set_audit(request: RoaRequest) -> Mapping[str, Any]:
        body = _body(request)
        audit = Audit(enabled=not body.get("disable"), sls_project_name=body.get("sls_project_name") or "")
        return _changed(request, "audit_log", audit=audit.model_dump())

    def set_encryption(request: RoaRequest) -> Mapping[str, Any]:
        body = _body(request)
        key = None if body.get("disable_encryption") else body.get("kms_key_id")
        return _changed(request, "kms", encryption_provider_key=key)

    def set_autoscaler(request: RoaRequest) -> Mapping[str, Any]:
        return _changed(request, "autoscaling_config", autoscaler=_body(request))

    def _changed(request: RoaRequest, task_type: str, **fields: object) -> Mapping[str, Any]:
        identity = request.path["cluster"]
        clusters.change(identity, **fields)
        return {"cluster_id": identity, "task_id": service.tasks.done(identity, task_type)}

    def of(request: RoaRequest) -> Any:
        return clusters.clusters.get(request.path["cluster"])

    return [
        Route("PUT", "/api/v2/clusters/{cluster}", modify),
        Route("POST", "/api/v2/clusters/{cluster}/upgrade", upgrade),
        Route("POST", "/clusters/{cluster}/tags", tag),
        Route("POST", "/clusters/{cluster}/migrate", migrate),
        Route("GET", "/clusters/{cluster}/controlplanelog", lambda request: shapes.control_plane_log(of(request))),
        Route("PUT", "/clusters/{cluster}/controlplanelog", set_log),
        Route("GET", "/clusters/{cluster}/audit", lambda request: shapes.audit(of(request))),
        Route("PUT", "/clusters/{cluster}/audit_log", set_audit),
        Route("PUT", "/clusters/{cluster}/kms", set_encryption),
        Route("POST", "/cluster/{cluster}/autoscale/config", set_autoscaler),
    ]


def _pools(service: ContainerService) -> list[Route]:
    def create(request: RoaRequest) -> Mapping[str, Any]:
        pool, task = service.create_pool(request.path["cluster"], _body(request))
        return {"nodepool_id": pool.pool_id, "task_id": task}

    def describe(request: RoaRequest) -> Mapping[str, Any]:
        pool = service.pools.pools.get(request.path["pool"])
        return shapes.pool(pool, service.fleet.nodes(pool.pool_id))

    def list_all(request: RoaRequest) -> Mapping[str, Any]:
        found = service.pools.of(service.clusters.clusters.get(request.path["cluster"]).cluster_id)
        return {"nodepools": [shapes.pool(pool, service.fleet.nodes(pool.pool_id)) for pool in found]}

    def change(request: RoaRequest) -> Mapping[str, Any]:
        identity = request.path["pool"]
        task = service.change_pool(request.path["cluster"], identity, _body(request))
        return {"nodepool_id": identity, "task_id": task}

    def change_node_config(request: RoaRequest) -> Mapping[str, Any]:
        kubelet = _body(request).get("kubelet_config") or {}
        identity = request.path["pool"]
        body = {"node_config": {"kubelet_configuration": kubelet}}
        return {"nodepool_id": identity, "task_id": service.change_pool(request.path["cluster"], identity, body)}

    def delete(request: RoaRequest) -> Mapping[str, Any]:
        return {"task_id": service.delete_pool(request.path["cluster"], request.path["pool"])}

    path = "/clusters/{cluster}/nodepools/{pool}"
    return [
        Route("POST", "/clusters/{cluster}/nodepools", create),
        Route("GET", "/clusters/{cluster}/nodepools", list_all),
        Route("GET", path, describe),
        Route("PUT", path, change),
        Route("PUT", f"{path}/node_config", change_node_config),
        Route("DELETE", path, delete),
    ]


def _addons(service: ContainerService) -> list[Route]:
    def install(request: RoaRequest) -> Mapping[str, Any]:
        return {"task_id": service.install_addons(request.path["cluster"], request.body or [])}

    def configure(request: RoaRequest) -> Mapping[str, Any]:
        body = {"name": request.path["addon"], "config": _body(request).get("config") or ""}
        return {"task_id": service.install_addons(request.path["cluster"], [body])}

    def uninstall(request: RoaRequest) -> Mapping[str, Any]:
        names = [body["name"] for body in request.body or []]
        return {"task_id": service.uninstall_addons(request.path["cluster"], names)}

    def describe_instance(request: RoaRequest) -> Mapping[str, Any]:
        cluster = service.clusters.clusters.get(request.path["cluster"])
        if request.path["addon"] == cluster.autoscaler.get("scaler_type"):
            return shapes.autoscaler(cluster)
        return shapes.addon(service.addons.get(cluster.cluster_id, request.path["addon"]))

    def upgrade_status(request: RoaRequest) -> Mapping[str, Any]:
        asked = json.loads(request.query.get("componentIds") or request.query.get("component_ids") or "[]")
        cluster = request.path["cluster"]
        return {name: shapes.addon_progress(service.addons.get(cluster, name)) for name in asked}

    components = "/clusters/{cluster}/components"
    return [
        Route("POST", f"{components}/install", install),
        Route("POST", f"{components}/upgrade", install),
        Route("POST", f"{components}/uninstall", uninstall),
        Route("GET", f"{components}/upgradestatus", upgrade_status),
        Route("POST", components + "/{addon}/config", configure),
        Route("GET", "/clusters/{cluster}/addon_instances/{addon}", describe_instance),
        Route("GET", "/api/v1/metadata/versions", kubernetes_versions),
        Route("GET", "/addons/{addon}", lambda request: shapes.addon_kind(request.path["addon"])),
    ]


def _body(request: RoaRequest) -> dict[str, Any]:
    if not isinstance(request.body, dict):
        raise ApiError("InvalidParameter.Body", f"a JSON object is expected, not {request.body!r:.100}")
    return request.body


def _field(request: RoaRequest, name: str) -> str:
    value = _body(request).get(name)
    if not value:
        raise MissingParameterError(name)
    return str(value)
