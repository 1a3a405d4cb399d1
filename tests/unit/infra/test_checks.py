"""What no part of a stack file can know alone."""

from typing import Any

import pytest

from tests.unit.infra.samples import assert_told, found, guide, loaded, warnings

DIGEST = "@sha256:" + "0" * 64
A10 = {"instanceTypes": ["ecs.gn7i-c8g1.2xlarge"], "maxSize": 2}

# change → path, and a part of: found, allowed, mend
PROBLEMS: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "zone of another region": (
        {"network__zones": ["cn-shanghai-l", "cn-hangzhou-h"]},
        "network.zones[1]", "cn-hangzhou-h", "a zone of cn-shanghai", "did you mean cn-shanghai",
    ),
    "zone that the region lacks": (
        {"network__zones": ["cn-shanghai-l", "cn-shanghai-z"]},
        "network.zones[1]", "cn-shanghai-z", "a zone of cn-shanghai", "",
    ),
    "zone twice": (
        {"network__zones": ["cn-shanghai-l", "cn-shanghai-l"]},
        "network.zones[1]", "a second time", "each zone once", "another zone",
    ),
    "public addresses": (
        {"network__cidr": "8.8.0.0/16"}, "network.cidr", "8.8.0.0/16", "a part of 10.0.0.0/8", "private range",
    ),
    "VPC too small for its pods": (
        {"network__cidr": "10.32.0.0/24"}, "network.cidr", "10.32.0.0/24", "a prefix from /8 to /20", "10.32.0.0/16",
    ),
    "VPC over the services": (
        {"network__cidr": "172.16.0.0/12"},
        "cluster.serviceCidr", "172.21.0.0/20", "apart from network.cidr (172.16.0.0/12)", "another private range",
    ),
    "overlay over the VPC": (
        {"cluster__podNetwork": "flannel", "cluster__podCidr": "10.0.0.0/8"},
        "cluster.podCidr", "10.0.0.0/8", "apart from network.cidr", "another private range",
    ),
    "more nodes than addresses": (
        {"network__cidr": "10.32.0.0/20", "gpuPools__gn5__maxSize": 600},
        "network.cidr", "10.32.0.0/20", "for 603 nodes (all pools at their largest); this one has 504", "widen it",
    ),
    "short version that the catalogue lacks": (
        {"cluster__version": "1.19"}, "cluster.version", "1.19", "one of 1.35", "in full",
    ),
    "GPU type that does not exist": (
        {"gpuPools__gn5__instanceTypes": ["ecs.gn7i-c8g1.2xlage"]},
        "gpuPools.gn5.instanceTypes[0]", "gn7i-c8g1.2xlage", "of the catalogue", "did you mean ecs.gn7i-c8g1.2xlarge",
    ),
    "smallest above largest": (
        {"gpuPools__gn5__minSize": 11}, "gpuPools.gn5.minSize", "11", "at most maxSize (10)", "lower it",
    ),
    "disk that the family does not take": (
        {"gpuPools__gn5__diskCategory": "cloud_essd"},
        "gpuPools.gn5.diskCategory", "cloud_essd", "has cloud_ssd, cloud_efficiency", "leave diskCategory out",
    ),
    "too few pod addresses on Terway": (
        {"gpuPools__gn5__instanceTypes": ["ecs.gn6i-c4g1.xlarge"]},
        "gpuPools.gn5.instanceTypes[0]", "room for 10 pods", "ecs.gn7i-c8g1.2xlarge", "flannel",
    ),
    "price limit for a type of another pool": (
        {"gpuPools__gn5__spot": {"priceLimits": {"ecs.gn7i-c8g1.2xlarge": 1.2}}},
        'gpuPools.gn5.spot.priceLimits["ecs.gn7i-c8g1.2xlarge"]', "another type", "types of this pool", "",
    ),
    "image by tag": (
        {"services__sd__image": "registry.example.com/lab/sd:latest"},
        "services.sd.image", "registry.example.com/lab/sd:latest", "@sha256:<digest>", "add the digest",
    ),
    "image by tag in a regional registry": (
        {"services__sd__image": "registry.{region}.example.com/sd:v1"},
        "services.sd.image", "registry.{region}.example.com/sd:v1", "@sha256:<digest>", "add the digest",
    ),
    "variable that Knative sets": (
        {"services__sd__env": {"PORT": "80"}}, "services.sd.env.PORT", "set already", "which Knative sets", "rename it",
    ),
    "variable with two values": (
        {"services__sd__env": {"A": "1"}, "services__sd__envFrom": {"A": {"secret": "s", "key": "k"}}},
        "services.sd.envFrom.A", "env has it too", "once", "remove one",
    ),
    "deadline longer than anyone waits": (
        {"services__sd__progressDeadline": "3h"}, "services.sd.progressDeadline", "3h", "from 1s to 7200s", "range",
    ),
    "pool that is not there": (
        {"services__sd__pool": "gn6"}, "services.sd.pool", "gn6", "a GPU pool: gn5", "did you mean gn5?",
    ),
    "fewest pods above most": (
        {"services__sd__scaling__minScale": 11}, "services.sd.scaling.minScale", "11", "at most maxScale (10)", "raise",
    ),
    "first pods above most": (
        {"services__sd__scaling__initialScale": 11}, "services.sd.scaling.initialScale", "11", "at most maxScale", "",
    ),
    "waking pods above most": (
        {"services__sd__scaling__activationScale": 11}, "services.sd.scaling.activationScale", "11", "maxScale", "",
    ),
    "gateway gives up before Knative": (
        {"gateway__requestTimeoutSeconds": 60},
        "services.sd.timeoutSeconds", "600", "at most gateway.requestTimeoutSeconds (60)", "raise the gateway's",
    ),
    "services under another domain than the record": (
        {"gateway__domain": {"zone": "example.com", "record": "sd"}, "knative__domain": "sd.example.org"},
        "knative.domain", "sd.example.org", '"sd.example.com", for which', "leave knative.domain out",
    ),
    "edition of an ALB that others own": (
        {"gateway": {"existing": {"albId": "alb-1"}, "edition": "Basic"}},
        "gateway.edition", "set beside existing", "only for an ALB that this stack makes", "remove it",
    ),
    "window that Knative refuses": (
        {"knative__stableWindow": "5s"}, "knative.stableWindow", "5s", "from 6s to 3600s", "in that range",
    ),
    "window of a service that Knative refuses": (
        {"services__sd__scaling__window": "2h"}, "services.sd.scaling.window", "2h", "from 6s to 3600s", "range",
    ),
    "delay that Knative refuses": (
        {"services__sd__scaling__scaleDownDelay": "61m"},
        "services.sd.scaling.scaleDownDelay", "61m", "from 0s to 3600s", "in that range",
    ),
    "retention that Knative refuses": (
        {"services__sd__scaling__podRetentionPeriod": "61m"},
        "services.sd.scaling.podRetentionPeriod", "61m", "from 0s to 3600s", "in that range",
    ),
    "waking to fewer pods than are always there": (
        {"services__sd__scaling": {"minScale": 3, "activationScale": 2}},
        "services.sd.scaling.activationScale", "2", "at least minScale (3)", "leave it out",
    ),
    "memory asked for above the limit": (
        {"services__sd__resources": {"limits": {"memory": "1Gi"}}},
        "services.sd.resources.requests.memory", "8Gi", "at most resources.limits.memory", "raise the limit",
    ),
    "cores asked for above the limit": (
        {"services__sd__resources": {"limits": {"cpu": "500m"}}},
        "services.sd.resources.requests.cpu", "2", "at most resources.limits.cpu", "raise the limit",
    ),
    "pod larger than any node": (
        {"services__sd__resources": {"requests": {"memory": "64Gi"}}},
        "services.sd.resources", "64Gi", "ecs.gn5-c8g1.2xlarge: 8 cores, 60 GiB, 1 GPU", "ask for less",
    ),
    "more GPUs than any node has": (
        {"services__sd__resources": {"gpus": 2}}, "services.sd.resources", "2 GPU", "1 GPU", "larger instance type",
    ),
    "pod larger than the nodes of the pool that it names": (
        {"gpuPools__small": A10, "services__sd__pool": "small", "services__sd__resources": {"requests": {"cpu": "8"}}},
        "services.sd.resources", "8 cores", "ecs.gn7i-c8g1.2xlarge: 8 cores", "ask for less",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_parts_that_do_not_go_together_are_refused(case: tuple[dict[str, Any], str, str, str, str]) -> None:
    changes, path, value, allowed, mend = case

    problems = found(guide(**changes))

    assert list(problems) == [path]
    assert_told(problems[path], value, allowed, mend)


def test_types_without_a_common_disk_go_into_pools_of_their_own() -> None:
    types = {"ecs.x-old.large": "cloud_ssd", "ecs.x-new.large": "cloud_essd"}
    facts = {"vcpus": 8, "memory": 60, "gpus": 1, "gpu": "X", "gpuMemory": 16, "enis": 4, "ipsPerEni": 10}
    catalogue = {"gpuTypes": {name: {**facts, "disks": [disk]} for name, disk in types.items()}}

    problems = found(guide(gpuPools__gn5__instanceTypes=list(types), catalogue=catalogue))

    assert list(problems) == ["gpuPools.gn5.instanceTypes"]
    assert "a pool of its own" in problems["gpuPools.gn5.instanceTypes"].mend


@pytest.mark.parametrize(("region", "mend"), [("cn-shangai", "did you mean cn-shanghai?"), (None, "take one of these")])
def test_a_region_must_be_one_of_the_catalogue(region: str | None, mend: str) -> None:
    problems = found(guide(), region=region)

    assert list(problems) == ["alicloud:region"]
    assert mend in problems["alicloud:region"].mend


def test_the_variable_of_the_login_is_free_where_there_is_none() -> None:
    login = {"user": "studio", "password": "correct horse"}
    raw = guide(
        services__sd__env={"SD_LOGIN": "a"},
        services__ui={"image": "dev.local/sd:1", "login": login, "envFrom": {"SD_LOGIN": {"secret": "s", "key": "k"}}},
    )

    assert list(found(raw, secret=frozenset({"services"}))) == ["services.ui.envFrom.SD_LOGIN"]


RIGHT: dict[str, dict[str, Any]] = {
    "image in a regional registry": {"services__sd__image": f"sd.cn-{{region}}.example.com/sd{DIGEST}"},
    "image by tag from a registry that is not asked": {"services__sd__image": "dev.local/sd:lab"},
    "image by tag and digest": {"services__sd__image": f"registry.example.com:5000/lab/sd:v1{DIGEST}"},
    "few pod addresses on an overlay": {
        "cluster__podNetwork": "flannel",
        "gpuPools__gn5__instanceTypes": ["ecs.gn6i-c4g1.xlarge"],
    },
    "zone that the stack file adds": {
        "network__zones": ["cn-shanghai-l", "cn-shanghai-z"],
        "catalogue": {"regions": {"cn-shanghai": ["cn-shanghai-z"]}},
    },
    "full version that the catalogue lacks": {"cluster__version": "1.36.1-aliyun.1"},
    "gateway and service both short": {"gateway__requestTimeoutSeconds": 60, "services__sd__timeoutSeconds": 60},
    "domain said twice": {
        "gateway__domain": {"zone": "example.com", "record": "sd"},
        "knative__domain": "sd.example.com",
    },
    "edition as it is by default": {"gateway": {"edition": "Standard"}},
    "ALB that others own": {"gateway": {"existing": {"albId": "alb-1"}, "allowCidrs": ["203.0.113.0/24"]}},
    "smallest VPC": {"network__cidr": "192.168.16.0/20"},
    "largest VPC": {"network__cidr": "10.0.0.0/8"},
}


@pytest.mark.parametrize("changes", RIGHT.values(), ids=RIGHT.keys())
def test_what_goes_together_is_taken(changes: dict[str, Any]) -> None:
    assert loaded(guide(**changes))


WARNED: dict[str, tuple[dict[str, Any], str]] = {
    "types off sale": ({}, "gpuPools.gn5.instanceTypes: ecs.gn5-c4g1.xlarge"),
    "most of a node": (
        {"services__sd__resources": {"requests": {"cpu": "3"}}},
        "services.sd.resources.requests: more than 70% of ecs.gn5-c4g1.xlarge",
    ),
    "more pods than GPUs": ({"gpuPools__gn5__maxSize": 4}, "services.sd.scaling.maxScale: asks for 10 GPUs at most"),
    "annotation that nobody has seen work": (
        {"gateway__https": {"certificateId": "1-cn-hangzhou"}},
        "gateway.https.annotation: knative.k8s.alibabacloud/tls is not verified",
    ),
    "list of clients": ({"gateway__allowCidrs": ["203.0.113.0/24"]}, "gateway.allowCidrs: not verified"),
    "ALB of others": ({"gateway__existing": {"albId": "alb-1"}}, "gateway.existing: that a destroy leaves"),
    "cgroup v1": ({"cluster__imageType": "AliyunLinux3"}, "cluster.imageType: Kubernetes 1.35 does not start"),
}


@pytest.mark.parametrize("case", WARNED.values(), ids=WARNED.keys())
def test_what_is_probably_not_meant_is_warned_of(case: tuple[dict[str, Any], str]) -> None:
    changes, expected = case

    assert [text for text in warnings(guide(**changes)) if expected in text]


def test_a_pool_on_sale_with_room_for_its_service_brings_no_warning() -> None:
    raw = guide(gpuPools={"a10": {**A10, "maxSize": 10}})

    assert warnings(raw) == []


def test_successors_are_types_that_this_network_can_use() -> None:
    (text,) = warnings(guide())

    assert "ecs.gn7i-c8g1.2xlarge" in text
    assert "ecs.gn6i-c4g1.xlarge" not in text


def test_an_annotation_that_is_written_down_has_been_seen_to_work() -> None:
    https = {"certificateId": "1-cn-hangzhou", "annotation": "knative.k8s.alibabacloud/tls"}

    assert [text for text in warnings(guide(gateway__https=https)) if "annotation" in text] == []
