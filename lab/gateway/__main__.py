"""`python -m lab.gateway`: Envoy and its controller; runs inside the lab's network namespace until SIGTERM."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from lab.gateway.balancer import Balancer
from lab.gateway.controller import Controller
from lab.gateway.dataplane import DataPlane
from lab.gateway.kube import connect
from lab.gateway.reconciler import Reconciler
from lab.gateway.routes import RouteTables
from lab.gateway.snapshot import Builder, Listeners

_WATCHDOG_SECONDS = 0.5


def main(
    directory: Annotated[Path, typer.Option(help="For Envoy's files, its admin socket and its access log.")],
    kubeconfig: Annotated[Path, typer.Option(help="Of the cluster's administrator.", exists=True)],
    envoy: Annotated[Path, typer.Option(help="Envoy's executable.", exists=True)],
    address: Annotated[str, typer.Option(help="Where pods reach this machine.")] = "10.200.0.250",
    http_port: Annotated[int, typer.Option(help="For the world.")] = 80,
    https_port: Annotated[int, typer.Option(help="For the world, with TLS.")] = 443,
    internal_port: Annotated[int, typer.Option(help="For the cluster itself.")] = 8081,
    logs: Annotated[Path | None, typer.Option(help="For access logs that an AlbConfig asks for.")] = None,
) -> None:
    """Serve the cluster's KIngresses of the ALB class."""
    listeners = Listeners(http_port, internal_port, https_port)
    builder = Builder(directory.absolute(), listeners, logs)
    data_plane = DataPlane(envoy, directory.absolute(), listeners)
    controller = Controller(connect(kubeconfig.read_text()), Reconciler(data_plane, builder), address, internal_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: controller.stop())
    try:
        data_plane.start(builder.build(RouteTables(), (), (), (), Balancer()))
        threading.Thread(target=_stop_without_envoy, args=(data_plane, controller), daemon=True).start()
        controller.run()
        status = data_plane.exit_status()
        if status is not None:
            raise RuntimeError(f"Envoy ended with status {status}: its last messages are above")
    except RuntimeError as error:
        print(error, flush=True)
        raise typer.Exit(1) from error
    finally:
        data_plane.stop()


def _stop_without_envoy(data_plane: DataPlane, controller: Controller) -> None:
    tick = threading.Event()
    while data_plane.exit_status() is None:
        tick.wait(_WATCHDOG_SECONDS)
    controller.stop()


if __name__ == "__main__":
    typer.run(main)
