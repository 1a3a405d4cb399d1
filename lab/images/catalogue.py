"""The images that the lab's nodes have: nothing is pulled from a registry."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from lab.cluster.tools import Tools
from lab.images.oci import Image

# Knative resolves no tags of dev.local (config-deployment, registries-skipping-tag-resolving), and a node that has the
# image does not ask anyone for it.
REGISTRY = "dev.local"
TAG = "lab"
KNATIVE_PROGRAMS = ("activator", "autoscaler", "controller", "queue", "webhook")


def reference(name: str) -> str:
    return f"{REGISTRY}/{name}:{TAG}"


PAUSE = reference("pause")
STABLE_DIFFUSION = reference("stable-diffusion")


def images(tools: Tools, aliases: Sequence[str] = ()) -> list[Image]:
    """All images; aliases: by which other names the nodes know the stub."""
    return [
        Image(PAUSE, {"/pause": tools.pause}, entrypoint=("/pause",), user="65535:65535"),
        # The guide runs `python3 launch.py …`: in its image, python3 is the stub.
        Image(
            STABLE_DIFFUSION,
            {"/usr/local/bin/python3": tools.stub},
            entrypoint=("python3",),
            command=("launch.py", "--listen", "--skip-torch-cuda-test", "--api"),
            aliases=tuple(aliases),
        ),
        *(_knative(name, tools.knative / "bin" / name) for name in KNATIVE_PROGRAMS),
    ]


def named_by_stacks(folder: Path) -> list[str]:
    """What the stack files of a checkout name as the images of their services, without the lab's own, sorted."""
    found: set[str] = set()
    for file in folder.glob("Pulumi.*.yaml"):
        config = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("config") or {}
        region = config.get("alicloud:region") or ""
        services = next((value for key, value in config.items() if key.endswith(":services")), None) or {}
        found |= {str(service.get("image")).replace("{region}", region) for service in services.values()}
    return sorted(name for name in found - {"None"} if not name.startswith(f"{REGISTRY}/"))


def _knative(name: str, program: Path) -> Image:
    path = f"/ko-app/{name}"
    return Image(reference(name), {path: program}, entrypoint=(path,))
