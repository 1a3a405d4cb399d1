from pathlib import Path

import yaml

from lab.images.catalogue import named_by_stacks


def stack(folder: Path, name: str, **config: object) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))


def test_nodes_know_the_stub_by_every_image_that_a_stack_file_names_and_the_lab_has_not(tmp_path: Path) -> None:
    stack(
        tmp_path,
        "a",
        **{"p:services": {"ui": {"image": "registry.example.com/sd:1"}, "api": {"image": "dev.local/sd:lab"}}},
    )
    regional = {"ui": {"image": "registry.{region}.example.com/sd:2"}, "api": {"image": "registry.example.com/sd:1"}}
    stack(tmp_path, "b", **{"alicloud:region": "cn-shanghai", "p:services": regional})
    (tmp_path / "Pulumi.empty.yaml").write_text("")

    assert named_by_stacks(tmp_path) == ["registry.cn-shanghai.example.com/sd:2", "registry.example.com/sd:1"]


def test_a_service_without_an_image_names_none(tmp_path: Path) -> None:
    stack(tmp_path, "a", **{"p:services": {"ui": {"role": "ui"}}})

    assert named_by_stacks(tmp_path) == []
