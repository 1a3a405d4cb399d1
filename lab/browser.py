"""What browsers see of the web UI: the page, and the pod that a cookie leads back to."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

POD_HEADER = "X-Pod"  # of the lab's stub, and of no real Stable Diffusion
PERIOD_SECONDS = 0.3


class PageError(RuntimeError):
    """Why there is no page."""


@dataclass(frozen=True)
class PageVisits:
    """cookie: its name, None if the gateway set none. strangers, returning: the pods that answered visitors without it
    and one visitor who brought it along, in order."""

    cookie: str | None
    strangers: Sequence[str]
    returning: Sequence[str]

    @property
    def sticky(self) -> bool:
        """Whether the cookie made a difference: several pods for strangers, one for who comes back."""
        return bool(self.cookie) and len(set(self.strangers)) > 1 and len(set(self.returning)) == 1


def visit_page(address: str, host: str, visits: int, first_seconds: float, settle_seconds: float) -> PageVisits:
    """The page of host at the gateway (host:port), that many times by each kind of visitor. Raises PageError.

    first_seconds: for the first answer, which may wait for a node. settle_seconds: in which the pods must have taken
    over from Knative's activator, which knows no cookie; what the last visitors saw is returned either way.
    """
    with _browser(address, host, first_seconds) as browser:
        _pod(browser)
    end = time.monotonic() + settle_seconds
    while True:
        seen = _visits(address, host, visits, first_seconds)
        if seen.sticky or time.monotonic() > end:
            return seen
        time.sleep(PERIOD_SECONDS)


def _visits(address: str, host: str, visits: int, timeout: float) -> PageVisits:
    with _browser(address, host, timeout) as stranger:
        strangers = []
        for _ in range(visits):
            stranger.cookies.clear()
            strangers.append(_pod(stranger))
    with _browser(address, host, timeout) as browser:
        returning = [_pod(browser) for _ in range(visits)]
        return PageVisits(next(iter(browser.cookies), None), strangers, returning)


def _browser(address: str, host: str, timeout: float) -> httpx.Client:
    return httpx.Client(base_url=f"http://{address}", headers={"Host": host}, timeout=timeout, trust_env=False)


def _pod(browser: httpx.Client) -> str:
    try:
        answer = browser.get("/")
    except httpx.TransportError as error:
        raise PageError(f"no page from {browser.base_url} (Host: {browser.headers['Host']}): {error!r}") from error
    if answer.status_code != httpx.codes.OK or "html" not in answer.headers.get("Content-Type", ""):
        raise PageError(f"the service answered {answer.status_code}, not a page: {answer.text[:300].strip()}")
    return str(answer.headers.get(POD_HEADER, "unknown"))
