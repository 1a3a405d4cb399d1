from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from lab.plugins.kubernetes.config import configure
from lab.plugins.kubernetes.convert import dump
from tests.unit.lab.plugins.calls import KUBECONFIG, CallContext, CallFailedError, Stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def kubeconfig(server: str = "http://api.test", token: str = "t0ken") -> dict[str, Any]:
    clusters = [{"name": "ack", "cluster": {"server": server}}]
    return {**KUBECONFIG, "clusters": clusters, "users": [{"name": "admin", "user": {"token": token}}]}


def diff(stack: Stack, olds: dict[str, Any], news: dict[str, Any]) -> pb.DiffResponse:
    answer: pb.DiffResponse = stack.provider.DiffConfig(
        pb.DiffRequest(old_inputs=dump(olds), news=dump(news)), CallContext()
    )
    return answer


@pytest.mark.parametrize(
    ("olds", "news", "changed", "replaced"),
    [
        ({"kubeconfig": kubeconfig()}, {"kubeconfig": kubeconfig()}, [], []),
        ({"kubeconfig": kubeconfig()}, {"kubeconfig": kubeconfig(token="new")}, ["kubeconfig"], []),
        ({"kubeconfig": kubeconfig()}, {"kubeconfig": kubeconfig("http://b")}, ["kubeconfig"], ["kubeconfig"]),
        ({"kubeconfig": kubeconfig()}, {"kubeconfig": UNKNOWN}, ["kubeconfig"], ["kubeconfig"]),
        (
            {"kubeconfig": kubeconfig(), "clusterIdentifier": "c1"},
            {"kubeconfig": UNKNOWN, "clusterIdentifier": "c1"},
            ["kubeconfig"],
            [],
        ),
        (
            {"kubeconfig": kubeconfig(), "clusterIdentifier": "c1"},
            {"kubeconfig": kubeconfig(), "clusterIdentifier": "c2"},
            ["clusterIdentifier"],
            ["clusterIdentifier"],
        ),
        ({"kubeconfig": kubeconfig()}, {"kubeconfig": "odd"}, ["kubeconfig"], []),
    ],
)
def test_objects_are_made_anew_only_where_the_arguments_mean_another_cluster(
    stack: Stack, olds: dict[str, Any], news: dict[str, Any], changed: list[str], replaced: list[str]
) -> None:
    answer = diff(stack, olds, news)

    assert (list(answer.diffs), list(answer.replaces)) == (changed, replaced)


def test_switches_come_from_the_arguments_else_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    monkeypatch.setenv("PULUMI_K8S_ENABLE_PATCH_FORCE", "true")

    config = configure({"enablePatchForce": "false", "enableSecretMutable": "true"})

    assert (config.delete_unreachable, config.patch_force, config.upsert) == (True, False, False)
    assert config.mutable == {"Secret"}


def test_a_kubeconfig_that_is_not_known_yet_leaves_the_provider_without_a_cluster() -> None:
    assert configure({"kubeconfig": UNKNOWN}).endpoint is None


def test_a_bad_kubeconfig_fails_the_configuration_in_words() -> None:
    with pytest.raises(CallFailedError, match="no context named 'x'"):
        Stack(args={"kubeconfig": {**KUBECONFIG, "current-context": "x"}})
