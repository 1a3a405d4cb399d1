"""What the workflows write on GitHub."""

import json
from typing import Any

import httpx
import pytest

from ops.github.repository import GithubError, Repository

BOT = {"login": "github-actions[bot]"}
MARKER = "<!-- plan -->"


class Github:
    """Answers lists by path and notes down what is written."""

    def __init__(self, **lists: list[dict[str, Any]]) -> None:
        self.lists = lists
        self.written: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/repos/o/r/")
        if request.method == "GET":
            page = int(request.url.params["page"])
            return httpx.Response(200, json=self.lists.get(path.rpartition("/")[2], [])[100 * (page - 1) : 100 * page])
        self.written.append((request.method, path, json.loads(request.content)))
        return httpx.Response(200, json={})

    @property
    def repository(self) -> Repository:
        return Repository(httpx.Client(base_url="https://github.test", transport=httpx.MockTransport(self)), "o/r")


def comment(number: int, body: str, user: dict[str, str] = BOT) -> dict[str, Any]:
    return {"id": number, "number": number, "body": body, "user": user}


def test_the_first_report_is_a_new_comment_with_its_marker() -> None:
    github = Github(comments=[comment(1, "looks good", {"login": "somebody"})])

    github.repository.comment(7, MARKER, "report")

    assert github.written == [("POST", "issues/7/comments", {"body": f"{MARKER}\nreport"})]


def test_the_next_report_rewrites_it_however_many_comments_there_are() -> None:
    others = [comment(number, "chat") for number in range(150)]
    github = Github(comments=[*others, comment(999, f"{MARKER}\nold")])

    github.repository.comment(7, MARKER, "new")

    assert github.written == [("PATCH", "issues/comments/999", {"body": f"{MARKER}\nnew"})]


def test_a_comment_of_somebody_else_with_the_marker_is_left_alone() -> None:
    github = Github(comments=[comment(1, f"{MARKER}\nplanted", {"login": "stranger"})])

    github.repository.comment(7, MARKER, "report")

    assert [(method, path) for method, path, _ in github.written] == [("POST", "issues/7/comments")]


@pytest.mark.parametrize(("sha", "expected"), [("new", 7), ("old", None)])
def test_a_pull_request_is_found_by_its_head_and_only_if_it_is_still_there(sha: str, expected: int | None) -> None:
    github = Github(pulls=[{"number": 7, "head": {"sha": "new"}}])

    assert github.repository.pull_of("somebody:branch", sha) == expected


@pytest.mark.parametrize(
    ("there", "body", "expected"),
    [
        ([], "drift", [("POST", "issues", {"title": "t", "body": f"{MARKER}\ndrift"})]),
        ([comment(3, MARKER)], "drift", [("PATCH", "issues/3", {"title": "t", "body": f"{MARKER}\ndrift"})]),
        ([comment(3, MARKER)], None, [("PATCH", "issues/3", {"state": "closed"})]),
        ([], None, []),
    ],
)
def test_there_is_one_issue_and_it_is_closed_when_nothing_is_left(
    there: list[dict[str, Any]], body: str | None, expected: list[tuple[str, str, Any]]
) -> None:
    github = Github(issues=there)

    github.repository.issue(MARKER, "t", body)

    assert github.written == expected


def test_a_refusal_is_told_with_the_call_and_githubs_words() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(403, text="Resource not accessible by integration"))
    repository = Repository(httpx.Client(base_url="https://github.test", transport=transport), "o/r")

    with pytest.raises(GithubError, match=r"GET pulls: 403 Resource not accessible"):
        repository.pull_of("a:b", "c")


def test_what_is_missing_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")

    with pytest.raises(GithubError, match="GITHUB_TOKEN must be set"):
        Repository.of_environment()
