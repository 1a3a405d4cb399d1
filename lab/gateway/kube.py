"""The Kubernetes API, by the official client: connect, and keep a copy of one kind of object up to date."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import yaml
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

from lab.gateway.complaints import Complaints

# The server ends a watch after this; the copy is then listed afresh.
_WATCH_SECONDS = 300
_RETRY_SECONDS = 1.0

Manifest = Mapping[str, Any]


def connect(kubeconfig: str) -> client.ApiClient:
    """kubeconfig: its text. A proxy of the environment is not used: the cluster is on this machine."""
    configuration = client.Configuration()
    configuration.proxy = None
    load: Callable[..., client.ApiClient] = config.new_client_from_config_dict
    return load(yaml.safe_load(kubeconfig), persist_config=False, client_configuration=configuration)


class Copy:
    """A thread that keeps all objects of one kind; `changed` is set whenever they differ.

    list_function: a list method of the client, such as CoreV1Api().list_service_for_all_namespaces.
    A kind that the cluster does not know (its CRD is not there yet) is a kind without objects.
    """

    def __init__(self, list_function: Callable[..., Any], changed: threading.Event, **arguments: str):
        self._list_function = list_function
        self._arguments = arguments
        self._changed = changed
        self._lock = threading.Lock()
        self._objects: dict[tuple[str, str], Manifest] = {}
        self._listed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait: a watch that is silent ends with the process."""
        self._stopping.set()

    @property
    def is_complete(self) -> bool:
        """Whether the cluster has been asked at all."""
        return self._listed.is_set()

    def objects(self) -> Sequence[Manifest]:
        with self._lock:
            return list(self._objects.values())

    def _run(self) -> None:
        complaints = Complaints(f"watch of {self._arguments.get('plural', self._list_function.__name__)}")
        while not self._stopping.is_set():
            try:
                resource_version = self._list()
                complaints.settle()
                self._follow(resource_version)
                continue
            except ApiException as error:
                if error.status == 404:
                    self._replace({})
                else:
                    complaints.say(f"{error.status} {error.reason}")
            except Exception as error:
                complaints.say(str(error))
            self._stopping.wait(_RETRY_SECONDS)

    def _list(self) -> str:
        answer = self._list_function(**self._arguments, _preload_content=False, _request_timeout=30)
        listed = json.loads(answer.data)
        self._replace({_key(item): item for item in listed["items"]})
        return str(listed["metadata"]["resourceVersion"])

    def _follow(self, resource_version: str) -> None:
        new_watch: Callable[[], Any] = watch.Watch
        events = new_watch().stream(
            self._list_function,
            **self._arguments,
            resource_version=resource_version,
            timeout_seconds=_WATCH_SECONDS,
            deserialize=False,
            _request_timeout=(10, _WATCH_SECONDS + 30),
        )
        for event in events:
            if self._stopping.is_set():
                return
            self._take(event["type"], event["object"])

    def _take(self, kind: str, item: Manifest) -> None:
        with self._lock:
            if kind == "DELETED":
                self._objects.pop(_key(item), None)
            elif kind in ("ADDED", "MODIFIED"):
                self._objects[_key(item)] = item
        self._changed.set()

    def _replace(self, objects: dict[tuple[str, str], Manifest]) -> None:
        with self._lock:
            differs = objects != self._objects
            self._objects = objects
        if differs or not self._listed.is_set():
            self._listed.set()
            self._changed.set()


def _key(item: Manifest) -> tuple[str, str]:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
