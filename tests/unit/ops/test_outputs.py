import json
from typing import Any

import pytest

from ops.outputs import OutputsError, StackOutputs

SERVICE = {"host": "sd.default.example.com", "url": "http://sd.default.example.com"}
OUTPUTS: dict[str, Any] = {
    "clusterId": "c1",
    "gatewayAddress": "alb-1.cn-shanghai.alb.aliyuncsslb.com",
    "kubeconfig": "apiVersion: v1",
    "namespace": "default",
    "services": {"stable-diffusion": SERVICE},
    "something": "else",
}


def parsed(**changes: Any) -> StackOutputs:
    return StackOutputs.parse(json.dumps({**OUTPUTS, **changes}))


def test_what_pulumi_prints_is_read() -> None:
    outputs = parsed()

    assert (outputs.cluster_id, outputs.gateway_address) == ("c1", "alb-1.cn-shanghai.alb.aliyuncsslb.com")
    assert outputs.service(None)[1].host == "sd.default.example.com"


def test_a_masked_kubeconfig_says_which_flag_is_missing() -> None:
    with pytest.raises(OutputsError, match="--show-secrets"):
        parsed(kubeconfig="[secret]")


def test_every_missing_output_is_named_at_once() -> None:
    with pytest.raises(OutputsError, match=r"clusterId: Field required; .*namespace: Field required"):
        StackOutputs.parse(json.dumps({key: OUTPUTS[key] for key in ("gatewayAddress", "kubeconfig", "services")}))


def test_a_service_is_chosen_by_name_where_there_are_several() -> None:
    outputs = parsed(services={"ui": SERVICE, "api": {**SERVICE, "host": "api.default.example.com"}})

    assert outputs.service("api")[1].host == "api.default.example.com"
    with pytest.raises(OutputsError, match=r"several services or none \(api, ui\): say which with --service"):
        outputs.service(None)


def test_a_service_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(OutputsError, match="no service 'sd': there are stable-diffusion"):
        parsed().service("sd")
