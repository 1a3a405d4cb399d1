"""The process that plays the gateway inside the namespace, and the definition of AlbConfig that comes with ALB."""

import sys
from pathlib import Path

import yaml

import lab.gateway
from lab.cluster import namespace
from lab.cluster.addresses import CONTROL_PLANE, GATEWAY_PORT, HTTPS_PORT, INTERNAL_GATEWAY_PORT
from lab.cluster.api import KubernetesApi
from lab.cluster.commands import wait_until
from lab.cluster.controlplane import kubeconfig
from lab.cluster.knative.install import DEFINITIONS, ESTABLISHED_SECONDS
from lab.cluster.places import Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools

NAME = "gateway"
# The lab's own name for an addon; what ACK's console asks for is not documented.
KOURIER = "kourier"
START_SECONDS = 120


def install(places: Places, tools: Tools, daemons: Daemons, api: KubernetesApi) -> None:
    """For ALB: returns once AlbConfigs are accepted and the gateway listens; fine if it does already."""
    definition = yaml.safe_load((Path(lab.gateway.__file__).parent / "albconfig-crd.yaml").read_text())
    api.apply([definition])
    api.wait_for(DEFINITIONS, "Established", [definition["metadata"]["name"]], ESTABLISHED_SECONDS)
    start(places, tools, daemons)


def start(places: Places, tools: Tools, daemons: Daemons) -> None:
    """Returns once the gateway listens; fine if it does already."""
    if not daemons.alive(NAME):
        places.gateway.mkdir(parents=True, exist_ok=True)
        daemons.start(NAME, [sys.executable, "-m", "lab.gateway", *_flags(places, tools)])
    # The others come and go with the AlbConfig's listeners.
    port = INTERNAL_GATEWAY_PORT
    wait_until(lambda: namespace.listens(daemons.pid(NAME), port), "the gateway listens", timeout=START_SECONDS)


def _flags(places: Places, tools: Tools) -> list[str]:
    return [
        f"--directory={places.gateway}",
        f"--kubeconfig={kubeconfig(places, NAME)}",
        f"--envoy={tools.envoy}",
        f"--address={CONTROL_PLANE}",
        f"--http-port={GATEWAY_PORT}",
        f"--https-port={HTTPS_PORT}",
        f"--internal-port={INTERNAL_GATEWAY_PORT}",
        f"--logs={places.layout.logs}",
    ]
