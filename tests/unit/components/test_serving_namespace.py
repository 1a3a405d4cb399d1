import pytest

from components.serving_namespace import ServingNamespace, ServingNamespaceArgs
from tests.unit.components.samples import node_pool, provider
from tests.unit.conftest import Engine

NAMESPACE = "kubernetes:core/v1:Namespace"


def namespace(name: str) -> ServingNamespace:
    return ServingNamespace("serving", ServingNamespaceArgs(name, provider(), after=[node_pool("system")]))


def test_the_default_namespace_is_used_and_never_owned(engine: Engine) -> None:
    assert engine(lambda: namespace("default")).all(NAMESPACE) == []


@pytest.mark.parametrize("preview", [True, False])
def test_another_namespace_is_made(engine: Engine, preview: bool) -> None:
    recorded = engine(lambda: namespace("studio"), preview=preview)

    assert recorded.only(NAMESPACE).inputs["metadata"]["name"] == "studio"
    assert recorded.only(NAMESPACE).provider == "cluster"
    assert "system" in recorded.waits_for("serving-namespace")
