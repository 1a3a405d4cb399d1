"""The cluster without the emulated account, for work on the cluster itself: `python -m lab.cluster --help`."""

import time
from typing import Annotated

import typer

from lab.cluster import teardown
from lab.cluster.cluster import Cluster
from lab.hands import NodeSpec, Taint
from lab.layout import Layout
from lab.tools.install import install_lab

CLUSTER_ID = "debug"
app = typer.Typer(no_args_is_help=True, add_completion=False)


def _cluster() -> Cluster:
    return Cluster(Layout.from_env(), install_lab())


@app.command()
def up() -> None:
    """Start a control plane."""
    _cluster().create_cluster(CLUSTER_ID)


@app.command()
def node(
    name: str,
    gpus: int = 0,
    label: Annotated[list[str] | None, typer.Option()] = None,
    taint: Annotated[bool, typer.Option(help="Only pods that tolerate nvidia.com/gpu may run there.")] = False,
) -> None:
    """Add a node; NAME ends in .N."""
    labels = dict(pair.split("=", 1) for pair in label or [])
    taints = [Taint("nvidia.com/gpu", "present", "NoSchedule")] if taint else []
    _cluster().add_node(CLUSTER_ID, NodeSpec(name, labels, taints, gpus))


@app.command()
def remove(name: str) -> None:
    """Remove a node."""
    _cluster().remove_node(CLUSTER_ID, name)


@app.command()
def addon(name: str) -> None:
    """Install an addon: knative, alb-ingress-controller."""
    _cluster().install_addon(CLUSTER_ID, name, {})


@app.command()
def kubeconfig() -> None:
    """Print the account's kubeconfig."""
    print(_cluster().kubeconfig(CLUSTER_ID))


@app.command()
def down() -> None:
    """Remove everything but logs and images."""
    teardown.down(Layout.from_env())


@app.command()
def left() -> None:
    """List what is there of the lab."""
    for line in teardown.leftovers(Layout.from_env()):
        print(line)


if __name__ == "__main__":
    started = time.monotonic()
    try:
        app(standalone_mode=False)
    except RuntimeError as error:
        raise SystemExit(str(error)) from None
    finally:
        typer.echo(f"{time.monotonic() - started:.1f} s", err=True)
