"""`python -m lab.gateway`: Envoy and its controller, kept running in the lab's network namespace until SIGTERM."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from lab.gateway.balancer import Balancer
from lab.gateway.dataplane import DataPlane
from lab.gateway.keeper import Keeper, KeeperError
from lab.gateway.routes import RouteTables
from lab.gateway.snapshot import Builder, Listeners


def main(
    directory: Annotated[Path, typer.Option(help="For Envoy's files, its admin socket and its access log.")],
    kubeconfig: Annotated[Path, typer.Option(help="Of the cluster's administrator.", exists=True)],
    envoy: Annotated[Path, typer.Option(help="Envoy's executable.", exists=True)],
    address: Annotated[str, typer.Option(help="Where pods reach this machine.")] = "10.200.0.250",
    http_port: Annotated[int, typer.Option(help="For the world.")] = 80,
    https_port: Annotated[int, typer.Option(help="For the world, with TLS.")] = 443,
    internal_port: Annotated[int, typer.Option(help="For the cluster itself.")] = 8081,
    logs: Annotated[Path | None, typer.Option(help="For access logs that an AlbConfig asks for.")] = None,
    control: Annotated[bool, typer.Option("--control", help="Only the controller, for an Envoy that runs.")] = False,
) -> None:
    """Serve the cluster's KIngresses of the class that Knative is told to use: ALB's or Kourier's."""
    listeners = Listeners(http_port, internal_port, https_port)
    builder = Builder(directory.absolute(), listeners, logs)
    data_plane = DataPlane(envoy, directory.absolute(), listeners)
    if control:
        _control(data_plane, builder, kubeconfig, address, listeners)
        return
    data_plane.prepare(builder.build(RouteTables(), (), (), (), Balancer()))
    controller = [sys.executable, "-m", "lab.gateway", *sys.argv[1:], "--control"]
    keeper = Keeper({"Envoy": data_plane.command(), "the controller": controller})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: keeper.stop())
    try:
        keeper.run()
    except KeeperError as error:
        print(error, flush=True)
        raise typer.Exit(1) from error


def _control(data_plane: DataPlane, builder: Builder, kubeconfig: Path, address: str, listeners: Listeners) -> None:
    # Here, for the keeper has no use for the client's thousand modules.
    from lab.gateway.controller import Controller
    from lab.gateway.entrances import Entrances
    from lab.gateway.kube import connect
    from lab.gateway.reconciler import Reconciler

    api = connect(kubeconfig.read_text())
    entrances = Entrances(api, address, internal_port=listeners.internal, external_port=listeners.external)
    controller = Controller(api, Reconciler(data_plane, builder), entrances)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: controller.stop())
    controller.run()
    data_plane.close()


if __name__ == "__main__":
    typer.run(main)
