import os
from collections.abc import Mapping

import pytest

from lab.layout import Layout

SECOND = {"LAB_NAME": "two", "LAB_API_PORT": "21001", "LAB_GATEWAY_PORT": "21002", "LAB_PROXY_PORT": "21003"}


@pytest.mark.parametrize(
    ("environment", "port"), [({}, 18443), (SECOND, 21365), ({**SECOND, "LAB_HTTPS_PORT": "21004"}, 21004)]
)
def test_a_second_lab_has_a_port_of_its_own_for_https(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], port: int
) -> None:
    for name in list(os.environ):
        if name.startswith("LAB_"):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert Layout.from_env().https_port == port


def test_every_port_has_a_variable() -> None:
    assert len(Layout().ports) == 4
