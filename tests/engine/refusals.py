"""The table of bad stack files in refused/.

right.yaml is a stack file that is taken; every other file there holds cases by name. change: what differs from the
right one; said: path → what was found, what is allowed and how to mend it. `…` stands for any text.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "refused"

RIGHT: Mapping[str, Any] = yaml.safe_load((_FOLDER / "right.yaml").read_text(encoding="utf-8"))
CASES: Mapping[str, Mapping[str, Any]] = {
    f"{file.stem}: {name}": case
    for file in sorted(_FOLDER.glob("*.yaml"))
    if file.stem != "right"
    for name, case in yaml.safe_load(file.read_text(encoding="utf-8")).items()
}


def unsaid(case: str, output: str) -> list[str]:
    """Paths whose problem does not stand in an output, word for word but for line breaks; empty if all do."""
    words = " ".join(output.split())
    return [path for path, told in CASES[case]["said"].items() if not re.search(_pattern(path, told), words)]


def _pattern(path: str, told: Mapping[str, str]) -> str:
    text = f"{path} found {told['found']} allowed {told['allowed']} mend {told['mend']}"
    return re.escape(text).replace("…", ".*")
