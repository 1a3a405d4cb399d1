"""/lab/stock and /lab/fleet: what is sold out, which nodes there are, and the end of one that is taken back."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lab.cloud.ack.fleet import Fleet
from lab.cloud.ack.reclaims import Reclaims
from lab.cloud.control import refused
from lab.cloud.ecs.stock import Shortage, Stock
from lab.cloud.errors import ApiError


def scarcity_routes(stock: Stock, fleet: Fleet, reclaims: Reclaims) -> list[Route]:
    async def show_stock(_: Request) -> Response:
        return JSONResponse([one.model_dump() for one in stock.shortages])

    async def change_stock(request: Request) -> Response:
        """Replaces the whole list, so that an empty one fills everything up."""
        try:
            stock.plan([Shortage.model_validate(one) for one in await request.json()])
        except ValidationError as error:
            return refused(error, Shortage)
        return await show_stock(request)

    async def show_fleet(_: Request) -> Response:
        return JSONResponse([node.model_dump() for node in fleet.nodes()])

    async def take_back(request: Request) -> Response:
        try:
            node = reclaims.begin(request.path_params["node"])
        except ApiError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(node.model_dump())

    return [
        Route("/lab/stock", show_stock, methods=["GET"]),
        Route("/lab/stock", change_stock, methods=["PUT"]),
        Route("/lab/fleet", show_fleet),
        Route("/lab/fleet/{node}/reclaim", take_back, methods=["POST"]),
    ]
