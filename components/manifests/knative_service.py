"""The manifest of a Knative Service that runs Stable Diffusion, one image per pod at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.manifests.eci import Eci, eci_annotations, eci_labels
from components.manifests.model_volume import ModelVolume, container_mount, pod_volume
from components.manifests.probes import Probe, probe
from components.manifests.reserve import Reserve, reserve_annotations
from components.manifests.scaling import Scaling, scaling_annotations
from components.manifests.traffic import revision_name, traffic

Manifest = dict[str, Any]

API_VERSION = "serving.knative.dev/v1"
KIND = "Service"

_AFFINITY = "serving.knative.dev.alibabacloud"
# ACK reads five specifications at most (k8s.aliyun.com/eci-use-specs).
_MAX_ECI_SPECS = 5
# Knative writes these into a probe without them, but into that of a revision with a name only once: at the next update,
# be it of the traffic alone, they would count as taken away, and Knative refuses what changes under the same name.
_FILLED_IN = {"successThreshold": 1, "timeoutSeconds": 1}


@dataclass(frozen=True)
class CookieAffinity:
    """Sends a browser to the pod that served it before, as long as that pod lives."""

    cookie_name: str
    timeout_seconds: int


@dataclass(frozen=True)
class Resources:
    """What a pod asks for and may use.

    Quantities as Knative's webhook writes them (1Gi, not 1024Mi; 1, not 1000m), else every refresh shows a change.
    """

    requests: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    gpus: int = 1


@dataclass(frozen=True)
class SecretEnv:
    """An environment variable out of a Kubernetes Secret."""

    secret_name: pulumi.Input[str]
    key: str


@dataclass(frozen=True)
class KnativeServiceSpec:
    """Everything that the manifest says.

    timeout_seconds: a request may take, queueing included; None: the cluster's default (300).
        Knative refuses more than its max-revision-timeout-seconds (600).
    progress_deadline_seconds: how long a revision may take to become ready; None: config-deployment's.
    eci_use_specs: instance types for pods that land on virtual nodes; without virtual nodes it does nothing.
    eci: how the pods run on virtual nodes, instead of eci_use_specs. node_selector then counts for nothing: virtual
        nodes have no labels of ours.
    revision: name of this revision without the service's; None: Knative names it. With a name Knative refuses a changed
        template under the old one.
    traffic: percents by revision, see `traffic`; empty: everything to the newest revision that is ready.
    annotations: of the Service itself, over and above what the other fields bring.
    """

    name: str
    namespace: pulumi.Input[str]
    image: str
    command: Sequence[str] = ("python3", "launch.py")
    args: Sequence[str] = ("--listen", "--skip-torch-cuda-test", "--api")
    port: int = 7860
    env: Mapping[str, pulumi.Input[str] | SecretEnv] = field(default_factory=dict)
    container_concurrency: int = 1
    timeout_seconds: int | None = 600
    scaling: Scaling = field(default_factory=Scaling)
    resources: Resources = Resources()
    readiness: Probe = field(default_factory=Probe)
    liveness: Probe | None = None
    progress_deadline_seconds: int | None = None
    affinity: CookieAffinity | None = None
    model: ModelVolume | None = None
    reserve: Reserve | None = None
    revision: str | None = None
    traffic: Mapping[str, int] = field(default_factory=dict)
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: Sequence[Mapping[str, str]] = ()
    eci_use_specs: Sequence[str] = ()
    eci: Eci | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def claim_name(self) -> str:
        """Of the claim for the model's volume, where the model does not name one that is there already."""
        return f"{self.name}-model"


def knative_service(spec: KnativeServiceSpec) -> Manifest:
    """The object as it goes to the API server; fields without a value are left out."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {
            "name": spec.name,
            "namespace": spec.namespace,
            **_without_empty({"annotations": {**_affinity(spec.affinity), **spec.annotations}}),
        },
        "spec": {
            "template": {
                "metadata": {
                    **({"name": revision_name(spec.name, spec.revision)} if spec.revision else {}),
                    **_without_empty({"labels": eci_labels(spec.eci)}),
                    "annotations": _template_annotations(spec),
                },
                "spec": _pod(spec),
            },
            **_without_empty({"traffic": traffic(spec.name, spec.traffic)}),
        },
    }


def _template_annotations(spec: KnativeServiceSpec) -> dict[str, str]:
    return {
        **scaling_annotations(spec.scaling),
        **_deadline(spec),
        **reserve_annotations(spec.reserve),
        **_eci(spec),
    }


def _affinity(affinity: CookieAffinity | None) -> dict[str, str]:
    if affinity is None:
        return {}
    return {
        f"{_AFFINITY}/affinity": "cookie",
        f"{_AFFINITY}/cookie-name": affinity.cookie_name,
        f"{_AFFINITY}/cookie-timeout": str(affinity.timeout_seconds),
    }


def _deadline(spec: KnativeServiceSpec) -> dict[str, str]:
    seconds = spec.progress_deadline_seconds
    return {} if seconds is None else {"serving.knative.dev/progress-deadline": f"{seconds}s"}


def _eci(spec: KnativeServiceSpec) -> dict[str, str]:
    if spec.eci:
        return eci_annotations(spec.eci)
    specs = spec.eci_use_specs[:_MAX_ECI_SPECS]
    return {"k8s.aliyun.com/eci-use-specs": ",".join(specs)} if specs else {}


def _pod(spec: KnativeServiceSpec) -> Manifest:
    timeouts = {} if spec.timeout_seconds is None else _timeouts(spec.timeout_seconds)
    node_selector = {} if spec.eci else dict(spec.node_selector)
    return {
        "containerConcurrency": spec.container_concurrency,
        **timeouts,
        **_without_empty({"nodeSelector": node_selector, "tolerations": [dict(t) for t in spec.tolerations]}),
        "containers": [_container(spec)],
        **pod_volume(spec.model, spec.claim_name),
    }


def _timeouts(seconds: int) -> dict[str, int]:
    """An image is sent when it is finished: the first byte may take as long as the whole answer.

    Left out, Knative writes 300 for the first byte, and that becomes the real limit.
    """
    return {"timeoutSeconds": seconds, "responseStartTimeoutSeconds": seconds}


def _container(spec: KnativeServiceSpec) -> Manifest:
    return {
        "name": spec.name,
        "image": spec.image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(spec.command),
        "args": list(spec.args),
        "ports": [{"containerPort": spec.port, "name": "http1", "protocol": "TCP"}],
        **_without_empty({"env": _env(spec.env), "resources": _resources(spec.resources)}),
        "readinessProbe": _readiness(spec),
        **({"livenessProbe": probe(spec.liveness, spec.port)} if spec.liveness else {}),
        **container_mount(spec.model),
    }


def _readiness(spec: KnativeServiceSpec) -> Manifest:
    asked = probe(spec.readiness, spec.port)
    return {**_FILLED_IN, **asked} if spec.revision else asked


def _env(env: Mapping[str, pulumi.Input[str] | SecretEnv]) -> list[Manifest]:
    return [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": value.secret_name, "key": value.key}}}
        if isinstance(value, SecretEnv)
        else {"name": name, "value": value}
        for name, value in env.items()
    ]


def _resources(resources: Resources) -> Manifest:
    gpus = {"nvidia.com/gpu": str(resources.gpus)} if resources.gpus else {}
    return _without_empty({"requests": dict(resources.requests), "limits": {**resources.limits, **gpus}})


def _without_empty(fields: Mapping[str, Any]) -> Manifest:
    return {key: value for key, value in fields.items() if value}
