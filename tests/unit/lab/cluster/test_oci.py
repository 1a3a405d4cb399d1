import hashlib
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.images.oci import Image, write_layout


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program"
    file.write_bytes(b"\x7fELF and so on")
    return file


def image(program: Path, reference: str = "dev.local/thing:lab") -> Image:
    return Image(reference, {"/usr/local/bin/thing": program}, entrypoint=("thing",), command=("--listen",))


def read(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as layout:
        return {member.name: content.read() for member in layout if (content := layout.extractfile(member))}


def blob(files: dict[str, bytes], descriptor: dict[str, Any]) -> bytes:
    """What a descriptor points at, if digest and size are right."""
    content = files[f"blobs/{descriptor['digest'].replace(':', '/')}"]
    assert descriptor["size"] == len(content)
    assert descriptor["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    return content


def test_every_descriptor_leads_from_the_index_to_a_layer_with_the_program(program: Path, tmp_path: Path) -> None:
    write_layout([image(program)], tmp_path / "out.tar")
    files = read(tmp_path / "out.tar")

    (entry,) = json.loads(files["index.json"])["manifests"]
    manifest = json.loads(blob(files, entry))
    config = json.loads(blob(files, manifest["config"]))
    (layer,) = manifest["layers"]
    (tmp_path / "layer.tar").write_bytes(blob(files, layer))

    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert config["rootfs"]["diff_ids"] == [layer["digest"]], "the layer is not compressed: its digest is its diff id"
    assert config["config"]["Entrypoint"] == ["thing"]
    assert config["config"]["Cmd"] == ["--listen"]
    assert read(tmp_path / "layer.tar")["usr/local/bin/thing"] == program.read_bytes()


def test_an_image_of_several_names_is_there_once_and_listed_under_each(program: Path, tmp_path: Path) -> None:
    digest = f"registry.example.com/thing@sha256:{'1' * 64}"
    write_layout([replace(image(program), aliases=(digest,))], tmp_path / "out.tar")

    with tarfile.open(tmp_path / "out.tar") as layout:
        members = layout.getnames()
    entries = json.loads(read(tmp_path / "out.tar")["index.json"])["manifests"]

    assert [entry["annotations"]["io.containerd.image.name"] for entry in entries] == ["dev.local/thing:lab", digest]
    assert len({entry["digest"] for entry in entries}) == 1
    assert len(members) == len(set(members))


def test_the_layer_has_what_a_program_needs_around_it(program: Path, tmp_path: Path) -> None:
    write_layout([image(program)], tmp_path / "out.tar")
    files = read(tmp_path / "out.tar")
    manifest = json.loads(blob(files, json.loads(files["index.json"])["manifests"][0]))
    (tmp_path / "layer.tar").write_bytes(blob(files, manifest["layers"][0]))

    with tarfile.open(tmp_path / "layer.tar") as layer:
        modes = {member.name: member.mode for member in layer}
        order = layer.getnames()

    assert modes["usr/local/bin/thing"] == 0o755
    assert modes["tmp"] == 0o1777
    assert modes["etc/passwd"] == 0o644
    assert order.index("usr") < order.index("usr/local") < order.index("usr/local/bin/thing")


def test_containerd_finds_the_whole_name_of_each_image(program: Path, tmp_path: Path) -> None:
    write_layout([image(program, "dev.local/a:1"), image(program, "dev.local/b:2")], tmp_path / "out.tar")
    entries = json.loads(read(tmp_path / "out.tar")["index.json"])["manifests"]

    names = [entry["annotations"]["io.containerd.image.name"] for entry in entries]
    tags = [entry["annotations"]["org.opencontainers.image.ref.name"] for entry in entries]
    assert names == ["dev.local/a:1", "dev.local/b:2"]
    assert tags == ["1", "2"]


def test_the_same_content_gives_the_same_archive_whenever_and_wherever_it_was_built(
    program: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "copy"
    copy.parent.mkdir()
    copy.write_bytes(program.read_bytes())
    os.utime(copy, (1, 1))

    write_layout([image(program)], tmp_path / "one.tar")
    write_layout([image(copy)], tmp_path / "two.tar")

    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
