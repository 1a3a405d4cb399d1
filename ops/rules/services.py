"""Rules about services and the gateway in front of them."""

from collections.abc import Iterator
from typing import Any

from ops.cost.items import SERVICE
from ops.plan.preview import Resource
from ops.plan.values import UNKNOWN
from ops.rules.rule import Plan, Violations, entries, inside, rule

ALB_CONFIG = "kubernetes:alibabacloud.com/v1:AlbConfig"
_CONFIG_MAP = "kubernetes:core/v1:ConfigMapPatch"
_GPUS = ("nvidia.com/gpu", "aliyun.com/gpu-mem")
_LOGIN_ARGUMENTS = ("--gradio-auth", "--api-auth")


@rule(
    "gpu-is-asked-for",
    "A container that is placed on GPU nodes has a GPU limit, else it starts without a GPU.",
    "set resources.gpus of the service to 1 or more",
)
def gpu_is_asked_for(plan: Plan) -> Violations:
    for service, container in _containers(plan):
        tolerated = {inside(one, "key") for one in entries(inside(_pod(service), "tolerations"))}
        limits = inside(container, "resources", "limits") or {}
        if tolerated.intersection(_GPUS) and not any(limits.get(kind) for kind in _GPUS):
            yield service, f"container {container.get('name')} runs on GPU nodes without a limit of {_GPUS[0]}"


@rule(
    "image-by-digest",
    "Images are named by digest: what a tag stands for may change between two pods of one revision.",
    "append @sha256:… to the image; `skopeo inspect` or the registry's console shows it",
)
def image_by_digest(plan: Plan) -> Violations:
    exempt = tuple(f"{registry}/" for registry in _unresolved_registries(plan))
    for service, container in _containers(plan):
        image = str(container.get("image", ""))
        if "@sha256:" not in image and image != UNKNOWN and not image.startswith(exempt):
            yield service, f"image {image} is named by a tag"


@rule(
    "gateway-is-guarded",
    "In production a public gateway lets in known addresses only, or every service asks for a login.",
    "set gateway.allowCidrs, or login of every service, or gateway.addressType: Intranet",
    production=True,
)
def gateway_is_guarded(plan: Plan) -> Violations:
    open_services = [service for service in plan.of(SERVICE) if not _asks_for_login(service)]
    for alb in plan.of(ALB_CONFIG):
        public = inside(alb.inputs, "spec", "config", "addressType") != "Intranet"
        listeners = entries(inside(alb.inputs, "spec", "listeners"))
        ports = [str(inside(one, "port")) for one in listeners if not inside(one, "aclConfig")]
        if public and ports and open_services:
            names = ", ".join(one.name for one in open_services)
            yield alb, f"anyone on the internet can use {names}: port {', '.join(ports)} has no ACL and no login"


def _containers(plan: Plan) -> Iterator[tuple[Resource, Any]]:
    for service in plan.of(SERVICE):
        for container in entries(inside(_pod(service), "containers")):
            yield service, container


def _pod(service: Resource) -> Any:
    return inside(service.inputs, "spec", "template", "spec")


def _unresolved_registries(plan: Plan) -> list[str]:
    """Whose tags Knative does not resolve: their images are on the nodes already."""
    for settings in plan.of(_CONFIG_MAP):
        named = inside(settings.inputs, "data", "registries-skipping-tag-resolving")
        if named and named != UNKNOWN:
            return [one.strip() for one in str(named).split(",") if one.strip()]
    return []


def _asks_for_login(service: Resource) -> bool:
    containers = entries(inside(_pod(service), "containers"))
    arguments = [str(one) for container in containers for one in entries(inside(container, "args"))]
    return any(one.startswith(_LOGIN_ARGUMENTS) for one in arguments)
