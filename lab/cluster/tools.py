"""The programs that the cluster is made of, apart from Debian's (containerd, runc, etcd, CNI plugins)."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tools:
    """Where the built programs are.

    kube: one binary that is kube-apiserver, kube-scheduler, kubelet and so on by its first argument.
    knative: a folder with bin/{activator,autoscaler,controller,queue,webhook} and config/{serving,networking,caching}/.
    stub: the server with Stable Diffusion's API. pause: holds a pod's namespaces. envoy: the proxy behind the gateway.
    """

    kube: Path
    knative: Path
    stub: Path
    pause: Path
    envoy: Path
