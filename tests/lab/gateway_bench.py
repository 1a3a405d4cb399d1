"""A cluster with Knative and the gateway, made without Pulumi: the program's own manifests, applied one by one."""

import os
import signal
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from components.manifests import knative_config
from components.manifests.alb_config import AlbConfigSpec, ExistingAlb, NewAlb, alb_config
from components.manifests.knative_service import KnativeServiceSpec, Resources, knative_service
from components.manifests.scaling import Scaling
from lab.cluster.api import KubernetesApi
from lab.cluster.commands import wait_until
from lab.cluster.gateway import NAME as GATEWAY
from lab.cluster.places import Places
from lab.cluster.processes import Daemons
from lab.layout import Layout
from lab.lifecycle import left_in_account
from tests.lab.by_hand import Hand

ALB = "knative-alb"
PATIENCE = 120
# In place of a status, where nothing answers.
NOBODY = 0
HTTPS_FOR_ALL = {"knative.k8s.alibabacloud/tls": "true"}
SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services"
ALBCONFIGS = "/apis/alibabacloud.com/v1/albconfigs"
KINGRESSES = "/apis/networking.internal.knative.dev/v1alpha1/namespaces/default/ingresses"


class Bench:
    """On a lab that is up."""

    def __init__(self, layout: Layout):
        self.layout = layout
        self.hand = Hand(layout)
        self.vswitches = self.hand.make_a_cluster(nodes=3)
        for addon in ("knative", "alb-ingress-controller"):
            self.hand.install(addon)
        self.api = KubernetesApi.connect(f"https://127.0.0.1:{layout.api_port}", Places(layout).pki, "lab")
        self._alb = AlbConfigSpec(ALB, NewAlb(self.vswitches), request_timeout_seconds=60)
        self.change_alb()
        self.configure("network", knative_config.network(knative_config.AlbIngress(ALB)))

    @property
    def address(self) -> str:
        """The gateway's, for HTTP."""
        return f"127.0.0.1:{self.layout.gateway_port}"

    def configure(self, name: str, data: Mapping[str, Any]) -> None:
        """Keys of one of Knative's ConfigMaps; None takes a key away."""
        self.api.patch(f"/api/v1/namespaces/knative-serving/configmaps/config-{name}", {"data": dict(data)})

    def change_alb(self, **changes: Any) -> None:
        """Fields of the AlbConfigSpec, on top of all changes before."""
        self._alb = replace(self._alb, **changes)
        self.api.apply([alb_config(self._alb)])

    def lend_alb(self, name: str, alb_id: str) -> None:
        """An AlbConfig of its own for an ALB that is there."""
        self.api.apply([alb_config(AlbConfigSpec(name, ExistingAlb(alb_id)))])

    def declare(self, name: str, pods: int = 1, image_seconds: float = 0, **rest: Any) -> None:
        """A service; raises RuntimeError in Knative's words where it is refused."""
        spec = KnativeServiceSpec(
            name=name,
            namespace="default",
            image="dev.local/stable-diffusion:lab",
            env={"STUB_IMAGE_SECONDS": str(image_seconds)},
            resources=Resources({"cpu": "20m", "memory": "32Mi"}, gpus=0),
            # Without the activator in between, which would be the one that a cookie leads back to.
            scaling=Scaling(min_scale=pods, max_scale=pods, target_burst_capacity=0),
            annotations=HTTPS_FOR_ALL,
            **rest,
        )
        self.api.apply([knative_service(spec)])

    def serve(self, name: str, **spec: Any) -> None:
        """As declare; returns once the service is ready."""
        self.declare(name, **spec)
        self.api.wait_for(SERVICES, "Ready", [name], PATIENCE)

    def ask(self, name: str, path: str = "/", cookies: Mapping[str, str] | None = None) -> httpx.Response:
        with self.client(name, cookies) as client:
            return client.get(path)

    def paint(self, name: str) -> httpx.Response:
        with self.client(name) as client:
            return client.post("/sdapi/v1/txt2img", json={"prompt": "a cat"})

    def client(self, name: str, cookies: Mapping[str, str] | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://{self.address}",
            headers={"Host": host(name)},
            cookies=dict(cookies or {}),
            timeout=PATIENCE,
            trust_env=False,
        )

    def answers(self, name: str, status: int = 200) -> None:
        """Waits for it."""
        wait_until(lambda: self._status(name) == status, f"{name} answers {status}", timeout=PATIENCE)

    def _status(self, name: str) -> int:
        try:
            return self.ask(name).status_code
        except httpx.TransportError:
            return NOBODY

    def handshake(self, name: str) -> tuple[str, str | None]:
        """Common name of the certificate that is shown for a service, and the version of TLS. Raises OSError."""
        trusted = ssl.create_default_context(cafile=Places(self.layout).gateway / "ca.crt")
        plain = socket.create_connection(("127.0.0.1", self.layout.https_port), PATIENCE)
        with plain, trusted.wrap_socket(plain, server_hostname=host(name)) as secure:
            certificate: Any = secure.getpeercert()
            return dict(part[0] for part in certificate["subject"])["commonName"], secure.version()

    def shakes_hands(self, name: str, expected: tuple[str, str]) -> None:
        """Waits for it."""

        def seen() -> bool:
            try:
                return self.handshake(name) == expected
            except (OSError, FileNotFoundError):
                return False

        wait_until(seen, f"{name} shows {expected}", timeout=PATIENCE)

    def load_balancer(self, name: str = ALB) -> Mapping[str, str]:
        """What the status of an AlbConfig says of its ALB, once it says so."""
        found: dict[str, Any] = {}

        def told() -> bool:
            found.update(((self.api.get(f"{ALBCONFIGS}/{name}") or {}).get("status") or {}).get("loadBalancer") or {})
            return bool(found)

        wait_until(told, f"AlbConfig {name} has a status", timeout=PATIENCE)
        return found

    def public_name(self, name: str) -> str:
        """Where the KIngress of a service says that the world finds it."""
        status = (self.api.get(f"{KINGRESSES}/{name}") or {}).get("status") or {}
        return str(status["publicLoadBalancer"]["ingress"][0]["domain"])

    def ingress_class(self, name: str) -> str:
        """Which gateway serves a service, or should."""
        annotations = (self.api.get(f"{KINGRESSES}/{name}") or {})["metadata"]["annotations"]
        return str(annotations["networking.knative.dev/ingress.class"])

    def albs(self) -> Sequence[str]:
        """That the account has."""
        return left_in_account(self.layout).get("alb", [])

    def requests_answered(self, status: int) -> Sequence[str]:
        """Lines of the gateway's own log."""
        lines = (Places(self.layout).gateway / "access.log").read_text().splitlines()
        return [line for line in lines if line.split()[1] == str(status)]

    def kill(self, program: str) -> None:
        """One of the gateway's two processes, by its executable (envoy or python); waits until there is another."""
        killed = self._gateway_process(program)
        os.kill(killed, signal.SIGKILL)

        def is_replaced() -> bool:
            return self._gateway_process(program) not in (0, killed)

        wait_until(is_replaced, f"{program} is started again", timeout=PATIENCE, pause=0.02)

    def _gateway_process(self, program: str) -> int:
        """0 while there is none."""
        keeper = Daemons(self.layout).pid(GATEWAY)
        for pid in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split():
            with suppress(FileNotFoundError):
                if Path(f"/proc/{pid}/exe").readlink().name.startswith(program):
                    return int(pid)
        return 0


def host(name: str) -> str:
    return f"{name}.default.example.com"
