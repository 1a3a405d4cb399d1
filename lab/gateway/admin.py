"""What Envoy says about itself: its admin interface on a Unix socket, and the version its listeners serve."""

from pathlib import Path

import httpx

from lab.gateway.envoy import VERSION_HOST


class Admin:
    """Every question has an answer while Envoy is starting or gone too: None."""

    def __init__(self, socket: Path):
        self._admin = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://envoy", timeout=2, trust_env=False
        )
        # A kept connection would go on showing the routes of a listener that has been replaced.
        self._probe = httpx.Client(headers={"Connection": "close"}, timeout=2, trust_env=False, verify=False)

    def close(self) -> None:
        self._admin.close()
        self._probe.close()

    def is_live(self) -> bool:
        return self._get(self._admin, "/ready") == "LIVE\n"

    def text(self, name: str) -> str | None:
        """A text readout, such as cluster_manager.cds.version_text."""
        return self._stat(name, "TextReadouts")

    def count(self, name: str) -> int | None:
        """A counter or gauge."""
        value = self._stat(name, "All")
        return None if value is None else int(value)

    def served_version(self, port: int, scheme: str) -> str | None:
        """The version of the routes that the worker behind a listener serves."""
        return self._get(self._probe, f"{scheme}://127.0.0.1:{port}/", {"Host": VERSION_HOST})

    def _stat(self, name: str, kind: str) -> str | None:
        pattern = "^" + name.replace(".", "\\.") + "$"
        answer = self._get(self._admin, "/stats", params={"filter": pattern, "type": kind}) or ""
        found, _, value = answer.partition(": ")
        return value.strip().strip('"') if found == name else None

    @staticmethod
    def _get(
        client: httpx.Client, url: str, headers: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> str | None:
        try:
            answer = client.get(url, headers=headers, params=params)
        except httpx.TransportError:
            return None
        return answer.text if answer.status_code == 200 else None
