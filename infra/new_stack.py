"""A stack file for an environment in a region: `python -m infra.new_stack prod ap-southeast-1` writes it."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import IPv4Network
from pathlib import Path
from string import Template
from typing import Any

import yaml

from infra.catalogue import Catalogue, is_guess, shipped
from infra.checks.pools import has_room_for_pods
from infra.load import examine
from infra.settings.problem import did_you_mean
from infra.settings.wording import Wording

PROJECT = "ack-stable-diffusion"

_CHECKOUT = Path(__file__).resolve().parents[1]
# With the project before it and a city after it, the name of the cluster stays within ACK's 63 characters.
_ENVIRONMENT = re.compile(r"[a-z]([-a-z0-9]{0,18}[a-z0-9])?")
_MOST_ZONES = 3


class NewStackError(Exception):
    """What is wrong, what is allowed and how to mend it."""


@dataclass(frozen=True)
class NewStack:
    """stack: its name; text: of its file; warnings: what a preview of it will say."""

    stack: str
    text: str
    warnings: list[str]

    @property
    def file_name(self) -> str:
        """As Pulumi looks for it."""
        return f"Pulumi.{self.stack}.yaml"


def new_stack(environment: str, region: str, catalogue: Catalogue, folder: Path) -> NewStack:
    """A stack file that passes every check; nothing is written.

    region: its id or its city. folder: with the other stack files, whose networks it keeps apart from.
    Raises NewStackError.
    """
    if not _ENVIRONMENT.fullmatch(environment):
        raise NewStackError(
            f'"{environment}" names no environment. Allowed: lower-case letters, digits and dashes, starting with a '
            "letter, 20 at most. Mend: make new-stack ENV=prod REGION=…"
        )
    region = _region_id(region, catalogue)
    facts = catalogue.regions[region]
    stack = f"{environment}-{facts.city or region}"
    text = Template(files(__package__).joinpath("stack_template.yaml").read_text(encoding="utf-8")).substitute(
        stack=stack,
        region=region,
        production="true" if environment.startswith("prod") else "false",
        cidr=_free_range(folder),
        zones=", ".join(facts.zones[:_MOST_ZONES]),
        types=", ".join(_gpu_types(catalogue)),
    )
    return NewStack(stack, text, _examined(text, region))


def write(stack: NewStack, folder: Path) -> Path:
    """The file's path; one that is there already is never touched. Raises NewStackError."""
    path = folder / stack.file_name
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(stack.text)
    except FileExistsError as error:
        raise NewStackError(
            f"{stack.file_name} is there already and stays as it is. Mend: edit it, or take another ENV"
        ) from error
    return path


def _region_id(word: str, catalogue: Catalogue) -> str:
    cities = {facts.city: region for region, facts in catalogue.regions.items() if facts.city}
    if word in catalogue.regions or word in cities:
        return cities.get(word, word)
    known = ", ".join(
        f"{region} ({facts.city})" if facts.city else region for region, facts in catalogue.regions.items()
    )
    mend = did_you_mean(
        word, [*catalogue.regions, *cities], "take one of these, or add it to infra/catalogue/regions.yaml"
    )
    raise NewStackError(f'the catalogue has no region "{word}". Allowed: {known}. Mend: {mend}')


def _gpu_types(catalogue: Catalogue) -> list[str]:
    """On sale, known, with room for pods on Terway; the smallest machine around one GPU first, as a pod takes one."""
    fitting = [
        (facts.vcpus, -facts.gpu_memory, name)
        for name, facts in catalogue.gpu_types.items()
        if facts.on_sale and not is_guess(facts) and facts.gpus == 1 and has_room_for_pods(facts, "terway")
    ]
    return [name for _, _, name in sorted(fitting)]


def _free_range(folder: Path) -> str:
    """Of 65,536 addresses, so that the networks of two stacks can be joined one day."""
    taken = list(_ranges(folder))
    # From 32 on: the first ones are what offices and the default VPC use; steps leave room to widen a network later.
    candidates = [IPv4Network(f"10.{second}.0.0/16") for second in (*range(32, 256, 16), *range(32, 256))]
    free = next((one for one in candidates if not any(one.overlaps(other) for other in taken)), None)
    if free is None:
        raise NewStackError(
            "no range of 65,536 addresses from 10.32.0.0 on is free. Mend: remove the stack files you do not use"
        )
    return str(free)


def _ranges(folder: Path) -> Iterator[IPv4Network]:
    """A file that cannot be read as a stack file takes no range: a preview of it will say what is wrong."""
    for file in sorted(folder.glob("Pulumi.*.yaml")):
        try:
            yield IPv4Network(_project_keys(file.read_text(encoding="utf-8"))["network"]["cidr"])
        except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):
            continue


def _project_keys(text: str) -> dict[str, Any]:
    config = yaml.safe_load(text)["config"]
    return {key.removeprefix(f"{PROJECT}:"): value for key, value in config.items() if key.startswith(f"{PROJECT}:")}


def _examined(text: str, region: str) -> list[str]:
    _, problems, warnings = examine(_project_keys(text), region, Wording(PROJECT))
    if problems:
        raise NewStackError("the new file would not pass the checks:\n" + "\n".join(map(str, problems)))
    return warnings


def _main(environment: str, region: str) -> None:
    stack = new_stack(environment, region, shipped(), _CHECKOUT)
    print(f"wrote {write(stack, _CHECKOUT).name}")
    for warning in stack.warnings:
        print(f"  note: {warning}")
    print(f"next:\n  make preview STACK={stack.stack}   # the whole plan, no account needed")
    print(f"  pulumi stack init {stack.stack}\n  make up STACK={stack.stack}")


if __name__ == "__main__":
    try:
        _main(*[*sys.argv[1:], "", ""][:2])
    except NewStackError as error:
        sys.exit(f"error: {error}")
