"""/lab/…: what the lab's own commands ask of the account; no API of Alibaba Cloud has such paths."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lab.cloud.ack.journal import Journal
from lab.cloud.calls import CallLog
from lab.cloud.errors import ApiError
from lab.cloud.faults import Fault, Faults
from lab.cloud.oss.models import ObjectStorage
from lab.cloud.settings import Knobs


def control_routes(
    left: Callable[[], Mapping[str, Any]],
    reset: Callable[[], None],
    calls: CallLog,
    knobs: Knobs,
    faults: Faults,
    journal: Journal,
    storage: ObjectStorage,
) -> list[Route]:
    async def show_left(_: Request) -> Response:
        return JSONResponse(dict(left()))

    async def show_calls(_: Request) -> Response:
        return JSONResponse({"calls": [call.model_dump() for call in calls.recent], "unknown": calls.unknown})

    async def show_nodes(_: Request) -> Response:
        return JSONResponse([event.model_dump() for event in journal.events])

    async def show_settings(_: Request) -> Response:
        return JSONResponse(knobs.now.model_dump())

    async def change_settings(request: Request) -> Response:
        try:
            changed = knobs.change(await request.json())
        except ValidationError as error:
            return refused(error, type(knobs.now))
        return JSONResponse(changed.model_dump())

    async def reset_account(_: Request) -> Response:
        await run_in_threadpool(reset)
        return JSONResponse(dict(left()))

    async def create_bucket(request: Request) -> Response:
        try:
            made = storage.create_bucket(**await request.json())
        except ApiError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(made.model_dump())

    return [
        Route("/lab/left", show_left),
        Route("/lab/calls", show_calls),
        Route("/lab/nodes", show_nodes),
        Route("/lab/settings", show_settings, methods=["GET"]),
        Route("/lab/settings", change_settings, methods=["PUT"]),
        *_fault_routes(faults),
        Route("/lab/buckets", create_bucket, methods=["POST"]),
        Route("/lab/reset", reset_account, methods=["POST"]),
    ]


def addon_routes(install: Callable[[str], None]) -> list[Route]:
    """install: the name of an addon, into the cluster that there is; raises ApiError."""

    async def install_addon(request: Request) -> Response:
        try:
            await run_in_threadpool(install, (await request.json())["name"])
        except ApiError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({})

    return [Route("/lab/addons", install_addon, methods=["POST"])]


def _fault_routes(faults: Faults) -> list[Route]:
    async def show_faults(_: Request) -> Response:
        return JSONResponse({"faults": [fault.model_dump() for fault in faults.planned], "done": faults.done})

    async def add_fault(request: Request) -> Response:
        try:
            faults.add(Fault.model_validate(await request.json()))
        except ValidationError as error:
            return refused(error, Fault)
        return await show_faults(request)

    async def change_faults(request: Request) -> Response:
        """Replaces the whole plan, so that an empty list ends all trouble."""
        try:
            faults.plan([Fault.model_validate(one) for one in await request.json()])
        except ValidationError as error:
            return refused(error, Fault)
        return await show_faults(request)

    return [
        Route("/lab/faults", show_faults, methods=["GET"]),
        Route("/lab/faults", add_fault, methods=["POST"]),
        Route("/lab/faults", change_faults, methods=["PUT"]),
    ]


def refused(error: ValidationError, model: type[BaseModel]) -> Response:
    """400, with what is wrong and what there is."""
    wrong = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    allowed = ", ".join(sorted(model.model_fields))
    return JSONResponse({"error": f"{'; '.join(wrong)} (settings are {allowed})"}, 400)
