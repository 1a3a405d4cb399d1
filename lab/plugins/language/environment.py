"""The Python that a program runs with, and what is installed in it."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from google.protobuf import json_format
from pulumi.runtime.proto import language_pb2

CHECKOUT = Path(__file__).parents[3]


class Package(NamedTuple):
    """A provider plugin that an installed SDK needs. server: where to download it, "" for Pulumi's own place."""

    name: str
    version: str
    server: str


def python(info: language_pb2.ProgramInfo) -> str:
    """The Python of `runtime.options.virtualenv`, else the one that runs this host.

    Raises ValueError if that virtual environment is not there.
    """
    name = json_format.MessageToDict(info.options).get("virtualenv") if info.HasField("options") else None
    if not name:
        return sys.executable
    folder = Path(info.root_directory, name)
    found = folder / "bin" / "python"
    if not found.exists():
        raise ValueError(
            f"The 'virtualenv' option of the project is {name!r}, but there is no Python in {folder}.\n"
            f"Make it: python3 -m venv {folder} && {found} -m pip install -r requirements.txt"
        )
    return str(found)


def variables(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program: this host's, without the way by which the host itself found its modules.

    Otherwise `import components` of some other project could find this checkout's.
    """
    kept = dict(os.environ)
    paths = [path for path in kept.pop("PYTHONPATH", "").split(os.pathsep) if path and Path(path) != CHECKOUT]
    return {**kept, **({"PYTHONPATH": os.pathsep.join(paths)} if paths else {}), **(extra or {})}


def packages() -> Iterator[Package]:
    """Every installed SDK says in a pulumi-plugin.json which plugin it speaks to."""
    for distribution in metadata.distributions():
        if not distribution.name.lower().startswith("pulumi"):
            continue
        for file in distribution.files or []:
            if file.name == "pulumi-plugin.json":
                plugin = json.loads(Path(str(file.locate())).read_text())
                if plugin.get("resource"):
                    version = plugin.get("version") or distribution.version
                    yield Package(plugin["name"], f"v{version}", plugin.get("server", ""))


def dependencies() -> Iterator[tuple[str, str]]:
    """Name and version of all that is installed, as `pulumi about` lists it."""
    for distribution in metadata.distributions():
        yield distribution.name, distribution.version
