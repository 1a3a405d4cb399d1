"""Where the lab keeps things: every folder, port and address in one place."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """One lab on this machine. Two labs need two names and two sets of ports.

    name: of the network namespace, the cgroups and the folders below /var/lib and /run.
    api_port, gateway_port, https_port, proxy_port: on the host's loopback; what stands behind each is beside it.
    """

    name: str = "ack-lab"
    api_port: int = 16443  # forwarded into the namespace: the Kubernetes API server
    gateway_port: int = 18080  # forwarded into the namespace: the gateway's HTTP listener
    https_port: int = 18443  # forwarded into the namespace: the gateway's HTTPS listener, where an AlbConfig has one
    proxy_port: int = 18118  # the emulated account: a forward proxy for *.aliyuncs.com

    @classmethod
    def from_env(cls) -> "Layout":
        """LAB_NAME, LAB_API_PORT, LAB_GATEWAY_PORT, LAB_HTTPS_PORT and LAB_PROXY_PORT override the defaults.

        The port of HTTPS keeps its distance to the gateway's: a second lab is free of the first one's without it.
        """
        gateway_port = int(os.environ.get("LAB_GATEWAY_PORT", cls.gateway_port))
        return cls(
            name=os.environ.get("LAB_NAME", cls.name),
            api_port=int(os.environ.get("LAB_API_PORT", cls.api_port)),
            gateway_port=gateway_port,
            https_port=int(os.environ.get("LAB_HTTPS_PORT", gateway_port + cls.https_port - cls.gateway_port)),
            proxy_port=int(os.environ.get("LAB_PROXY_PORT", cls.proxy_port)),
        )

    @property
    def ports(self) -> dict[int, str]:
        """All ports, each with the variable that sets it."""
        return {**self.cluster_ports, self.proxy_port: "LAB_PROXY_PORT"}

    @property
    def cluster_ports(self) -> dict[int, str]:
        """Those that lead into the namespace."""
        return {
            self.api_port: "LAB_API_PORT",
            self.gateway_port: "LAB_GATEWAY_PORT",
            self.https_port: "LAB_HTTPS_PORT",
        }

    @property
    def var(self) -> Path:
        """What may survive a restart: account state, cluster data, logs. `lab down` removes all but logs."""
        return Path("/var/lib") / self.name

    @property
    def run(self) -> Path:
        """Sockets and pid files: gone after a reboot."""
        return Path("/run") / self.name

    @property
    def netns(self) -> Path:
        """The network namespace that holds cluster and gateway; it has no way out."""
        return Path("/run/netns") / self.name

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def pids(self) -> Path:
        return self.run / "pid"

    @property
    def supervisor(self) -> Path:
        """What the supervisor notes of itself, for one that is to go on after it."""
        return self.run / "supervisor.json"

    @property
    def cloud(self) -> Path:
        """The emulated account: state, call log, CA certificate."""
        return self.var / "cloud"

    @property
    def ca_certificate(self) -> Path:
        """PEM of the CA that signs the emulated endpoints: SSL_CERT_FILE of the provider."""
        return self.cloud / "ca.pem"
