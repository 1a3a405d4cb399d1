"""A Kubernetes API server in memory: discovery, server-side apply with owners of fields, delete with finalizers."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx

from lab.plugins.kubernetes.api import Client
from lab.plugins.kubernetes.kubeconfig import Endpoint

Object = dict[str, Any]
Path = tuple[str, ...]
SERVER = "http://api.test"

KINDS = {
    "/api/v1": {
        "Namespace": ("namespaces", False),
        "ConfigMap": ("configmaps", True),
        "Secret": ("secrets", True),
        "Pod": ("pods", True),
    },
    "/apis/apps/v1": {"Deployment": ("deployments", True)},
    "/apis/serving.knative.dev/v1": {"Service": ("services", True), "Revision": ("revisions", True)},
    "/apis/alibabacloud.com/v1": {"AlbConfig": ("albconfigs", False)},
}


@dataclass
class FakeApi:
    """objects: by path. webhooks: change an object before it is stored. controllers: change a stored one before it is
    looked at. immutable: field by kind. refusal: the answer to the next write, whatever it is.
    """

    objects: dict[str, Object] = field(default_factory=dict)
    webhooks: list[Callable[[Object], None]] = field(default_factory=list)
    controllers: list[Callable[[Object], None]] = field(default_factory=list)
    immutable: dict[str, Path] = field(default_factory=dict)
    refusal: tuple[int, str] | None = None
    warning: str = ""
    down: bool = False
    requests: list[httpx.Request] = field(default_factory=list)
    _owners: dict[str, dict[str, set[Path]]] = field(default_factory=dict)

    def client(self, endpoint: Endpoint | None = None, warn: Callable[[str], None] = lambda _: None) -> Client:
        return Client(endpoint or Endpoint(SERVER), warn, transport=httpx.MockTransport(self._answer))

    def writes(self) -> list[httpx.Request]:
        """What changed something: no reads, no dry runs."""
        return [r for r in self.requests if r.method != "GET" and "dryRun" not in str(r.url)]

    def dry_runs(self) -> list[httpx.Request]:
        return [r for r in self.requests if "dryRun" in str(r.url)]

    def put(self, obj: Object, manager: str = "kubectl") -> Object:
        """As somebody else would: nothing is refused."""
        path = self._path_of(obj)
        return self._apply(path, obj, manager, force=True, dry_run=False)

    def drop(self, obj: Object) -> None:
        del self.objects[self._path_of(obj)]

    def find(self, kind: str, name: str) -> Object | None:
        found = [o for o in self.objects.values() if (o["kind"], o["metadata"]["name"]) == (kind, name)]
        return found[0] if found else None

    def _path_of(self, obj: Object) -> str:
        root = f"/apis/{obj['apiVersion']}" if "/" in obj["apiVersion"] else f"/api/{obj['apiVersion']}"
        plural, namespaced = KINDS[root][obj["kind"]]
        space = f"/namespaces/{obj['metadata'].get('namespace', 'default')}" if namespaced else ""
        return f"{root}{space}/{plural}/{obj['metadata']['name']}"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.down:
            raise httpx.ConnectError("connection refused")
        try:
            answer = self._route(request)
        except _StatusError as error:
            return httpx.Response(error.code, json=error.body())
        headers = {"Warning": f'299 - "{self.warning}"'} if self.warning else {}
        return httpx.Response(200, json=answer, headers=headers)

    def _route(self, request: httpx.Request) -> Object:
        path, query = request.url.path, {k: v[0] for k, v in parse_qs(request.url.query.decode()).items()}
        if path in KINDS:
            kinds = KINDS[path].items()
            return {"resources": [{"name": n, "kind": k, "namespaced": spaced} for k, (n, spaced) in kinds]}
        if request.method == "GET" and "labelSelector" in query:
            return {"items": [o for p, o in self.objects.items() if p.startswith(path + "/")]}
        if request.method != "GET" and self.refusal:
            (code, message), self.refusal = self.refusal, None
            raise _StatusError(code, message)
        if request.method == "GET":
            return self._get(path)
        if request.method == "DELETE":
            return self._delete(path)
        obj, force, dry_run = json.loads(request.content), query.get("force") == "true", "dryRun" in query
        return self._apply(path, obj, query["fieldManager"], force, dry_run)

    def _get(self, path: str) -> Object:
        if path not in self.objects:
            raise _StatusError(404, f"{path} not found")
        for control in self.controllers:
            control(self.objects[path])
        if path not in self.objects:
            raise _StatusError(404, f"{path} not found")
        return copy.deepcopy(self.objects[path])

    def _delete(self, path: str) -> Object:
        live = self._get(path)
        if live["metadata"].get("finalizers"):
            self.objects[path]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        else:
            del self.objects[path]
        return live

    def _apply(self, path: str, obj: Object, manager: str, force: bool, dry_run: bool) -> Object:
        self._need_namespace(path)
        before = self.objects.get(path)
        owners = copy.deepcopy(self._owners.get(path, {}))
        mine, given = owners.get(manager, set()), _leaves(obj)
        others = set().union(*(paths for name, paths in owners.items() if name != manager))
        taken = {p for p in given & others if before and _at(before, p) != _at(obj, p)}
        if taken and not force:
            raise _StatusError(409, f"Apply failed with {len(taken)} conflict: conflict with kubectl", taken)
        live = copy.deepcopy(before) if before else {}
        for gone in mine - given - others:
            _remove(live, gone)
        _merge(live, obj)
        for webhook in self.webhooks:
            webhook(live)
        self._check_immutable(before, live)
        self._stamp(before, live)
        if not dry_run:
            self.objects[path] = live
            self._owners[path] = {n: p - taken for n, p in owners.items()} | {manager: given}
        return copy.deepcopy(live)

    def _need_namespace(self, path: str) -> None:
        parts = path.split("/")
        if "namespaces" in parts[:-2]:
            name = parts[parts.index("namespaces") + 1]
            if name != "default" and f"/api/v1/namespaces/{name}" not in self.objects:
                raise _StatusError(404, f'namespaces "{name}" not found')

    def _check_immutable(self, before: Object | None, live: Object) -> None:
        path = self.immutable.get(live["kind"])
        if before and path and _at(before, path) != _at(live, path):
            raise _StatusError(422, f"{'.'.join(path)}: Invalid value: field is immutable", {path})

    def _stamp(self, before: Object | None, live: Object) -> None:
        metadata = live["metadata"]
        old: Object = before["metadata"] if before else {"uid": f"uid-{len(self.requests)}", "generation": 0}
        changed = before is None or before.get("spec") != live.get("spec")
        metadata.update(uid=old["uid"], generation=old["generation"] + changed, resourceVersion="1", managedFields=[{}])
        if self._path_of(live).count("/namespaces/") and live["kind"] != "Namespace":
            metadata.setdefault("namespace", "default")
        if live["kind"] == "Secret":
            for key, value in live.pop("stringData", {}).items():
                live.setdefault("data", {})[key] = base64.b64encode(value.encode()).decode()


class _StatusError(Exception):
    def __init__(self, code: int, message: str, fields: set[Path] | None = None):
        super().__init__(message)
        self.code = code
        self.fields = sorted(".".join(path) for path in fields or ())

    def body(self) -> Object:
        causes = [{"field": name} for name in self.fields]
        return {"kind": "Status", "message": str(self), "code": self.code, "details": {"causes": causes}}


def _leaves(obj: Object) -> set[Path]:
    """Owned fields; what identifies an object belongs to nobody."""
    identity = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}
    return {path for path, _ in _walk(obj, ()) if path not in identity}


def _walk(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*at, key))
    else:
        yield at, value


def _at(obj: Any, path: Path) -> Any:
    for key in path:
        obj = obj.get(key) if isinstance(obj, dict) else None
    return obj


def _remove(obj: Object, path: Path) -> None:
    *parents, last = path
    inner = _at(obj, tuple(parents))
    if isinstance(inner, dict):
        inner.pop(last, None)


def _merge(into: Object, obj: Object) -> None:
    for key, value in obj.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)
