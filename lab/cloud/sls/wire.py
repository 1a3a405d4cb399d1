"""SLS 2020-12-30: routes on the host of a project, and some on that of the region."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from lab.cloud.errors import ApiError
from lab.cloud.naming import ACCOUNT_ID
from lab.cloud.roa import RoaProduct, RoaRequest, Route
from lab.cloud.sls.models import LogService, LogStore, Project

SUFFIX = ".log.aliyuncs.com"
T = TypeVar("T")
# Times of log stores are Unix seconds; nothing compares them.
CREATED = 1767225600


def sls_product(service: LogService) -> RoaProduct:
    return RoaProduct("sls", [*_projects(service), *_tags(service), *_stores(service)], refuse)


def refuse(error: ApiError, request_id: str) -> dict[str, str]:
    return {"errorCode": error.code, "errorMessage": error.message, "requestId": request_id}


def _projects(service: LogService) -> list[Route]:
    def create(request: RoaRequest) -> None:
        service.create_project(request.body or {}, _region(request))

    def change(request: RoaRequest) -> None:
        service.projects.change(_project(request), description=(request.body or {}).get("description") or "")

    def show(request: RoaRequest) -> dict[str, Any]:
        """One project on its own host, all of them on that of the region."""
        if "." in request.host.removesuffix(SUFFIX):
            return _shown(service.projects.get(_project(request)))
        found = [one for one in service.projects.all() if request.query.get("projectName", "") in one.name]
        rows, about = _page(request, found)
        return {"projects": [_shown(one) for one in rows], **about}

    return [
        Route("POST", "/", create),
        Route("GET", "/", show),
        Route("PUT", "/", change),
        Route("DELETE", "/", lambda request: service.delete_project(_project(request))),
        # No policy: an empty answer.
        Route("GET", "/policy", lambda request: service.projects.get(_project(request)) and None),
    ]


def _tags(service: LogService) -> list[Route]:
    def show(request: RoaRequest) -> dict[str, Any]:
        asked = json.loads(request.query.get("resourceId") or "[]")
        projects = [service.projects.get(name) for name in asked]
        rows = [
            {"resourceId": project.name, "resourceType": "PROJECT", "tagKey": key, "tagValue": value}
            for project in projects
            for key, value in project.tags.items()
        ]
        return {"tagResources": rows, "nextToken": ""}

    def tag(request: RoaRequest) -> None:
        news = {item["key"]: item["value"] for item in request.body["tags"]}
        for name in request.body["resourceId"]:
            service.projects.change(name, tags={**service.projects.get(name).tags, **news})

    def untag(request: RoaRequest) -> None:
        for name in request.body["resourceId"]:
            known = service.projects.get(name).tags
            kept = {key: value for key, value in known.items() if key not in request.body["tags"]}
            service.projects.change(name, tags=kept)

    return [Route("GET", "/tags", show), Route("POST", "/tag", tag), Route("POST", "/untag", untag)]


def _stores(service: LogService) -> list[Route]:
    def names(request: RoaRequest) -> tuple[str, str]:
        return _project(request), request.path["store"]

    def shards(request: RoaRequest) -> list[dict[str, Any]]:
        return [_shard(number) for number in range(service.log_store(*names(request)).shards)]

    def set_metering_mode(request: RoaRequest) -> None:
        service.set_metering_mode(*names(request), request.body["meteringMode"])

    def list_all(request: RoaRequest) -> dict[str, Any]:
        service.projects.get(_project(request))
        rows, about = _page(request, [store.name for store in service.stores_of(_project(request))])
        return {"logstores": rows, **about}

    path = "/logstores/{store}"
    return [
        Route("GET", "/logstores", list_all),
        Route("POST", "/logstores", lambda request: service.create_store(_project(request), request.body) and None),
        Route("GET", path, lambda request: _shown_store(service.log_store(*names(request)))),
        Route("PUT", path, lambda request: service.change_store(*names(request), request.body)),
        Route("DELETE", path, lambda request: service.delete_store(*names(request))),
        Route("GET", f"{path}/shards", shards),
        Route(
            "GET",
            f"{path}/meteringmode",
            lambda request: {"meteringMode": service.log_store(*names(request)).metering_mode},
        ),
        Route("PUT", f"{path}/meteringmode", set_metering_mode),
    ]


def _project(request: RoaRequest) -> str:
    name, dot, _ = request.host.removesuffix(SUFFIX).partition(".")
    if not dot:
        raise ApiError("ProjectNotExist", f"the host {request.host} names no project", 404)
    return name


def _page(request: RoaRequest, items: Sequence[T]) -> tuple[Sequence[T], dict[str, int]]:
    """The items that offset and size ask for, and how many there are."""
    start = int(request.query.get("offset") or 0)
    rows = items[start : start + int(request.query.get("size") or 100)]
    return rows, {"count": len(rows), "total": len(items)}


def _region(request: RoaRequest) -> str:
    return request.host.removesuffix(SUFFIX).rpartition(".")[2]


def _shown(project: Project) -> dict[str, Any]:
    return {
        "projectName": project.name,
        "description": project.description,
        "region": project.region,
        "resourceGroupId": project.resource_group_id,
        "status": "Normal",
        "owner": ACCOUNT_ID,
        "createTime": project.created,
        "lastModifyTime": project.created,
    }


def _shown_store(store: LogStore) -> dict[str, Any]:
    return {**store.body, "createTime": CREATED, "lastModifyTime": CREATED}


def _shard(number: int) -> dict[str, Any]:
    return {
        "shardID": number,
        "status": "readwrite",
        "inclusiveBeginKey": f"{number:032x}",
        "exclusiveEndKey": f"{number + 1:032x}",
        "createTime": CREATED,
    }
