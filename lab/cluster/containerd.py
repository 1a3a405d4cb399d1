"""containerd: its configuration, one daemon for each node, and a store of images made ready once for all of them."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.cluster.commands import run, wait_until
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools
from lab.images import oci
from lab.images.catalogue import PAUSE, images, named_by_stacks
from lab.tools.pulumi import CHECKOUT

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined, keep_trailing_newline=True
)
IMAGE_DAEMON = "containerd-images"
READY = "ready"


def configuration(root: Path, state: Path, socket: Path, cni_config: Path | None) -> str:
    """TOML; without `cni_config` a containerd that keeps images and runs nothing."""
    template = TEMPLATES.get_template("containerd.toml.j2")
    return template.render(root=root, state=state, socket=socket, cni_config=cni_config, pause=PAUSE)


def start(daemons: Daemons, node: NodePlaces, store: Path) -> None:
    """Start a node's containerd, its images in place; returns once it answers."""
    copy_store(store, node.containerd_root)
    node.run.mkdir(parents=True, exist_ok=True)
    file = node.config / "containerd.toml"
    file.write_text(configuration(node.containerd_root, node.containerd_state, node.containerd_socket, node.cni_config))
    daemons.start(node.containerd, ["containerd", "--config", str(file)], node=node.number)
    _wait(daemons, node.containerd, node.containerd_socket)


def prepared_store(places: Places, tools: Tools, daemons: Daemons) -> Path:
    """A containerd root with all images unpacked; made anew only when a program changed since the last time, or a stack
    file names another image."""
    wanted = images(tools, named_by_stacks(CHECKOUT))
    store = places.images / fingerprint(wanted)
    if not (store / READY).exists():
        _remove_stores(places.images)
        _import(wanted, store, places.layout.run / IMAGE_DAEMON, daemons)
        (store / READY).touch()
    return store / "root"


def fingerprint(wanted: list[oci.Image]) -> str:
    """Changes with the images' description and their files' size and time: reading half a gigabyte takes too long."""
    digest = hashlib.sha256(repr(wanted).encode())
    for source in (source for image in wanted for source in image.files.values()):
        try:
            facts = source.stat()
        except FileNotFoundError:
            raise RuntimeError(f"{source} is not there; `make setup` builds it") from None
        digest.update(f"{facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def copy_store(store: Path, target: Path) -> None:
    """Hard links for what never changes (blobs, unpacked layers), copies of the databases: milliseconds, and one page
    cache for all nodes."""
    shutil.copytree(store, target, copy_function=_link_or_copy, symlinks=True)


def _link_or_copy(source: str, target: str) -> None:
    if source.endswith(".db") and stat.S_ISREG(Path(source).stat().st_mode):
        shutil.copy2(source, target)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _import(wanted: list[oci.Image], store: Path, run_folder: Path, daemons: Daemons) -> None:
    store.mkdir(parents=True)
    # The socket of an attempt that was cut off would pass for an answer.
    shutil.rmtree(run_folder, ignore_errors=True)
    run_folder.mkdir(parents=True)
    archive, socket, file = store / "images.tar", run_folder / "containerd.sock", store / "containerd.toml"
    file.write_text(configuration(store / "root", run_folder / "state", socket, None))
    daemons.start(IMAGE_DAEMON, ["containerd", "--config", str(file)], inside=False)
    try:
        oci.write_layout(wanted, archive)
        _wait(daemons, IMAGE_DAEMON, socket)
        run("ctr", "--address", str(socket), "--namespace", "k8s.io", "images", "import", str(archive))
    finally:
        daemons.stop(IMAGE_DAEMON)
        shutil.rmtree(run_folder)
    archive.unlink()


def _wait(daemons: Daemons, name: str, socket: Path) -> None:
    wait_until(socket.is_socket, f"{name} listens", timeout=120, alive=lambda: daemons.check(name), pause=0.05)


def _remove_stores(folder: Path) -> None:
    for store in (f for f in folder.glob("*") if f.is_dir()):
        shutil.rmtree(store)
