"""AlbConfig → an ALB in the account, as ACK's ALB controller: its own, which goes with it, or one by its id."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from lab.gateway.complaints import Complaints
from lab.gateway.kube import connect

FINALIZER = "ingress.k8s.alibaba/resources"

_GROUP, _VERSION, _PLURAL = "alibabacloud.com", "v1", "albconfigs"
_PERIOD_SECONDS = 0.5
_ZONES = 2

AlbConfig = Mapping[str, Any]


class LoadBalancers(Protocol):
    """The account's ALBs."""

    def create(self, name: str, vswitch_ids: Sequence[str]) -> tuple[str, str]:
        """Id and DNS name; the same ones if that name exists. Raises ValueError with the reason for refusing."""

    def find(self, id: str) -> tuple[str, str]:
        """Id and DNS name. Raises ValueError if there is none."""

    def delete(self, id: str) -> None:
        """Fine if it is gone already."""


class AlbConfigs(Protocol):
    """The cluster's AlbConfigs."""

    def all(self) -> Sequence[AlbConfig]: ...
    def set_finalizers(self, name: str, finalizers: Sequence[str]) -> None: ...
    def set_status(self, name: str, status: Mapping[str, Any]) -> None: ...
    def warn(self, albconfig: AlbConfig, message: str) -> None: ...


class AlbConfigReconciler:
    """One look at everything per call; what was refused is tried again, and told again only if the reason changes."""

    def __init__(self, albconfigs: AlbConfigs, load_balancers: LoadBalancers):
        self._albconfigs = albconfigs
        self._load_balancers = load_balancers
        self._told: dict[str, str] = {}

    def reconcile(self) -> None:
        for albconfig in self._albconfigs.all():
            if albconfig["metadata"].get("deletionTimestamp"):
                self._release(albconfig)
            else:
                self._provide(albconfig)

    def _provide(self, albconfig: AlbConfig) -> None:
        name, finalizers = albconfig["metadata"]["name"], _finalizers(albconfig)
        if FINALIZER not in finalizers:
            self._albconfigs.set_finalizers(name, [*finalizers, FINALIZER])
        try:
            balancer_id, dns_name = self._find_or_create(albconfig)
        except ValueError as error:
            self._warn_once(albconfig, str(error))
            return
        self._told.pop(name, None)
        status = {"loadBalancer": {"id": balancer_id, "dnsname": dns_name, "listeners": _listeners(albconfig)}}
        if albconfig.get("status") != status:
            self._albconfigs.set_status(name, status)

    def _find_or_create(self, albconfig: AlbConfig) -> tuple[str, str]:
        if existing := _existing_id(albconfig):
            return self._load_balancers.find(existing)
        return self._load_balancers.create(_balancer_name(albconfig), _vswitch_ids(albconfig))

    def _release(self, albconfig: AlbConfig) -> None:
        name, finalizers = albconfig["metadata"]["name"], _finalizers(albconfig)
        if FINALIZER not in finalizers:
            return
        balancer_id = ((albconfig.get("status") or {}).get("loadBalancer") or {}).get("id")
        if balancer_id and not _existing_id(albconfig):
            self._load_balancers.delete(balancer_id)
        self._albconfigs.set_finalizers(name, [each for each in finalizers if each != FINALIZER])

    def _warn_once(self, albconfig: AlbConfig, message: str) -> None:
        name = albconfig["metadata"]["name"]
        if self._told.get(name) != message:
            self._told[name] = message
            self._albconfigs.warn(albconfig, message)


class AlbConfigController:
    """A thread that reconciles while there is a cluster.

    kubeconfig_text: None while there is none; another text means another cluster.
    """

    def __init__(self, kubeconfig_text: Callable[[], str | None], load_balancers: LoadBalancers):
        self._kubeconfig_text = kubeconfig_text
        self._load_balancers = load_balancers
        self._connected_to: str | None = None
        self._reconciler: AlbConfigReconciler | None = None
        self._complaints = Complaints("albconfig")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="albconfig", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the round that is under way has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_PERIOD_SECONDS):
            try:
                self._round()
                self._complaints.settle()
            except ApiException as error:
                # 404: no AlbConfig CRD yet, or deleted meanwhile; 409: changed meanwhile.
                if error.status not in (404, 409):
                    self._complaints.say(f"{error.status} {error.reason}")
            except Exception as error:
                self._complaints.say(str(error))

    def _round(self) -> None:
        text = self._kubeconfig_text()
        if text != self._connected_to:
            self._connected_to = text
            self._reconciler = AlbConfigReconciler(_Cluster(connect(text)), self._load_balancers) if text else None
        if self._reconciler:
            self._reconciler.reconcile()


class _Cluster:
    """AlbConfigs behind a Kubernetes API."""

    def __init__(self, api: client.ApiClient):
        self._custom = client.CustomObjectsApi(api)
        self._core = client.CoreV1Api(api)

    def all(self) -> Sequence[AlbConfig]:
        listed: Any = self._custom.list_cluster_custom_object(_GROUP, _VERSION, _PLURAL, _request_timeout=10)
        items: Sequence[AlbConfig] = listed["items"]
        return items

    def set_finalizers(self, name: str, finalizers: Sequence[str]) -> None:
        body = {"metadata": {"finalizers": list(finalizers)}}
        self._custom.patch_cluster_custom_object(_GROUP, _VERSION, _PLURAL, name, body, _request_timeout=10)

    def set_status(self, name: str, status: Mapping[str, Any]) -> None:
        body = {"status": status}
        self._custom.patch_cluster_custom_object_status(_GROUP, _VERSION, _PLURAL, name, body, _request_timeout=10)

    def warn(self, albconfig: AlbConfig, message: str) -> None:
        print(f"AlbConfig {albconfig['metadata']['name']}: {message}", flush=True)
        self._core.create_namespaced_event("default", _event(albconfig, message), _request_timeout=10)


def _event(albconfig: AlbConfig, message: str) -> Any:
    metadata = albconfig["metadata"]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "metadata": {"generateName": f"{metadata['name']}."},
        "involvedObject": {
            "apiVersion": f"{_GROUP}/{_VERSION}",
            "kind": "AlbConfig",
            "name": metadata["name"],
            "uid": metadata["uid"],
        },
        "type": "Warning",
        "reason": "FailedBuildModel",
        "message": message,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
        "source": {"component": "alb-ingress-controller"},
    }


def _finalizers(albconfig: AlbConfig) -> list[str]:
    return list(albconfig["metadata"].get("finalizers") or [])


def _balancer_name(albconfig: AlbConfig) -> str:
    config = albconfig["spec"].get("config") or {}
    return str(config.get("name") or albconfig["metadata"]["name"])


def _existing_id(albconfig: AlbConfig) -> str:
    """Of an ALB that others own; empty where the AlbConfig has its own."""
    return str((albconfig["spec"].get("config") or {}).get("id") or "")


def _vswitch_ids(albconfig: AlbConfig) -> list[str]:
    """Raises ValueError for fewer than two: an ALB stands in two zones at least."""
    mappings = (albconfig["spec"].get("config") or {}).get("zoneMappings") or []
    ids = [mapping["vSwitchId"] for mapping in mappings if mapping.get("vSwitchId")]
    if len(ids) < _ZONES:
        raise ValueError(
            f"unable to discover at least two vSwitches: spec.config.zoneMappings has {ids}; "
            "give the vSwitchId of two vSwitches in different zones"
        )
    return ids


def _listeners(albconfig: AlbConfig) -> list[dict[str, str]]:
    return [
        {"portAndProtocol": f"{listener['port']}/{listener.get('protocol', 'HTTP')}", "status": "Running"}
        for listener in albconfig["spec"].get("listeners") or []
    ]
