"""Which stacks a change can touch."""

import re
from collections.abc import Iterable, Sequence

_STACK_FILE = re.compile(r"Pulumi\.([\w-]+)\.yaml")
# Nothing of this can change a plan.
_BESIDE = ("docs/", "tests/", "lab/", "ops/", "policy/", ".github/", ".ci/", "monitoring/dashboards/", "examples/")
_TEXTS = (".md", "LICENSE", ".gitignore")


def changed_stacks(files: Iterable[str], stacks: Sequence[str]) -> list[str]:
    """Names, sorted: those whose file changed, or all of stacks if the program or anything unknown did."""
    found: set[str] = set()
    for file in files:
        own = _STACK_FILE.fullmatch(file)
        if own:
            found.add(own[1])
        elif not file.startswith(_BESIDE) and not file.endswith(_TEXTS):
            return sorted(stacks)
    return sorted(found.intersection(stacks))
