"""The page as visitors with and without a cookie see it, through a gateway with two pods."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from lab.browser import PageError, PageVisits, visit_page

PODS = ("pod-a", "pod-b")
COOKIE = "sd-ui"


class Gateway:
    """Takes turns among the pods; a cookie names the pod that answered, and whether it is obeyed is settable."""

    def __init__(self) -> None:
        self.status, self.sets_cookie, self.ignored_cookies = 200, True, 0
        self.hosts: set[str] = set()
        self._turn = 0
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateway.hosts.add(self.headers["Host"])
                pod = gateway.pod(self.headers.get("Cookie", ""))
                self.send_response(gateway.status)
                self.send_header("Content-Type", "text/html")
                self.send_header("X-Pod", pod)
                if gateway.sets_cookie:
                    self.send_header("Set-Cookie", f"{COOKIE}={pod}; Path=/")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def pod(self, cookie: str) -> str:
        if cookie and self.ignored_cookies == 0:
            return cookie.removeprefix(f"{COOKIE}=")
        self.ignored_cookies -= bool(cookie)
        self._turn += 1
        return PODS[self._turn % 2]

    def visited(self, settle_seconds: float = 0) -> PageVisits:
        return visit_page(self.address, "ui.default.example.com", 4, 5, settle_seconds)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.close()


def test_the_cookie_leads_back_to_one_pod_and_strangers_meet_both(gateway: Gateway) -> None:
    seen = gateway.visited()

    assert (set(seen.strangers), len(set(seen.returning)), seen.cookie) == (set(PODS), 1, COOKIE)
    assert seen.sticky
    assert gateway.hosts == {"ui.default.example.com"}


def test_a_gateway_that_does_not_know_the_cookie_yet_is_visited_again(gateway: Gateway) -> None:
    gateway.ignored_cookies = 3

    assert gateway.visited(settle_seconds=10).sticky


def test_a_gateway_that_never_obeys_the_cookie_is_not_sticky(gateway: Gateway) -> None:
    gateway.ignored_cookies = 1000

    assert not gateway.visited().sticky


def test_a_gateway_without_a_cookie_is_not_sticky(gateway: Gateway) -> None:
    gateway.sets_cookie = False

    seen = gateway.visited()

    assert seen.cookie is None
    assert not seen.sticky


def test_an_error_is_not_a_page(gateway: Gateway) -> None:
    gateway.status = 503

    with pytest.raises(PageError, match="answered 503"):
        gateway.visited()


def test_no_gateway_is_said(gateway: Gateway) -> None:
    gateway.close()

    with pytest.raises(PageError, match=r"no page from http://127\.0\.0\.1:\d+"):
        gateway.visited()
