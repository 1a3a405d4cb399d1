"""How many pods a Knative Service has, over time."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import yaml
from kubernetes import client, config

_PERIOD_SECONDS = 0.3

Pods = Iterable[client.V1Pod]


class PodCount(NamedTuple):
    """ready: take requests; active: not on their way out; total: all of them, each holds its GPU until it is gone."""

    ready: int = 0
    active: int = 0
    total: int = 0


class Moment(NamedTuple):
    """seconds since the watch began."""

    seconds: float
    pods: PodCount


class PodsError(RuntimeError):
    """What the pods did not do, or why they cannot be counted."""


def count_pods(pods: Pods) -> PodCount:
    listed = list(pods)
    active = [pod for pod in listed if not _is_terminating(pod)]
    return PodCount(sum(map(_is_ready, active)), len(active), len(listed))


class PodWatch:
    """Counts the pods of a service for as long as the `with` block lasts; usable from other threads.

    kubeconfig: its text. timeline: one entry per change. list_pods: for tests.
    """

    def __init__(self, kubeconfig: str, namespace: str, service: str, list_pods: Callable[[], Pods] | None = None):
        self._list_pods = list_pods or _lister(kubeconfig, namespace, service)
        self._begin = time.monotonic()
        self._timeline: list[Moment] = []
        self._error: Exception | None = None
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pods of {service}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    @property
    def timeline(self) -> Sequence[Moment]:
        with self._changed:
            return tuple(self._timeline)

    @property
    def peak(self) -> int:
        """Most pods that were ready at one time."""
        return max((moment.pods.ready for moment in self.timeline), default=0)

    @property
    def count(self) -> int:
        """Pods as last counted, those on their way out included."""
        timeline = self.timeline
        return timeline[-1].pods.total if timeline else 0

    def wait_until(self, count: int, timeout: float) -> float:
        """Wait for exactly this many pods, those on their way out included; the seconds it took.

        Raises PodsError after timeout seconds.
        """
        begin = time.monotonic()
        with self._changed:
            if self._changed.wait_for(lambda: self._now() == count, timeout):
                return time.monotonic() - begin
            raise PodsError(self._complaint(count, timeout))

    def _now(self) -> int | None:
        return self._timeline[-1].pods.total if self._timeline and self._error is None else None

    def _complaint(self, count: int, timeout: float) -> str:
        if self._error is not None:
            return f"pods cannot be counted: {self._error}"
        last = self._timeline[-1].pods if self._timeline else PodCount()
        return f"{last.total} pods after {timeout:g} s, not {count} ({last.ready} ready, {last.active} not terminating)"

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._note(count_pods(self._list_pods()))
            except Exception as error:  # the API server may be away for a moment; wait_until tells if it stays away
                with self._changed:
                    self._error = error
            self._stopping.wait(_PERIOD_SECONDS)

    def _note(self, count: PodCount) -> None:
        with self._changed:
            self._error = None
            if not self._timeline or self._timeline[-1].pods != count:
                self._timeline.append(Moment(time.monotonic() - self._begin, count))
            self._changed.notify_all()


def _lister(kubeconfig: str, namespace: str, service: str) -> Callable[[], Pods]:
    configuration = client.Configuration()
    load: Callable[..., None] = config.load_kube_config_from_dict
    load(yaml.safe_load(kubeconfig), persist_config=False, client_configuration=configuration)
    if urlsplit(configuration.host).hostname in ("127.0.0.1", "localhost"):
        # No proxy of the environment reaches this machine's loopback.
        configuration.proxy = None
    core = client.CoreV1Api(client.ApiClient(configuration))

    def list_pods() -> Pods:
        selector = f"serving.knative.dev/service={service}"
        listed: Any = core.list_namespaced_pod(namespace, label_selector=selector, _request_timeout=10)
        pods: Pods = listed.items
        return pods

    return list_pods


def _is_terminating(pod: client.V1Pod) -> bool:
    return pod.metadata is not None and pod.metadata.deletion_timestamp is not None


def _is_ready(pod: client.V1Pod) -> bool:
    conditions = (pod.status.conditions if pod.status else None) or []
    return any(condition.type == "Ready" and condition.status == "True" for condition in conditions)
