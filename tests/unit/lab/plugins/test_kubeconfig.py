import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.plugins.kubernetes.kubeconfig import endpoint
from tests.unit.lab.plugins.calls import KUBECONFIG


def test_server_token_and_namespace_are_those_of_the_current_context() -> None:
    found = endpoint(yaml.safe_dump(KUBECONFIG))

    assert (found.server, found.namespace, found.tls) == ("http://api.test", "default", None)
    assert found.headers == {"Authorization": "Bearer t0ken"}


def test_a_path_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(KUBECONFIG))

    assert endpoint(str(file)).server == "http://api.test"


def test_the_providers_own_arguments_override_the_kubeconfig() -> None:
    other = {"name": "other", "cluster": {"server": "http://other.test/"}}
    config = {**KUBECONFIG, "clusters": [*KUBECONFIG["clusters"], other]}

    found = endpoint(config, cluster="other", namespace="sd")

    assert (found.server, found.namespace) == ("http://other.test", "sd")


def test_https_verifies_the_server_unless_told_not_to() -> None:
    def tls(**more: Any) -> ssl.SSLContext:
        cluster = {"name": "ack", "cluster": {"server": "https://api.test", **more}}
        context = endpoint({**KUBECONFIG, "clusters": [cluster]}).tls
        assert context is not None
        return context

    assert tls().verify_mode == ssl.CERT_REQUIRED
    assert tls(**{"insecure-skip-tls-verify": True}).verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"current-context": "gone"}, "no context named 'gone'; there are: main"),
        ({"clusters": []}, "no cluster named 'ack'; there are: none"),
        ({"users": [{"name": "admin", "user": {"exec": {}}}]}, "token or a client certificate"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_names_the_entry_at_fault(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        endpoint({**KUBECONFIG, **change})


def test_neither_text_nor_file_is_said_so() -> None:
    with pytest.raises(ValueError, match="neither a kubeconfig nor a file: 'nonsense'"):
        endpoint("nonsense")
