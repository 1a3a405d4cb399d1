"""Runs a Pulumi program. Started by file name with the program's own Python, the spec on stdin as JSON.

Imports nothing of this checkout: the program's Python may belong to another project.
"""

import asyncio
import json
import logging
import runpy
import signal
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pulumi
import pulumi.runtime

REPORTED = 32  # exit code for "the engine has been told what went wrong", as in Pulumi's own runner


class Spec(NamedTuple):
    """program: file or folder. root: folder of Pulumi.yaml. monitor, engine: addresses. parallel: resources at once."""

    program: str
    root: str
    project: str
    stack: str
    organization: str
    monitor: str
    engine: str
    parallel: int
    dry_run: bool
    config: dict[str, str]
    secret_keys: list[str]


def main() -> int:
    """The exit code: 0, or REPORTED. Whatever else the program exits with passes through."""
    spec = Spec(**json.load(sys.stdin))
    # Ctrl-C reaches the whole terminal group. The engine finishes what is in flight and then ends us; a traceback of
    # KeyboardInterrupt would only hide what it says.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _configure(spec)
    # What asyncio complains of after a failed program is this failure again, once per resource.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        _run(spec)
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return REPORTED
    except Exception as error:
        told = "".join(_told(error, Path(spec.root)))
        pulumi.log.error(f"Program failed with an unhandled exception:\n{told}")
        return REPORTED
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _configure(spec: Spec) -> None:
    pulumi.runtime.set_all_config(spec.config, spec.secret_keys)
    settings = pulumi.runtime.Settings(
        project=spec.project,
        stack=spec.stack,
        monitor=spec.monitor,
        engine=spec.engine,
        parallel=spec.parallel,
        dry_run=spec.dry_run,
        organization=spec.organization,
        root_directory=spec.root,
    )
    pulumi.runtime.configure(settings)
    program = Path(spec.program)
    sys.argv = [spec.program]
    sys.path.insert(0, str(program if program.is_dir() else program.parent))


def _run(spec: Spec) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # A thread per call to the engine; asyncio's default of a handful would make registrations queue.
    with ThreadPoolExecutor(max_workers=max(spec.parallel, 1) * 4) as pool:
        loop.set_default_executor(pool)
        try:
            loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _main(spec.program)))
        finally:
            loop.close()


def _main(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _told(error: BaseException, root: Path) -> Iterator[str]:
    """The traceback without the frames by which the SDK and this file came to the program."""
    report = traceback.TracebackException.from_exception(error)
    each: traceback.TracebackException | None = report
    while each:
        users = [i for i, frame in enumerate(each.stack) if _is_users(frame.filename, root)]
        if users or isinstance(error, SyntaxError):
            del each.stack[: users[0] if users else len(each.stack)]
        each = each.__cause__ or each.__context__
    yield from report.format()


def _is_users(filename: str, root: Path) -> bool:
    path = Path(filename)
    return path.is_relative_to(root) and "site-packages" not in path.parts and path != Path(__file__)


if __name__ == "__main__":
    sys.exit(main())
