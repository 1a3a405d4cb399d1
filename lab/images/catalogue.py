"""The images that the lab's nodes have: nothing is pulled from a registry."""

from pathlib import Path

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


def images(tools: Tools) -> list[Image]:
    """All images."""
    return [
        Image(PAUSE, {"/pause": tools.pause}, entrypoint=("/pause",), user="65535:65535"),
        # The guide runs `python3 launch.py …`: in its image, python3 is the stub.
        Image(
            STABLE_DIFFUSION,
            {"/usr/local/bin/python3": tools.stub},
            entrypoint=("python3",),
            command=("launch.py", "--listen", "--skip-torch-cuda-test", "--api"),
        ),
        *(_knative(name, tools.knative / "bin" / name) for name in KNATIVE_PROGRAMS),
    ]


def _knative(name: str, program: Path) -> Image:
    path = f"/ko-app/{name}"
    return Image(reference(name), {path: program}, entrypoint=(path,))
