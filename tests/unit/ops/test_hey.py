from pathlib import Path

import pytest

from ops.hey import HeyError, parse
from ops.loadtest import hey_arguments, run_hey

REPORTS = Path(__file__).parent / "reports"


def report(name: str) -> str:
    return (REPORTS / f"{name}.txt").read_text()


def test_the_guides_report_is_read_in_full() -> None:
    guide = parse(report("guide"))

    assert (guide.total_seconds, guide.slowest_seconds, guide.fastest_seconds) == (252.1749, 62.4155, 9.9399)
    assert (guide.average_seconds, guide.requests_per_second) == (23.9748, 0.1983)
    assert guide.percentiles == {10: 10.4695, 25: 14.8245, 50: 20.0772, 75: 30.5207, 90: 50.7006, 95: 61.5010}
    assert (guide.statuses, guide.errors) == ({200: 50}, {})
    assert (guide.succeeded, guide.requests) == (50, 50)


@pytest.mark.parametrize(
    ("name", "statuses", "errors"),
    [
        ("all-served", {200: 20}, {}),
        (
            "timeouts",
            {200: 1},
            {
                'Post "http://127.0.0.1:17861/sdapi/v1/txt2img": context deadline exceeded '
                "(Client.Timeout exceeded while awaiting headers)": 5
            },
        ),
        ("mixed", {200: 12, 503: 4}, {'Post "http://127.0.0.1:17862/": EOF': 4}),
        ("refused", {}, {'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused': 4}),
    ],
)
def test_answers_and_failures_are_told_apart(name: str, statuses: dict[int, int], errors: dict[str, int]) -> None:
    found = parse(report(name))

    assert (found.statuses, found.errors) == (statuses, errors)


def test_a_load_without_any_answer_has_no_times() -> None:
    assert parse(report("refused")).average_seconds == 0


def test_failures_that_differ_in_the_port_are_one_kind() -> None:
    text = report("refused").partition("Error distribution:")[0] + (
        "Error distribution:\n"
        "  [1]\tPost: read tcp 10.0.0.1:4001->10.0.0.2:80: read: connection reset by peer\n"
        "  [2]\tPost: read tcp 10.0.0.1:4002->10.0.0.2:80: read: connection reset by peer\n"
    )

    assert parse(text).errors == {"Post: read tcp 10.0.0.1:*->10.0.0.2:80: read: connection reset by peer": 3}


@pytest.mark.parametrize("text", ["", "hey: command not found", "Usage: hey [options...] <url>"])
def test_what_is_no_report_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(HeyError, match=text[:20].replace("[", r"\[") or "it is empty"):
        parse(text)


def test_the_guides_command_line_is_what_is_run() -> None:
    assert hey_arguments("127.0.0.1:80", "sd.default.example.com", 50, 5, 180) == [
        *("-n", "50", "-c", "5", "-t", "180", "-m", "POST", "-host", "sd.default.example.com"),
        *("-H", "Content-Type: application/json", "-d", '{"prompt": "pretty dog"}'),
        "http://127.0.0.1:80/sdapi/v1/txt2img",
    ]


@pytest.mark.parametrize(("requests", "concurrency"), [(50, 6), (4, 5), (5, 0)])
def test_numbers_that_hey_would_round_down_are_refused(requests: int, concurrency: int) -> None:
    with pytest.raises(HeyError, match="must be a multiple of the second"):
        hey_arguments("127.0.0.1:80", "sd", requests, concurrency, 180)


def test_without_hey_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(HeyError, match="apt-get install hey"):
        run_hey("127.0.0.1:80", "sd")


def test_a_hey_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "hey"
    broken.write_text("#!/bin/sh\necho 'invalid url' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")

    with pytest.raises(HeyError, match="status 3: invalid url"):
        run_hey("127.0.0.1:80", "sd")


@pytest.mark.parametrize(
    ("address", "asked"),
    [("10.0.0.1:80", "http://10.0.0.1:80/sdapi/v1/txt2img"), ("https://a.b.org", "https://a.b.org/sdapi/v1/txt2img")],
)
def test_the_scheme_is_plain_http_unless_the_address_says_another(address: str, asked: str) -> None:
    assert hey_arguments(address, "sd", 50, 5, 180)[-1] == asked
