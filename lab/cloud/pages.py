"""Long lists: how a product gives them piece by piece, by page number or by token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from lab.cloud.errors import ApiError
from lab.cloud.rpc import RpcRequest

T = TypeVar("T")

PAGE = 10
MOST = 50
TOKEN_PAGE = 50


@dataclass(frozen=True)
class Spelling:
    number: str = "PageNumber"
    size: str = "PageSize"
    total: str = "TotalCount"


PASCAL = Spelling()
SNAKE = Spelling("page_number", "page_size", "total_count")


def page(
    parameters: Mapping[str, str], rows: Sequence[T], size: int = PAGE, most: int = MOST, spelling: Spelling = PASCAL
) -> tuple[list[T], dict[str, Any]]:
    """The rows of the page that is asked for, and what is said about them. size: where none is asked for."""
    number = _number(parameters, spelling.number, 1, None)
    size = _number(parameters, spelling.size, size, most)
    about = {spelling.total: len(rows), spelling.number: number, spelling.size: size}
    return list(rows[(number - 1) * size : number * size]), about


def after_token(
    request: RpcRequest, rows: Sequence[T], size: str = "MaxResults", token: str = "NextToken"
) -> tuple[list[T], str]:
    """The rows from a token on, and the token of the next piece, "" with the last. size, token: parameters' names."""
    given = request.get(token)
    if given and not given.isdecimal():
        raise ApiError(f"InvalidParameter.{token}", f"{token} {given!r} is none that an answer gave")
    start = int(given or 0)
    end = start + _number(request.parameters, size, TOKEN_PAGE, 1000)
    return list(rows[start:end]), str(end) if end < len(rows) else ""


def marked(request: RpcRequest, several: str, one: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A list by RAM's own names of token and size."""
    shown, marker = after_token(request, rows, size="MaxItems", token="Marker")
    more = {"IsTruncated": True, "Marker": marker} if marker else {"IsTruncated": False}
    return {several: {one: shown}, **more}


def _number(parameters: Mapping[str, str], name: str, default: int, most: int | None) -> int:
    given = parameters.get(name) or str(default)
    if not given.isdecimal() or int(given) < 1 or (most and int(given) > most):
        raise ApiError(f"InvalidParameter.{name}", f"{name} {given!r} must be a number from 1 to {most or 'the end'}")
    return int(given)
