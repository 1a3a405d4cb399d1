from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from components.manifests.alb_config import (
    AccessLog,
    AlbConfigSpec,
    AllowedClients,
    ExistingAlb,
    HttpsListener,
    NewAlb,
    alb_config,
)
from tests.unit.components.manifests.alb_config_schema import AlbConfig

NEW = NewAlb(["vsw-1", "vsw-2"])
PLAIN = AlbConfigSpec("alb", NEW)
HTTPS = HttpsListener(["1-cn-hangzhou", "2-cn-hangzhou"], "tls_cipher_policy_1_2")
FULL = replace(
    PLAIN,
    alb=replace(NEW, access_log=AccessLog("logs", "alb_knative"), tags={"stack": "test"}),
    https=HTTPS,
    clients=AllowedClients("studio", ["203.0.113.0/24"]),
)


def config(spec: AlbConfigSpec) -> Any:
    return alb_config(spec)["spec"]["config"]


def listeners(spec: AlbConfigSpec) -> dict[int, Any]:
    return {one["port"]: one for one in alb_config(spec)["spec"]["listeners"]}


@pytest.mark.parametrize("spec", [PLAIN, FULL, replace(FULL, alb=ExistingAlb("alb-1"))], ids=["plain", "full", "old"])
def test_every_field_is_one_that_ack_knows_because_others_are_ignored_without_a_word(spec: AlbConfigSpec) -> None:
    AlbConfig.model_validate(alb_config(spec))


def test_the_schema_of_these_tests_refuses_a_misspelt_field() -> None:
    manifest = alb_config(PLAIN)
    manifest["spec"]["listeners"][0]["requestTimeOut"] = 600

    with pytest.raises(ValidationError, match="requestTimeOut"):
        AlbConfig.model_validate(manifest)


def test_the_timeouts_are_said_because_the_defaults_are_too_short() -> None:
    assert listeners(PLAIN) == {80: {"port": 80, "protocol": "HTTP", "idleTimeout": 60, "requestTimeout": 600}}


def test_it_stands_in_every_vswitch_given() -> None:
    assert config(PLAIN)["zoneMappings"] == [{"vSwitchId": "vsw-1"}, {"vSwitchId": "vsw-2"}]


def test_https_has_the_same_timeouts_and_clients_as_http() -> None:
    both = listeners(FULL)

    assert sorted(both) == [80, 443]
    for key in ("idleTimeout", "requestTimeout"):
        assert both[443][key] == both[80][key]
    assert both[443]["aclConfig"]["aclEntries"] == both[80]["aclConfig"]["aclEntries"]


def test_the_first_certificate_is_for_clients_that_name_no_host() -> None:
    assert listeners(FULL)[443]["certificates"] == [
        {"CertificateId": "1-cn-hangzhou", "IsDefault": True},
        {"CertificateId": "2-cn-hangzhou", "IsDefault": False},
    ]


def test_plain_http_can_be_left_out() -> None:
    assert list(listeners(replace(FULL, http=False))) == [443]


def test_only_clients_of_the_list_are_let_in() -> None:
    assert listeners(FULL)[80]["aclConfig"] == {
        "aclName": "studio-80",
        "aclType": "White",
        "aclEntries": ["203.0.113.0/24"],
    }


def test_without_a_list_there_is_no_access_control_because_an_empty_white_list_lets_nobody_in() -> None:
    assert "aclConfig" not in listeners(PLAIN)[80]


def test_two_listeners_do_not_share_a_list() -> None:
    assert len({one["aclConfig"]["aclName"] for one in listeners(FULL).values()}) == 2


def test_an_alb_of_others_keeps_its_attributes() -> None:
    assert config(replace(PLAIN, alb=ExistingAlb("alb-1"))) == {
        "id": "alb-1",
        "forceOverride": False,
        "listenerForceOverride": False,
    }


def test_listeners_of_others_are_taken_over_only_if_that_is_said() -> None:
    assert config(replace(PLAIN, alb=ExistingAlb("alb-1", override_listeners=True)))["listenerForceOverride"] is True


def test_a_new_alb_has_its_tags_and_its_log() -> None:
    full = config(FULL)

    assert full["tags"] == [{"key": "stack", "value": "test"}]
    assert full["accessLogConfig"] == {"logProject": "logs", "logStore": "alb_knative"}
