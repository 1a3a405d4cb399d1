"""The two tables about resource types."""

import re
from importlib.resources import files

import pytest
import yaml

from ops.plan.kinds import is_fixed, is_known, kind

MAPPING = files("lab").joinpath("plugins", "alicloud", "mapping.go").read_text(encoding="utf-8")
FIXED = yaml.safe_load(files("ops").joinpath("data", "fixed_at_creation.yaml").read_text(encoding="utf-8"))


def types_of_the_program() -> list[str]:
    """What the alicloud plugin of previews can make is what the program may declare."""
    resources = MAPPING.split("dataSources")[0]
    found = re.findall(r'"alicloud_\w+":\s+"(\w+)/(\w+)"', resources)
    return [f"alicloud:{module}/{name[0].lower()}{name[1:]}:{name}" for module, name in found]


def test_the_table_of_fixed_properties_knows_every_type_of_the_program() -> None:
    types = types_of_the_program()

    assert len(types) > 20
    unknown = [one for one in types if not is_known(one)]
    assert unknown == [], "add what the provider marks ForceNew to ops/data/fixed_at_creation.yaml"


@pytest.mark.parametrize(
    ("type_", "path", "expected"),
    [
        ("alicloud:vpc/switch:Switch", ("cidrBlock",), True),
        ("alicloud:vpc/switch:Switch", ("vswitchName",), False),
        ("alicloud:cs/nodePool:NodePool", ("teeConfig", "teeEnable"), True),
        ("alicloud:log/store:Store", ("encryptConf", "enable"), False),
        ("alicloud:log/store:Store", ("encryptConf", "encryptType"), True),
        ("kubernetes:serving.knative.dev/v1:Service", ("metadata", "name"), True),
        ("kubernetes:serving.knative.dev/v1:Service", ("spec", "template"), False),
        ("kubernetes:core/v1:Secret", ("stringData", "login"), True),
        ("alicloud:new/thing:Thing", ("name",), False),
    ],
)
def test_a_change_replaces_where_the_provider_says_so(type_: str, path: tuple[str, ...], expected: bool) -> None:
    assert is_fixed(type_, path) is expected


def test_a_type_without_a_name_for_people_has_its_own() -> None:
    assert kind("kubernetes:core/v1:Namespace").name == "Namespace"


@pytest.mark.parametrize(
    "type_", ["cs/managedKubernetes:ManagedKubernetes", "cs/nodePool:NodePool", "vpc/network:Network"]
)
def test_losing_a_cluster_a_pool_or_a_network_needs_care(type_: str) -> None:
    found = kind(f"alicloud:{type_}")

    assert found.replaced
    assert found.deleted
    assert found.mend
