"""`python -m lab cloud …`: what the emulated account holds, what was asked of it, and trouble on demand."""

import shlex
from datetime import datetime
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table

from lab.cloud.sts.issuer import Issuer
from lab.layout import Layout
from lab.lifecycle import LabError, control, is_up, left_in_account
from lab.tools.report import CONSOLE
from lab.workspace import state_environment

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command("list")
def list_objects() -> None:
    """All objects by kind."""
    table = Table("kind", "ids")
    for kind, ids in sorted(left_in_account(_running()).items()):
        table.add_row(kind, "\n".join(ids))
    CONSOLE.print(table)


@app.command()
def calls(last: Annotated[int, typer.Option(help="how many")] = 20) -> None:
    """The last calls, and all actions that the account does not know."""
    answer = _ask("GET", "/lab/calls")
    table = Table("time", "product", "action", "status", "ms")
    for call in answer["calls"][-last:]:
        table.add_row(*(str(call[column]) for column in ("time", "product", "action", "status", "ms")))
    CONSOLE.print(table)
    CONSOLE.print("unknown actions: " + (", ".join(answer["unknown"]) or "none"), markup=False)


@app.command()
def inject(
    kind: Annotated[str, typer.Argument(help="throttled, unavailable, slow, timed-out, reset or answer-lost")],
    product: Annotated[str, typer.Option(help="shell pattern, such as vpc")] = "*",
    action: Annotated[str, typer.Option(help='shell pattern, such as "Create*" or "POST /clusters"')] = "*",
    skip: Annotated[int, typer.Option(help="matching calls that are let through first")] = 0,
    times: Annotated[int, typer.Option(help="calls that go wrong then")] = 1,
    seconds: Annotated[float, typer.Option(help="how late a slow or timed-out answer is")] = 5.0,
    chance: Annotated[float, typer.Option(help="share of the matching calls that go wrong")] = 1.0,
    seed: Annotated[int, typer.Option(help="of the draw")] = 0,
) -> None:
    """Make the next matching calls go wrong, on top of what is planned already."""
    fault = {"kind": kind, "product": product, "action": action, "skip": skip, "times": times}
    fault |= {"seconds": seconds, "chance": chance, "seed": seed}
    planned = _ask("POST", "/lab/faults", fault)["faults"]
    CONSOLE.print(f"planned: {len(planned)}; `python -m lab cloud calm` ends them all", markup=False)


@app.command()
def calm() -> None:
    """End all planned trouble, and say how often each struck."""
    before = _ask("GET", "/lab/faults")
    _ask("PUT", "/lab/faults", [])
    for fault, struck in zip(before["faults"], before["done"], strict=True):
        CONSOLE.print(f"{fault['kind']} {fault['product']} {fault['action']}: struck {struck} times", markup=False)


@app.command()
def stock(
    zone: Annotated[str, typer.Option(help='shell pattern, such as cn-shanghai-l or "cn-shanghai-*"')] = "*",
    instance_type: Annotated[str, typer.Option("--type", help='shell pattern, such as "ecs.gn7i-*"')] = "*",
    spot: Annotated[bool, typer.Option(help="at spot prices only")] = False,
    none: Annotated[bool, typer.Option("--none", help="from now on this is sold out")] = False,
    refill: Annotated[bool, typer.Option("--refill", help="everything is there again")] = False,
) -> None:
    """Sell out instance types, or fill all up again; says what is sold out. Kept over a restart of the lab."""
    shortages = _ask("GET", "/lab/stock")
    if none:
        shortages = [*shortages, {"zone": zone, "instance_type": instance_type, "spot": spot}]
    if none or refill:
        shortages = _ask("PUT", "/lab/stock", [] if refill else shortages)
    for one in shortages:
        CONSOLE.print(f"sold out: {one['instance_type']} in {one['zone']}{' (spot)' * one['spot']}", markup=False)
    if not shortages:
        CONSOLE.print("nothing is sold out")


@app.command()
def nodes() -> None:
    """The nodes of all pools, and how they were bought."""
    for node in _ask("GET", "/lab/fleet"):
        bought = node["purchase"]
        what = f"{bought['instance_type']} in {bought['zone']}, {'spot' if bought['spot'] else 'on demand'}"
        state = "is taken back" if node["ends"] and node["state"] == "ready" else node["state"]
        CONSOLE.print(f"{node['name']}: {what}, {state}, pool {node['pool_id']}", markup=False, soft_wrap=True)


@app.command()
def reclaim(node: str) -> None:
    """Take a spot node back, after notice_seconds (`set` changes them)."""
    taken = _ask("POST", f"/lab/fleet/{node}/reclaim")
    CONSOLE.print(f"{node} is gone at {datetime.fromtimestamp(taken['ends']):%H:%M:%S}", markup=False)


@app.command("set")
def set_settings(
    settings: Annotated[list[str] | None, typer.Argument(help="such as pending_seconds=20 or quotas.vpc=1")] = None,
) -> None:
    """Delays and quotas, until the lab goes down; without any: what is in force."""
    wanted: dict[str, Any] = _ask("GET", "/lab/settings")
    for setting in settings or []:
        name, equals, value = setting.partition("=")
        if not equals:
            raise LabError(f"{setting!r} sets nothing. Mend: NAME=VALUE, such as pending_seconds=20.")
        part, _, key = name.partition(".")
        inner = wanted.get(part)
        wanted |= {part: {**inner, key: value}} if key and isinstance(inner, dict) else {name: value}
    for name, value in _ask("PUT", "/lab/settings", wanted).items():
        CONSOLE.print(f"{name}={value}", markup=False)


@app.command()
def bucket(name: str, region: str = "cn-shanghai") -> None:
    """Make a bucket for Pulumi's state, as somebody would in the console, and print what has pulumi use it."""
    layout = _running()
    _ask("POST", "/lab/buckets", {"name": name, "region": region})
    for variable, value in state_environment(layout, name, region).items():
        print(f"export {variable}={shlex.quote(value)}")


@app.command()
def token(subject: Annotated[str, typer.Argument(help="such as repo:OWNER/NAME:environment:prod-shanghai")]) -> None:
    """Print a token as GitHub gives it to the jobs of a workflow; the lab signs it in GitHub's name."""
    print(Issuer(_running().cloud).token(subject))


@app.command()
def addon(name: Annotated[str, typer.Argument(help="such as kourier")]) -> None:
    """Install an addon into the cluster, as somebody would in the console: what `gateway.kind: kourier` waits for."""
    _ask("POST", "/lab/addons", {"name": name})


@app.command()
def reset() -> None:
    """Throw everything in the account away, clusters with it, protected or not."""
    _ask("POST", "/lab/reset")


def _running() -> Layout:
    layout = Layout.from_env()
    if not is_up(layout):
        raise LabError(f"{layout.name} is not up. Mend: `make lab-up`.")
    return layout


def _ask(method: str, path: str, body: Any = None) -> Any:
    with control(_running()) as client:
        answer = client.request(method, path, json=body)
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise LabError(answer.json()["error"])
    return answer.raise_for_status().json()
