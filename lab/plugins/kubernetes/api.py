"""The Kubernetes API, as much of it as a resource needs: discovery, get, server-side apply, delete."""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import httpx

from .convert import Object
from .kubeconfig import Endpoint

_TIMEOUT_SECONDS = 60
# The words by which the server says that a field keeps the value it was created with (kind by kind its own).
_IMMUTABLE = re.compile(r"immutable|may not (be )?change|updates? to .* (is|are) forbidden|pod updates may not", re.I)
_WARNING_TEXT = re.compile(r'\d{3} \S+ "((?:[^"\\]|\\.)*)"')


class ApiError(Exception):
    """What the API server answered instead of an object. code: the HTTP status, 0 if it was not reached.

    fields: the paths the server found fault with, such as `spec.selector`. hint: how to mend it.
    """

    def __init__(self, code: int, message: str, fields: Sequence[str] = (), hint: str = ""):
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.code = code
        self.fields = tuple(fields)

    @property
    def unreachable(self) -> bool:
        return self.code == 0

    @property
    def not_found(self) -> bool:
        return self.code == 404

    @property
    def forbidden(self) -> bool:
        return self.code == 403

    @property
    def conflict(self) -> bool:
        """Another field manager owns a field that the object sets to something else."""
        return self.code == 409 and "conflict" in str(self)

    @property
    def immutable(self) -> bool:
        return self.code == 422 and bool(_IMMUTABLE.search(str(self)))


class _Served(NamedTuple):
    plural: str
    namespaced: bool


class Client:
    """One API server; safe to use from many threads.

    warn: called with each warning the server attaches to an answer (an unknown field, a deprecated version).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        warn: Callable[[str], None] = lambda _: None,
        transport: httpx.BaseTransport | None = None,
    ):
        self.server = endpoint.server
        self.namespace = endpoint.namespace
        self._warn = warn
        self._warned: set[str] = set()
        self._served: dict[tuple[str, str], _Served] = {}
        self._discovering = threading.Lock()
        self._http = httpx.Client(
            base_url=endpoint.server,
            headers={"Accept": "application/json", **endpoint.headers},
            verify=endpoint.tls or True,
            # The proxy of the shell is for the cloud's API; the cluster is reached directly, whatever HTTPS_PROXY says.
            trust_env=False,
            timeout=_TIMEOUT_SECONDS,
            transport=transport,
        )

    def get(self, obj: Mapping[str, Any]) -> Object | None:
        """The object as it is now; None if it, or its whole kind, is not there."""
        try:
            return self.read(self.path(obj))
        except ApiError as error:
            if error.not_found:
                return None
            raise

    def apply(self, obj: Mapping[str, Any], manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply: the manager owns exactly the fields of `obj`. force: take fields from their owners."""
        query = {"fieldManager": manager, "force": str(force).lower(), **({"dryRun": "All"} if dry_run else {})}
        content = json.dumps(obj).encode()
        return self._call("PATCH", self.path(obj), query, content, "application/apply-patch+yaml")

    def delete(self, obj: Mapping[str, Any], propagation: str) -> None:
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation}
        self._call("DELETE", self.path(obj), {}, json.dumps(options).encode(), "application/json")

    def read(self, path: str, **query: str) -> Object:
        return self._call("GET", path, query)

    def serves(self, obj: Mapping[str, Any]) -> bool:
        """Whether the server knows the kind: a custom resource's definition may come with this same update."""
        return self._find(obj["apiVersion"], obj["kind"]) is not None

    def path(self, obj: Mapping[str, Any]) -> str:
        """Raises ApiError 404 if the server does not know the kind."""
        api_version, metadata = obj["apiVersion"], obj["metadata"]
        served = self._find(api_version, obj["kind"])
        if served is None:
            raise ApiError(404, f"the server has no kind {obj['kind']} in {api_version}")
        space = f"/namespaces/{metadata.get('namespace') or self.namespace}" if served.namespaced else ""
        return f"{_root(api_version)}{space}/{served.plural}/{metadata['name']}"

    def _find(self, api_version: str, kind: str) -> _Served | None:
        with self._discovering:
            if (api_version, kind) not in self._served:
                self._discover(api_version)
            return self._served.get((api_version, kind))

    def _discover(self, api_version: str) -> None:
        try:
            resources = self.read(_root(api_version))["resources"]
        except ApiError as error:
            if not error.not_found:
                raise
            return
        for resource in resources:
            if "/" not in resource["name"]:
                served = _Served(resource["name"], resource["namespaced"])
                self._served[api_version, resource["kind"]] = served

    def _call(
        self, method: str, path: str, query: Mapping[str, str], content: bytes | None = None, content_type: str = ""
    ) -> Object:
        headers = {"Content-Type": content_type} if content_type else {}
        try:
            response = self._http.request(method, path, params=query, content=content, headers=headers)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise ApiError(0, f"cannot reach the API server at {self.server}: {reason}") from error
        for header in response.headers.get_list("warning"):
            for text in _WARNING_TEXT.findall(header):
                self._warn_once(text.replace('\\"', '"'))
        if response.is_error:
            raise _refusal(response)
        answer: Object = response.json()
        return answer

    def _warn_once(self, text: str) -> None:
        """A preview asks twice and an update a third time; each gets the same warnings."""
        if text not in self._warned:
            self._warned.add(text)
            self._warn(text)


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _refusal(response: httpx.Response) -> ApiError:
    code = response.status_code
    try:
        status = response.json()
    except ValueError:
        status = {"message": response.text.strip()}
    causes = (status.get("details") or {}).get("causes") or []
    fields = [cause["field"] for cause in causes if cause.get("field")]
    return ApiError(code, f"{status.get('message') or response.reason_phrase} (HTTP {code})", fields)
