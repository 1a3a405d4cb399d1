"""The Kubernetes API as the lab itself uses it: raw JSON, server-side apply, and waiting for what was applied."""

import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from lab.cluster.commands import PATIENCE, wait_until

# An addon manager's own: `preview --refresh` shows who changed a key that the program owns.
FIELD_MANAGER = "ack-addon"
TIMEOUT_SECONDS = 30
# On a machine that is busy, a server under way or overloaded: asked again after so many seconds.
PAUSES_SECONDS = (0.5, 1.0, 2.0)
PASSING = (429, 500, 503, 504)


class RefusedError(RuntimeError):
    """status: the HTTP status with which the server says no."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class KubernetesApi:
    """Calls with a client certificate; for several threads. Errors are RuntimeError in the server's words."""

    def __init__(self, client: httpx.Client):
        self._client = client
        self._plurals: dict[str, dict[str, str]] = {}

    @classmethod
    def connect(cls, server: str, pki: Path, user: str) -> "KubernetesApi":
        """user: whose NAME.crt and NAME.key in `pki` to use, beside ca.crt."""
        context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        context.load_cert_chain(pki / f"{user}.crt", pki / f"{user}.key")
        # trust_env would take HTTPS_PROXY of a Pulumi shell.
        return cls(httpx.Client(base_url=server, verify=context, timeout=TIMEOUT_SECONDS * PATIENCE, trust_env=False))

    def ready(self) -> bool:
        """Whether the API server says that it is ready to serve."""
        try:
            return self._client.get("/readyz").is_success
        except httpx.HTTPError:
            return False

    def get(self, path: str) -> dict[str, Any] | None:
        """An object or list by its API path; None if there is none."""
        return self._call("GET", path)

    def items(self, path: str) -> Sequence[Mapping[str, Any]]:
        listed = self.get(path)
        return listed["items"] if listed else []

    def patch(self, path: str, body: Mapping[str, Any]) -> None:
        """Merge `body` into an object."""
        self._call("PATCH", path, body, "application/merge-patch+json")

    def merge(self, path: str, body: Mapping[str, Any]) -> None:
        """As `patch`, but entries of lists that have a key (a condition its type) join those that are there."""
        self._call("PATCH", path, body, "application/strategic-merge-patch+json")

    def delete(self, path: str) -> None:
        """Delete an object or collection; fine if it is gone."""
        self._call("DELETE", path)

    def evict(self, namespace: str, pod: str) -> bool:
        """Ask a pod to leave its node; False while a disruption budget needs it. Fine if it is gone."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace}}
        try:
            self._call("POST", f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction", body)
        except RefusedError as refused:
            if refused.status != httpx.codes.TOO_MANY_REQUESTS:
                raise
            return False
        return True

    def apply(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        """Server-side apply, in the order given; takes keys over that someone else has changed."""
        for manifest in manifests:
            self._apply(manifest, "force=true")

    def try_out(self, manifest: Mapping[str, Any]) -> None:
        """As `apply`, through defaults, webhooks and validation, but nothing is stored."""
        self._apply(manifest, "dryRun=All")

    def wait_for(
        self,
        path: str,
        condition: str,
        names: Iterable[str] | None,
        timeout: float,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until the objects at a list's path (those named, or all of them) have a condition that is True."""
        wanted = None if names is None else list(names)
        waiting: list[str] = []

        def all_have_it() -> bool:
            found = {item["metadata"]["name"]: item for item in self.items(path)}
            waiting[:] = [name for name in wanted or found if not has_condition(found.get(name), condition)]
            return not waiting

        try:
            wait_until(all_have_it, f"{path} are {condition}", timeout=timeout, alive=alive)
        except RuntimeError as error:
            raise RuntimeError(f"{error} (still waiting for {', '.join(waiting)})") from error

    def _apply(self, manifest: Mapping[str, Any], how: str) -> None:
        # JSON is YAML too.
        path = f"{self._path(manifest)}?fieldManager={FIELD_MANAGER}&{how}"
        if self._call("PATCH", path, manifest, "application/apply-patch+yaml") is None:
            raise RuntimeError(f"Kubernetes has no namespace for {manifest['kind']} {manifest['metadata']}")

    def _path(self, manifest: Mapping[str, Any]) -> str:
        version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
        root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
        return f"{root}{namespace}/{self._plural(root, kind)}/{metadata['name']}"

    def _plural(self, root: str, kind: str) -> str:
        """A kind's name in paths, as the server says; asked again while it does not know the kind."""
        if kind not in self._plurals.get(root, {}):
            resources = (self.get(root) or {"resources": []})["resources"]
            known = {r["kind"]: r["name"] for r in resources if "/" not in r["name"]}
            # Added to: another thread may have asked later and know more.
            self._plurals.setdefault(root, {}).update(known)
        try:
            return self._plurals[root][kind]
        except KeyError:
            raise RuntimeError(f"Kubernetes has no {kind} at {root}") from None

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any] | None:
        """The answer; None for 404."""
        content = None if body is None else json.dumps(body)
        response = self._patiently(method, path, content, content_type)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.is_error:
            said = f"Kubernetes: {method} {path}: {response.status_code} {_message(response)}"
            raise RefusedError(said, response.status_code)
        document: dict[str, Any] = response.json()
        return document

    def _patiently(self, method: str, path: str, content: str | None, content_type: str) -> httpx.Response:
        """Asked again while the trouble may pass, if to do it twice is to do it once."""
        for pause in PAUSES_SECONDS if method != "POST" else ():
            with suppress(httpx.HTTPError):
                response = self._client.request(method, path, content=content, headers={"Content-Type": content_type})
                if response.status_code not in PASSING:
                    return response
            time.sleep(pause)
        try:
            return self._client.request(method, path, content=content, headers={"Content-Type": content_type})
        except httpx.HTTPError as error:
            raise RuntimeError(f"Kubernetes: {method} {path}: {error or type(error).__name__}") from error


def has_condition(item: Mapping[str, Any] | None, condition: str) -> bool:
    """Whether an object's status has the condition with status True."""
    conditions = (item or {}).get("status", {}).get("conditions") or []
    return any(c["type"] == condition and c["status"] == "True" for c in conditions)


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return response.text.strip()
