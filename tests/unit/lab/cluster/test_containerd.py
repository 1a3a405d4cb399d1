import tomllib
from pathlib import Path
from typing import Any

import pytest

from lab.cluster import containerd
from lab.cluster.containerd import configuration, copy_store, fingerprint
from lab.cluster.places import NodePlaces, Places
from lab.cluster.processes import Daemons
from lab.cluster.tools import Tools
from lab.images.catalogue import KNATIVE_PROGRAMS
from lab.images.oci import Image

CRI = "io.containerd.grpc.v1.cri"


def parsed(node: NodePlaces) -> dict[str, Any]:
    text = configuration(node.containerd_root, node.containerd_state, node.containerd_socket, node.cni_config)
    return tomllib.loads(text)


def test_two_nodes_share_no_path(places: Places) -> None:
    one, two = parsed(places.node(1)), parsed(places.node(2))

    for path in (("root",), ("state",), ("grpc", "address"), ("plugins", CRI, "cni", "conf_dir")):
        values = []
        for document in (one, two):
            for key in path:
                document = document[key]
            values.append(document)
        assert values[0] != values[1], f"both nodes have {path} = {values[0]}"


def test_everything_a_node_runs_lies_below_its_own_folders(places: Places) -> None:
    node = places.node(3)
    cri = parsed(node)["plugins"][CRI]

    assert cri["netns_mounts_under_state_dir"] is True, "pods' namespaces in /run/netns belong to nobody"
    assert Path(cri["containerd"]["runtimes"]["runc"]["options"]["Root"]).is_relative_to(node.run)


def test_pods_start_without_the_right_to_lower_their_oom_score(places: Places) -> None:
    cri = parsed(places.node(1))["plugins"][CRI]

    assert cri["restrict_oom_score_adj"] is True
    assert cri["sandbox_image"] == "dev.local/pause:lab"


def test_the_daemon_that_only_keeps_images_has_no_cri() -> None:
    document = tomllib.loads(configuration(Path("/var/images"), Path("/run/images"), Path("/run/images.sock"), None))

    assert CRI in document["disabled_plugins"]
    assert "plugins" not in document


def test_a_nodes_store_shares_files_with_the_cache_but_not_its_databases(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (store / "content").mkdir(parents=True)
    (store / "content" / "blob").write_text("blob")
    (store / "meta.db").write_text("database")

    copy_store(store, tmp_path / "copy")

    assert (tmp_path / "copy/content/blob").samefile(store / "content/blob")
    assert not (tmp_path / "copy/meta.db").samefile(store / "meta.db")
    assert (tmp_path / "copy/meta.db").read_text() == "database"


def test_where_links_are_impossible_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("cross-device link")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "blob").write_text("blob")

    copy_store(tmp_path / "store", tmp_path / "copy")

    assert (tmp_path / "copy/blob").read_text() == "blob"


def test_images_are_imported_once_and_older_ones_make_room(
    places: Places, daemons: Daemons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: list[Path] = []

    def record(wanted: list[Image], store: Path, *_: object) -> None:
        store.mkdir(parents=True)
        imported.append(store)

    monkeypatch.setattr(containerd, "_import", record)
    tools = Tools(tmp_path / "kube", tmp_path / "knative", tmp_path / "stub", tmp_path / "pause", tmp_path / "envoy")
    programs = [tools.stub, tools.pause, *(tools.knative / "bin" / name for name in KNATIVE_PROGRAMS)]
    for program in programs:
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch()

    first = containerd.prepared_store(places, tools, daemons)
    assert containerd.prepared_store(places, tools, daemons) == first
    tools.stub.write_text("changed")
    second = containerd.prepared_store(places, tools, daemons)

    assert [store / "root" for store in imported] == [first, second]
    assert [store.name for store in places.images.iterdir()] == [second.parent.name]


def test_a_program_that_was_not_built_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"/nowhere/program is not there; `make setup`"):
        fingerprint([Image("dev.local/thing:lab", {"/thing": Path("/nowhere/program")}, entrypoint=("/thing",))])


def test_the_cache_is_made_anew_when_a_program_or_the_images_description_changes(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("one")

    def image(*command: str) -> Image:
        return Image("dev.local/thing:lab", {"/thing": program}, entrypoint=("/thing",), command=command)

    first = fingerprint([image()])
    assert fingerprint([image()]) == first
    assert fingerprint([image("--listen")]) != first
    program.write_text("another")
    assert fingerprint([image()]) != first
