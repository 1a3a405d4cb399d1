"""Asking the account for its objects: lists alone, each asked once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ops.preflight.openapi import ApiError, OpenApi

_PAGE = 50
_VERSIONS = {"vpc": "2016-04-28", "alidns": "2015-01-09"}
_CS, _ARMS = "2015-12-15", "2019-08-08"
# Of the whole account, in no region.
_RAM, _IMS = ("ram.aliyuncs.com", "2015-05-01"), ("ims.aliyuncs.com", "2019-08-15")
_NO_SUCH_ROLE = "EntityNotExist.Role"

Row = Mapping[str, Any]
# Its rows, and how many all pages have together.
Page = tuple[Sequence[Row], int]


class Account:
    """One region of it. All methods raise ApiError."""

    def __init__(self, api: OpenApi, region: str) -> None:
        self._api = api
        self._region = region
        self._asked: dict[object, Sequence[Row]] = {}

    def rows(self, product: str, action: str, outer: str, inner: str, **parameters: str) -> Sequence[Row]:
        """All pages of an RPC action. product: vpc or alidns; outer, inner: where the rows are in an answer."""
        key = (product, action, *sorted(parameters.items()))
        return self._once(key, lambda: self._pages(product, action, outer, inner, parameters))

    def clusters(self) -> Sequence[Row]:
        return self._once("clusters", self._cluster_pages)

    def node_pools(self, cluster: str) -> Sequence[Row]:
        path = f"/clusters/{cluster}/nodepools"
        return self._once(path, lambda: self._cs("DescribeClusterNodePools", path).get("nodepools") or [])

    def addon(self, cluster: str, name: str) -> Row | None:
        """None: it is not installed. ACK answers that with an error, whose code is not documented."""
        try:
            return self._cs("GetClusterAddonInstance", f"/clusters/{cluster}/addon_instances/{name}")
        except ApiError as error:
            if not error.code:
                raise
            return None

    def environments(self, cluster: str) -> Sequence[Row]:
        """Of managed Prometheus."""
        answer = self._arms("ListEnvironments", BindResourceId=cluster)
        return (answer.get("Data") or {}).get("Environments") or []

    def alert_rules(self, cluster: str) -> Sequence[Row]:
        return self._arms("ListPrometheusAlertRules", ClusterId=cluster).get("PrometheusAlertRules") or []

    def pod_monitors(self, environment: str) -> Sequence[Row]:
        return self._arms("ListEnvPodMonitors", EnvironmentId=environment).get("Data") or []

    def roles(self) -> Sequence[Row]:
        """Without their policy documents."""
        return self._once("roles", lambda: self._marked(_RAM, "ListRoles", "Roles", "Role"))

    def policies(self) -> Sequence[Row]:
        """The account's own ones."""
        custom = {"PolicyType": "Custom"}
        return self._once("policies", lambda: self._marked(_RAM, "ListPolicies", "Policies", "Policy", **custom))

    def attached(self, role: str) -> Sequence[Row]:
        """Policies of a role, whoever made them; none of a role that is not there."""

        def ask() -> Sequence[Row]:
            try:
                return _inner(self._api.rpc(*_RAM, "ListPoliciesForRole", RoleName=role), "Policies", "Policy")
            except ApiError as error:
                if error.code != _NO_SUCH_ROLE:
                    raise
                return []

        return self._once(("attached", role), ask)

    def oidc_providers(self) -> Sequence[Row]:
        outer, inner = "OIDCProviders", "OIDCProvider"
        return self._once(outer, lambda: self._marked(_IMS, "ListOIDCProviders", outer, inner))

    def forget(self) -> None:
        """What was asked before: the next question is asked anew."""
        self._asked.clear()

    def _once(self, key: object, ask: Callable[[], Iterable[Row]]) -> Sequence[Row]:
        if key not in self._asked:
            self._asked[key] = list(ask())
        return self._asked[key]

    def _pages(self, product: str, action: str, outer: str, inner: str, parameters: Mapping[str, str]) -> Iterator[Row]:
        host = "alidns.aliyuncs.com" if product == "alidns" else f"{product}.{self._region}.aliyuncs.com"

        def ask(number: int) -> Page:
            paging = {"RegionId": self._region, "PageNumber": str(number), "PageSize": str(_PAGE)}
            answer = self._api.rpc(host, _VERSIONS[product], action, **{**paging, **parameters})
            return _inner(answer, outer, inner), answer.get("TotalCount") or 0

        return _all_pages(ask)

    def _cluster_pages(self) -> Iterator[Row]:
        def ask(number: int) -> Page:
            paging = {"page_number": str(number), "page_size": str(_PAGE)}
            answer = self._cs("DescribeClustersV1", "/api/v1/clusters", region_id=self._region, **paging)
            return answer["clusters"], (answer.get("page_info") or {}).get("total_count") or 0

        return _all_pages(ask)

    def _marked(
        self, product: tuple[str, str], action: str, outer: str, inner: str, **parameters: str
    ) -> Iterator[Row]:
        """All pieces of a list that goes by markers. product: host and version."""
        answer = self._api.rpc(*product, action, **parameters)
        yield from _inner(answer, outer, inner)
        while answer.get("IsTruncated"):
            answer = self._api.rpc(*product, action, Marker=answer["Marker"], **parameters)
            yield from _inner(answer, outer, inner)

    def _arms(self, action: str, **parameters: str) -> Row:
        host, key = f"arms.{self._region}.aliyuncs.com", (action, *parameters.values())
        return self._once(key, lambda: [self._api.rpc(host, _ARMS, action, RegionId=self._region, **parameters)])[0]

    def _cs(self, action: str, path: str, **query: str) -> Row:
        answer: Row = self._api.get(f"cs.{self._region}.aliyuncs.com", _CS, action, path, **query)
        return answer


def _inner(answer: Row, outer: str, inner: str) -> Sequence[Row]:
    return (answer.get(outer) or {}).get(inner) or []


def _all_pages(ask: Callable[[int], Page]) -> Iterator[Row]:
    """ask: for the page of a number, counted from 1."""
    for number in count(1):
        rows, total = ask(number)
        yield from rows
        if len(rows) < _PAGE or number * _PAGE >= int(total):
            return
