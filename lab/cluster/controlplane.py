"""etcd, API server, controller manager, scheduler, proxy, DNS: a control plane without nodes."""

import sys
from pathlib import Path

import yaml

from lab.cluster.addresses import (
    API_PORT,
    API_SERVICE,
    CLUSTER_DOMAIN,
    CONTROL_PLANE,
    POD_SUBNET,
    SERVICE_SUBNET,
)
from lab.cluster.kubeconfig import render, write
from lab.cluster.pki import Authority, signing_keys
from lab.cluster.places import Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools

INSIDE = f"https://127.0.0.1:{API_PORT}"
ETCD = "http://127.0.0.1:2379"
ETCD_PEER = "http://127.0.0.1:2380"
SERVERS = ("etcd", "apiserver", "dns")
CONTROLLERS = ("controller-manager", "scheduler")
PROXY = "proxy"

# Whoever talks to the API server from inside the namespace: user and groups, as Kubernetes' own RBAC rules know them.
CLIENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "controller-manager": ("system:kube-controller-manager", ()),
    "scheduler": ("system:kube-scheduler", ()),
    "proxy": ("system:kube-proxy", ()),
    "dns": ("lab:dns", ("system:masters",)),
    "gateway": ("lab:gateway", ("system:masters",)),
    "lab": ("lab", ("system:masters",)),
    "kubelet-client": ("lab:apiserver", ("system:masters",)),
}
SERVER_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    f"kubernetes.default.svc.{CLUSTER_DOMAIN}",
    "localhost",
    "127.0.0.1",
    API_SERVICE,
    CONTROL_PLANE,
)


def write_credentials(places: Places) -> Authority:
    """A new authority, and a certificate or kubeconfig for everyone who needs one."""
    authority = Authority.create(f"{places.layout.name}-ca")
    authority.credential.write(places.pki, "ca")
    authority.server("kube-apiserver", SERVER_NAMES).write(places.pki, "apiserver")
    private, public = signing_keys()
    write(places.pki / "service-accounts.key", private.decode())
    write(places.pki / "service-accounts.pub", public.decode())
    for name, (user, groups) in CLIENTS.items():
        credential = authority.client(user, groups)
        credential.write(places.pki, name)
        write(kubeconfig(places, name), render(INSIDE, authority, user, credential))
    return authority


def kubeconfig(places: Places, client: str) -> Path:
    """The file with which one of CLIENTS talks to the API server from inside the namespace."""
    return places.pki / f"{client}.kubeconfig"


def start_servers(places: Places, tools: Tools, daemons: Daemons) -> None:
    """Start SERVERS at once: each waits for those it needs. Nobody waits for them here."""
    daemons.start("etcd", _etcd(places))
    daemons.start("apiserver", [str(tools.kube), "kube-apiserver", *_apiserver(places)])
    daemons.start("dns", [sys.executable, "-m", "lab.cluster.dns", str(places.pki), INSIDE])


def start_controllers(places: Places, tools: Tools, daemons: Daemons) -> None:
    """Start CONTROLLERS; they give up at once while the API server has not made its RBAC rules."""
    daemons.start("controller-manager", [str(tools.kube), "kube-controller-manager", *_controller_manager(places)])
    daemons.start("scheduler", [str(tools.kube), "kube-scheduler", *_with_kubeconfig(places, "scheduler")])


def start_proxy(places: Places, tools: Tools, daemons: Daemons, node: str) -> None:
    """All nodes share one network namespace, hence one proxy. It takes the name of a node that exists: for any other it
    waits half a minute before it starts to work. It does not mind when that node leaves."""
    file = places.cluster / "proxy.yaml"
    file.write_text(yaml.safe_dump(_proxy(places, node), sort_keys=False))
    daemons.start(PROXY, [str(tools.kube), "kube-proxy", f"--config={file}", "--v=1"])


def _etcd(places: Places) -> list[str]:
    return [
        "etcd",
        f"--data-dir={places.cluster / 'etcd'}",
        "--name=lab",
        f"--listen-client-urls={ETCD}",
        f"--advertise-client-urls={ETCD}",
        f"--listen-peer-urls={ETCD_PEER}",
        f"--initial-advertise-peer-urls={ETCD_PEER}",
        f"--initial-cluster=lab={ETCD_PEER}",
        # The data does not outlive the lab; without fsync it is faster by far on a slow disk.
        "--unsafe-no-fsync=true",
        "--logger=zap",
        "--log-level=warn",
    ]


def _apiserver(places: Places) -> list[str]:
    pki = places.pki
    return [
        f"--etcd-servers={ETCD}",
        "--bind-address=0.0.0.0",
        f"--advertise-address={CONTROL_PLANE}",
        f"--secure-port={API_PORT}",
        f"--tls-cert-file={pki / 'apiserver.crt'}",
        f"--tls-private-key-file={pki / 'apiserver.key'}",
        f"--client-ca-file={pki / 'ca.crt'}",
        # Nobody extends this API server; without a CA for that, its clients look for one again and again.
        f"--requestheader-client-ca-file={pki / 'ca.crt'}",
        "--requestheader-allowed-names=nobody",
        f"--kubelet-client-certificate={pki / 'kubelet-client.crt'}",
        f"--kubelet-client-key={pki / 'kubelet-client.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        # Sends pods to the virtual node (addons/ack-virtual-node.yaml).
        "--feature-gates=MutatingAdmissionPolicy=true",
        "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki / 'service-accounts.pub'}",
        f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
        f"--service-cluster-ip-range={SERVICE_SUBNET}",
        "--allow-privileged=true",
        "--v=1",
    ]


def _controller_manager(places: Places) -> list[str]:
    return [
        *_with_kubeconfig(places, "controller-manager"),
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={places.pki / 'service-accounts.key'}",
        f"--root-ca-file={places.pki / 'ca.crt'}",
        # With the default of 20 a second its controllers take four seconds to start.
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]


def _with_kubeconfig(places: Places, client: str) -> list[str]:
    file = kubeconfig(places, client)
    return [
        f"--kubeconfig={file}",
        f"--authentication-kubeconfig={file}",
        f"--authorization-kubeconfig={file}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--v=1",
    ]


def _proxy(places: Places, node: str) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": "0.0.0.0",
        "metricsBindAddress": "127.0.0.1:10249",
        "healthzBindAddress": "127.0.0.1:10256",
        "clientConnection": {"kubeconfig": str(kubeconfig(places, PROXY))},
        "clusterCIDR": POD_SUBNET,
        "hostnameOverride": node,
        "mode": "iptables",
        # Answers must come back the way they went, also between two pods on one bridge.
        "iptables": {"minSyncPeriod": "0s", "syncPeriod": "30s", "masqueradeAll": True},
        # In a namespace of its own nf_conntrack_max is read-only.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
