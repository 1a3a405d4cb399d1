"""The few calls of GitHub's API that the workflows need."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import httpx

_API = "https://api.github.com"
_TIMEOUT_SECONDS = 30
_PER_PAGE = 100
# Whose comments and issues are ours: a marker alone anyone could write.
_BOT = "github-actions[bot]"


class GithubError(RuntimeError):
    """What GitHub refused, or what of the environment is missing."""


@dataclass(frozen=True)
class Repository:
    """client: with base URL and token; name: owner/name."""

    client: httpx.Client
    name: str

    @classmethod
    def of_environment(cls) -> Self:
        """From GITHUB_TOKEN and GITHUB_REPOSITORY. Raises GithubError."""
        missing = [name for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY") if not os.environ.get(name)]
        if missing:
            raise GithubError(f"{' and '.join(missing)} must be set: run this in a workflow, or set them for a try")
        headers = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"}
        client = httpx.Client(
            base_url=os.environ.get("GITHUB_API_URL", _API), headers=headers, timeout=_TIMEOUT_SECONDS
        )
        return cls(client, os.environ["GITHUB_REPOSITORY"])

    def pull_of(self, head: str, sha: str) -> int | None:
        """Number of the open pull request from head (owner:branch) that is still at that commit."""
        for pull in self._pages("pulls", head=head, state="open"):
            if pull["head"]["sha"] == sha:
                return int(pull["number"])
        return None

    def comment(self, pull: int, marker: str, body: str) -> None:
        """Writes the comment with that marker, or rewrites it."""
        ours = self._ours(f"issues/{pull}/comments", marker)
        content = {"body": f"{marker}\n{body}"}
        if ours:
            self._call("PATCH", f"issues/comments/{ours['id']}", content)
        else:
            self._call("POST", f"issues/{pull}/comments", content)

    def issue(self, marker: str, title: str, body: str | None) -> None:
        """Opens the issue with that marker or rewrites it; body None: closes it, if there is one."""
        ours = self._ours("issues", marker, state="open")
        if body is None:
            if ours:
                self._call("PATCH", f"issues/{ours['number']}", {"state": "closed"})
            return
        content = {"title": title, "body": f"{marker}\n{body}"}
        if ours:
            self._call("PATCH", f"issues/{ours['number']}", content)
        else:
            self._call("POST", "issues", content)

    def _ours(self, path: str, marker: str, **query: str) -> Any:
        found = (one for one in self._pages(path, **query) if one["user"]["login"] == _BOT)
        return next((one for one in found if (one["body"] or "").startswith(marker)), None)

    def _pages(self, path: str, **query: str) -> Iterator[Any]:
        page = 1
        listed: list[Any] = [{}] * _PER_PAGE
        while len(listed) == _PER_PAGE:
            listed = self._call("GET", path, params={**query, "per_page": _PER_PAGE, "page": page})
            yield from listed
            page += 1

    def _call(self, method: str, path: str, content: Any = None, params: Any = None) -> Any:
        try:
            answer = self.client.request(method, f"/repos/{self.name}/{path}", json=content, params=params)
        except httpx.HTTPError as error:
            raise GithubError(f"{method} {path}: {error}") from error
        if answer.is_error:
            raise GithubError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()
