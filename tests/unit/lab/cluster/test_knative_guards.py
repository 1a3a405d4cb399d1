import httpx
import pytest

from lab.cluster.api import KubernetesApi
from lab.cluster.knative import install

RESOURCES = {"resources": [{"kind": "Service", "name": "services"}]}
UNKNOWN_AUTHORITY = "failed calling webhook: x509: certificate signed by unknown authority"


class Server:
    """Its webhooks are configured more fully each time that someone looks; `trials` are its answers to a dry run."""

    def __init__(self, *trials: httpx.Response):
        self.webhooks: list[dict[str, object]] = [
            {"clientConfig": {}},
            {"clientConfig": {}, "rules": ["one"]},
            {"clientConfig": {"caBundle": "Q0E="}},
            {"clientConfig": {"caBundle": "Q0E="}, "rules": ["one"]},
        ]
        self.trials = list(trials)

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/validatingwebhookconfigurations"):
            webhook = self.webhooks.pop(0) if len(self.webhooks) > 1 else self.webhooks[0]
            return httpx.Response(200, json={"items": [{"metadata": {"name": "guard"}, "webhooks": [webhook]}]})
        if request.method == "GET":
            return httpx.Response(200, json={"items": []} if "configurations" in request.url.path else RESOURCES)
        assert request.url.params["dryRun"] == "All"
        assert len(self.webhooks) == 1, "tried out before the configurations were complete"
        return self.trials.pop(0)

    def api(self) -> KubernetesApi:
        return KubernetesApi(httpx.Client(transport=httpx.MockTransport(self.respond), base_url="https://api"))


def test_knative_is_installed_only_when_the_server_asks_its_webhooks() -> None:
    server = Server(httpx.Response(500, json={"message": UNKNOWN_AUTHORITY}), httpx.Response(200, json={}))

    install._wait_for_guards(server.api(), ["guard"])

    assert server.trials == []


def test_a_webhook_that_refuses_the_trial_is_not_asked_again() -> None:
    server = Server(httpx.Response(400, json={"message": "not so"}))

    with pytest.raises(RuntimeError, match="not so"):
        install._wait_for_guards(server.api(), ["guard"])
