"""What the engine is asked to do with every resource of a stack that has everything.

A resource without a row fails: whoever adds one decides whether it is protected, what it waits for and what of it
others may change.
"""

from fnmatch import fnmatch
from typing import NamedTuple

import pytest

from tests.unit.conftest import Engine
from tests.unit.infra.samples import guide
from tests.unit.infra.test_stack import PREFIX, SERVICES_KEY, stack
from tests.unit.recorder import Recorded, Registration

EVERYTHING = {
    "production": True,
    "namespace": "studio",
    "cluster__logs": {"controlPlane": ["apiserver"], "audit": True},
    "cluster__maintenance": {"start": "02:00+08:00", "autoUpgrade": "patch"},
    "cluster__rrsa": True,
    "gateway__domain": {"zone": "example.com", "record": "sd"},
    "virtualNodes": {"enabled": True},
    "monitoring": {"prometheus": True},
    "services__sd__eci": {"placement": "burst"},
    "services__sd__model": {"mountPath": "/models", "nas": {"server": "nas.example.com"}},
    "services__ui": {"image": "dev.local/sd:1", "role": "ui", "login": {"user": "studio", "password": "correct horse"}},
}


class Meant(NamedTuple):
    """parent: the component's name; after: what must be there before, and be destroyed after it; protect: in
    production; ignores: properties that others change; waits: how long an `up` waits, where it is not the provider's
    default; delete_first: its name is taken while the old one is there."""

    parent: str
    after: tuple[str, ...] = ()
    protect: bool = False
    ignores: tuple[str, ...] = ()
    waits: str = ""
    delete_first: bool = False


WAY_OUT = ("network-snat-nodes-cn-shanghai-l", "network-snat-pods-cn-shanghai-m")
NODES = ("ack-system", *WAY_OUT)
KNATIVE = tuple(f"knative-{part}" for part in ("features", "network", "autoscaler", "deployment", "domain"))
MEANT = {
    "network-vpc": Meant("network", protect=True),
    "network-nodes-*": Meant("network", ("network-vpc",), protect=True),
    "network-pods-*": Meant("network", ("network-vpc",), protect=True),
    "network-nat": Meant("network", ("network-nodes-cn-shanghai-l",)),
    "network-address": Meant("network"),
    "network-association": Meant("network", ("network-nat", "network-address")),
    "network-snat-*": Meant("network", ("network-association",)),
    # ACK upgrades the cluster by itself: the version in the settings counts at creation.
    "ack-cluster": Meant("ack", WAY_OUT, protect=True, ignores=("version",)),
    "ack-system": Meant("ack", ("ack-cluster",), protect=True),
    "ack-kubernetes": Meant("ack", ("ack-cluster",)),
    "gn5-pool": Meant("gn5", ("ack-cluster",), protect=True),
    "autoscaler-config": Meant("autoscaler", ("ack-cluster",)),
    "gateway-controller": Meant("gateway", NODES),
    # Its finalizer is the controller's: without it the ALB outlives the cluster.
    "gateway-alb": Meant("gateway", ("gateway-controller",)),
    "gateway-class": Meant("gateway", ("gateway-alb",)),
    "domain-record": Meant("domain", ("gateway-alb",)),
    "knative-addon": Meant("knative", NODES),
    "knative-*": Meant("knative", ("knative-addon",)),
    "serving-namespace": Meant("serving", NODES),
    "virtual-nodes-addon": Meant("virtual-nodes", NODES),
    "virtual-nodes-profile": Meant("virtual-nodes", ("virtual-nodes-addon",)),
    "monitoring-agent": Meant("monitoring", NODES),
    "monitoring-observability": Meant("monitoring", ("knative-addon",)),
    "monitoring-environment": Meant("monitoring", ("monitoring-agent",)),
    "monitoring-queue-proxy": Meant("monitoring", ("monitoring-environment",)),
    "monitoring-*": Meant("monitoring", ("monitoring-agent",), delete_first=True),
    "sd-nodes-first": Meant("sd", ("serving-namespace",)),
    "sd-model-volume": Meant("sd", NODES),
    "sd-model-claim": Meant("sd", ("sd-model-volume", "serving-namespace")),
    "sd-service": Meant("sd", (*KNATIVE, "gateway-alb", "gn5-pool", "sd-model-claim", "sd-nodes-first"), waits="1500s"),
    "ui-login": Meant("ui", ("serving-namespace",)),
    "ui-service": Meant("ui", (*KNATIVE, "gateway-alb", "gn5-pool", "ui-login"), waits="1500s"),
}


def meant(name: str) -> Meant:
    """The row of a resource: its own name, else the first pattern."""
    row = MEANT.get(name) or next((row for pattern, row in MEANT.items() if fnmatch(name, pattern)), None)
    assert row, f"{name} has no row in MEANT"
    return row


@pytest.fixture
def recorded(engine: Engine) -> Recorded:
    return engine(stack(guide(**EVERYTHING), SERVICES_KEY))


def resources(recorded: Recorded) -> list[Registration]:
    return [one for one in recorded.registrations if not one.typ.startswith(PREFIX)]


def test_every_resource_is_asked_for_as_it_is_meant(recorded: Recorded) -> None:
    asked = {
        one.name: (
            one.parent,
            one.request.protect,
            tuple(one.request.ignoreChanges),
            one.request.customTimeouts.create,
            one.request.deleteBeforeReplace,
        )
        for one in resources(recorded)
    }

    rows = {name: meant(name) for name in asked}
    assert asked == {
        name: (row.parent, row.protect, row.ignores, row.waits, row.delete_first) for name, row in rows.items()
    }


def test_every_row_is_about_a_resource(recorded: Recorded) -> None:
    used = {id(meant(one.name)) for one in resources(recorded)}

    assert [name for name, row in MEANT.items() if id(row) not in used] == []


def test_every_resource_waits_for_what_it_needs(recorded: Recorded) -> None:
    missing = {
        one.name: beyond
        for one in resources(recorded)
        if (beyond := set(meant(one.name).after) - recorded.waits_for(one.name))
    }

    assert missing == {}


def test_an_update_waits_as_long_as_a_creation_and_a_deletion_as_the_provider_says(recorded: Recorded) -> None:
    for one in resources(recorded):
        timeouts = one.request.customTimeouts
        assert (timeouts.update, timeouts.delete) == (meant(one.name).waits, ""), one.name


def test_the_cluster_has_its_own_provider_and_the_account_the_stacks(recorded: Recorded) -> None:
    for one in resources(recorded):
        assert one.provider == ("ack-kubernetes" if one.typ.startswith("kubernetes:") else ""), one.name


def test_what_the_program_made_it_deletes_itself(recorded: Recorded) -> None:
    """Nothing stays behind on purpose, and nothing is left to the deletion of the cluster: a Service must let go of its
    GPU nodes and an AlbConfig of its ALB while their controllers still run."""
    kept = [one.name for one in resources(recorded) if one.request.retainOnDelete or one.request.deletedWith]

    assert kept == []


def test_without_production_nothing_is_protected(engine: Engine) -> None:
    assert engine(stack(guide(**{**EVERYTHING, "production": False}), SERVICES_KEY)).protected == set()


def test_nothing_is_adopted(recorded: Recorded) -> None:
    """An import is of one account, and of one time."""
    assert [one.name for one in resources(recorded) if one.request.importId] == []
