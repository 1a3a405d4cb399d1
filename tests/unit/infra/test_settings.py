"""One mistake at a time: where it is found, what is said."""

from typing import Any

import pytest

from tests.unit.infra.samples import assert_told, found, guide, loaded

SERVICES = "services.sd"

# change → path, and a part of: found, allowed, mend
MISTAKES: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "text for a list": (
        {"network__zones": "cn-shanghai-l"},
        "network.zones", '"cn-shanghai-l"', "a list with 2 to 8 entries", "write it as a list: [cn-shanghai-l]",
    ),
    "text for a number": (
        {"gpuPools__gn5__maxSize": "10"},
        "gpuPools.gn5.maxSize", '"10"', "a whole number from 1 to 1000", "write it without quotes: 10",
    ),
    "number for text": (
        {"services__sd__env": {"STEPS": 20}},
        f"{SERVICES}.env.STEPS", "20", "numbers in quotes", 'write it in quotes: "20"',
    ),
    "text for a boolean": (
        {"cluster__apiServer__public": "yes"},
        "cluster.apiServer.public", '"yes"', "true or false", "true or false, without quotes",
    ),
    "fraction for a whole number": (
        {"services__sd__scaling__maxScale": 2.5},
        f"{SERVICES}.scaling.maxScale", "2.5", "a whole number from 1 to 1000", "correct",
    ),
    "number out of range": (
        {"services__sd__scaling__maxScale": -1},
        f"{SERVICES}.scaling.maxScale", "-1", "a whole number from 1 to 1000", "correct",
    ),
    "word that is not among those allowed": (
        {"cluster__spec": "ack.pro.smal"},
        "cluster.spec", '"ack.pro.smal"', "one of ack.standard, ack.pro.small", "did you mean ack.pro.small?",
    ),
    "unknown key at the top": (
        {"gpuPool": {}}, "gpuPool", "not a known key", "one of production", "did you mean gpuPools?",
    ),
    "unknown key below": (
        {"services__sd__scaling__maxscale": 3},
        f"{SERVICES}.scaling.maxscale", "not a known key", "minScale, maxScale", "did you mean maxScale?",
    ),
    "unknown key that is like no other": (
        {"network__colour": "red"}, "network.colour", "not a known key", "one of cidr, zones, egressMbps", "remove it",
    ),
    "key that has moved up": (
        {"cluster__deletionProtection": True},
        "cluster.deletionProtection", "not a known key", "apiServer", "write deletionProtection at the top",
    ),
    "key that has moved down": (
        {"cluster__publicApi": False},
        "cluster.publicApi", "not a known key", "apiServer", "write cluster.apiServer: {public: true}",
    ),
    "access list of the API server": (
        {"cluster__apiServer": {"allowCidrs": ["203.0.113.0/24"]}},
        "cluster.apiServer.allowCidrs", "not a known key", "one of public", "no argument of the provider",
    ),
    "missing key": (
        {"network__cidr": None}, "network.cidr", "nothing", "such as 10.32.0.0/16", "add cidr: Address range",
    ),
    "no section at all": ({"services": None}, "services", "nothing", "a map with 1 entry", "add services"),
    "no pool at all": ({"gpuPools": {}}, "gpuPools", "an empty map", "a map with 1 entry or more", "add an entry"),
    "text for a section": ({"knative": "x"}, "knative", '"x"', "a map", "write its keys below it"),
    "prefix that no network has": (
        {"network__cidr": "10.0.0.0/99"}, "network.cidr", '"10.0.0.0/99"', "an IPv4 network", "correct",
    ),
    "network with bits after the prefix": (
        {"network__cidr": "10.1.0.0/8"}, "network.cidr", '"10.1.0.0/8"', "the bits after the prefix are zero", "",
    ),
    "version that is none": ({"cluster__version": "banana"}, "cluster.version", '"banana"', "1.<minor>", "correct"),
    "version that would be read back longer": (
        {"cluster__version": "1.35.2"}, "cluster.version", '"1.35.2"', "1.<minor>.<patch>-aliyun.<build>", "correct",
    ),
    "instance type that is none": (
        {"cluster__systemPool": {"instanceTypes": ["banana"]}},
        "cluster.systemPool.instanceTypes[0]", '"banana"', "ecs.<family>.<size>", "correct",
    ),
    "too few nodes for Knative": (
        {"cluster__systemPool": {"size": 2}}, "cluster.systemPool.size", "2", "from 3 to 100", "correct",
    ),
    "image that is none": (
        {"services__sd__image": "a picture"}, f"{SERVICES}.image", '"a picture"', "@sha256:", "correct",
    ),
    "name that Kubernetes refuses": (
        {"services__My_Service": {"image": "dev.local/a:1"}},
        "services.My_Service", "a key of the wrong form", "lower-case letters", "rename it",
    ),
    "variable name that the shell refuses": (
        {"services__sd__env": {"1A": "x"}},
        f"{SERVICES}.env.1A", "a key of the wrong form", "letters, digits", "rename it",
    ),
    "empty variable that Knative's webhook drops": (
        {"services__sd__env": {"A": ""}}, f"{SERVICES}.env.A", '""', "one character at least", "correct",
    ),
    "memory in a unit that Kubernetes does not write": (
        {"services__sd__resources": {"requests": {"memory": "8GB"}}},
        f"{SERVICES}.resources.requests.memory", '"8GB"', "Ki, Mi or Gi", "correct",
    ),
    "longer than Knative takes": (
        {"services__sd__timeoutSeconds": 601}, f"{SERVICES}.timeoutSeconds", "601", "from 1 to 600", "correct",
    ),
    "one zone": (
        {"network__zones": ["cn-shanghai-l"]}, "network.zones", "a list with 1 entry", "2 to 8", "add or remove",
    ),
    "duration without a unit": (
        {"knative__stableWindow": "60"}, "knative.stableWindow", '"60"', "with s, m or h", "correct",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_where_it_is_with_what_is_allowed_and_how_to_mend_it(
    case: tuple[dict[str, Any], str, str, str, str],
) -> None:
    changes, path, value, allowed, mend = case

    problems = found(guide(**changes))

    assert list(problems) == [path]
    assert_told(problems[path], value, allowed, mend)


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    changes = {
        "network__zones": ["cn-shanghai-l", "cn-hangzhou-h"],
        "gpuPools__gn5__maxSize": "10",
        "gpuPools__a10": {"instanceTypes": ["ecs.gn7i-c8g1.2xlage"], "maxSize": 1},
        "services__sd__scaling__maxScale": -1,
        "services__ui": {"image": "registry.example.com/sd:latest"},
        "production_": True,
    }

    assert set(found(guide(**changes))) == {
        "network.zones[1]",
        "gpuPools.gn5.maxSize",
        "gpuPools.a10.instanceTypes[0]",
        "services.sd.scaling.maxScale",
        "services.ui.image",
        "production_",
    }


def test_a_mistake_in_one_part_brings_no_false_ones_in_others() -> None:
    assert set(found(guide(gpuPools__gn5__maxSize="10", services__sd__pool="gn5"))) == {"gpuPools.gn5.maxSize"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1000m", "1"), ("20m", "20m"), (2, "2"), ("0.5", "500m"), (0.25, "250m"), ("1500m", "1500m")],
)
def test_cores_are_written_as_kubernetes_writes_them(written: Any, meant: str) -> None:
    settings = loaded(guide(services__sd__resources={"requests": {"cpu": written}})).settings

    assert settings.services["sd"].resources.requests.cpu == meant


@pytest.mark.parametrize(("written", "meant"), [("1024Mi", "1Gi"), ("32Mi", "32Mi"), ("1048576Ki", "1Gi")])
def test_memory_is_written_as_kubernetes_writes_it(written: str, meant: str) -> None:
    settings = loaded(guide(services__sd__resources={"requests": {"memory": written}})).settings

    assert settings.services["sd"].resources.requests.memory == meant
