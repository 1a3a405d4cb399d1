"""The cluster without the emulated account, for work on the cluster itself: `python -m lab.cluster --help`."""

import time
from pathlib import Path
from typing import Annotated

import typer

from lab.cluster import teardown
from lab.cluster.cluster import Cluster
from lab.cluster.tools import Tools
from lab.hands import NodeSpec, Taint
from lab.layout import Layout

CLUSTER_ID = "debug"
app = typer.Typer(no_args_is_help=True, add_completion=False)


ToolsFolder = Annotated[Path, typer.Option(envvar="LAB_TOOLS", help="A folder with kube, knative/, stub and envoy.")]


def _cluster(tools: Path) -> Cluster:
    return Cluster(Layout.from_env(), Tools(tools / "kube", tools / "knative", tools / "stub", tools / "envoy"))


@app.command()
def up(tools: ToolsFolder) -> None:
    """Start a control plane."""
    _cluster(tools).create_cluster(CLUSTER_ID)


@app.command()
def node(
    tools: ToolsFolder,
    name: str,
    gpus: int = 0,
    label: Annotated[list[str] | None, typer.Option()] = None,
    taint: Annotated[bool, typer.Option(help="Only pods that tolerate nvidia.com/gpu may run there.")] = False,
) -> None:
    """Add a node; NAME ends in .N."""
    labels = dict(pair.split("=", 1) for pair in label or [])
    taints = [Taint("nvidia.com/gpu", "present", "NoSchedule")] if taint else []
    _cluster(tools).add_node(CLUSTER_ID, NodeSpec(name, labels, taints, gpus))


@app.command()
def remove(tools: ToolsFolder, name: str) -> None:
    """Remove a node."""
    _cluster(tools).remove_node(CLUSTER_ID, name)


@app.command()
def addon(tools: ToolsFolder, name: str) -> None:
    """Install an addon: knative, alb-ingress-controller."""
    _cluster(tools).install_addon(CLUSTER_ID, name, {})


@app.command()
def kubeconfig(tools: ToolsFolder) -> None:
    """Print the account's kubeconfig."""
    print(_cluster(tools).kubeconfig(CLUSTER_ID))


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
