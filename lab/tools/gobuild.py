"""Programs built from Go modules, at pinned versions, with progress.

Each program has a module of its own with a complete require list and go.sum: their pins clash, replaces are not
inherited, and `go mod tidy` would load graphs of modules that nobody compiles.
"""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.tools import cache
from lab.tools.report import Progress, ToolError, say

GO_MINIMUM = (1, 25)
TAIL = 25  # lines of a failed build that are shown


@dataclass(frozen=True)
class GoProgram:
    """What `go build` makes of one folder.

    source: folder with go.mod, go.sum and the main package, or only `tool` lines.
    packages: what to build; "tool" is every tool line of go.mod.
    output: name of the binary below bin/, or "" where the packages name themselves.
    ldflags: on top of -s -w. tags: build tags.
    extra: further inputs whose content belongs to the key.
    memory_gib: what the compiler needs at its peak; 0 is "any machine".
    """

    name: str
    source: Path
    packages: Sequence[str] = (".",)
    output: str = ""
    ldflags: str = ""
    tags: str = ""
    extra: Sequence[Path] = ()
    memory_gib: int = 0
    copies: Mapping[str, str] = field(default_factory=dict)  # module path -> folder: its config/ goes along

    @property
    def key(self) -> str:
        words = (*self.packages, self.output, self.ldflags, self.tags, *map("=".join, sorted(self.copies.items())))
        return cache.key_of([self.source, *self.extra], *words)

    @property
    def folder(self) -> Path:
        return cache.entry(self.name, self.key)


def build(program: GoProgram) -> Path:
    """The folder of the built program (binaries below bin/); instant where it is in the cache."""
    return cache.produce(program.name, program.key, lambda folder: _build(program, folder))


def _build(program: GoProgram, folder: Path) -> None:
    check_go()
    check_memory(program)
    say(program.name, "building from its Go modules")
    progress = Progress(program.name)
    environment = _environment()
    # A copy, because the go command may write into the module that it builds; the siblings are its local replaces.
    sources = folder / "src"
    shutil.copytree(program.source.parent, sources, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    source = sources / program.source.name
    total = _count(program, source, environment, progress)
    (folder / "bin").mkdir()
    output = str(folder / "bin" / program.output) if program.output else f"{folder / 'bin'}/"
    command = ["go", "build", "-v", "-trimpath", "-ldflags", f"-s -w {program.ldflags}".strip(), "-o", output]
    command += ["-tags", program.tags] if program.tags else []
    _run([*command, *program.packages], source, environment, progress, total)
    for module, name in program.copies.items():
        where = subprocess.run(
            ["go", "list", "-m", "-f", "{{.Dir}}", module], cwd=source, env=environment, check=True, text=True,
            stdout=subprocess.PIPE,
        ).stdout.strip()  # fmt: skip
        _copy_manifests(Path(where) / "config", folder / "config" / name)
    shutil.rmtree(sources)
    progress.done("built")


def _copy_manifests(source: Path, target: Path) -> None:
    """YAML only, and writable: the module cache is read-only."""
    for file in source.rglob("*.yaml"):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


def _count(program: GoProgram, source: Path, environment: Mapping[str, str], progress: Progress) -> int:
    """How many packages the build has; fetches the modules on the way."""
    listing = ["go", "list", "-deps", "-f", "{{.ImportPath}}"]
    listing += ["-tags", program.tags] if program.tags else []
    return len(_run([*listing, *program.packages], source, environment, progress, 0))


def _run(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], progress: Progress, total: int
) -> list[str]:
    """Runs a go command; its stdout lines. stderr feeds the progress line and, on failure, the message."""
    with subprocess.Popen(
        command, cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        printed: list[str] = []
        reader = threading.Thread(target=lambda out: printed.extend(out), args=(process.stdout,))
        reader.start()
        said: list[str] = []
        fetched = compiled = 0
        for line in process.stderr:
            said.append(line)
            if line.startswith("go: downloading"):
                fetched += 1
                progress.update(f"fetching modules: {fetched}")
            elif total:
                compiled += 1
                progress.update(f"compiling: {compiled} of {total} packages at most")
        reader.join()
        if process.wait():
            raise ToolError(
                f"`{' '.join(command[:3])} …` failed with status {process.returncode}:\n"
                + "".join(said[-TAIL:])
                + "Mend: if a module could not be fetched, check that this machine reaches a Go module proxy "
                "(`go env GOPROXY`), then run the same command again: what was compiled is kept."
            )
    return printed


def _environment() -> dict[str, str]:
    """Static binaries; no fallback to fetching from version control, so that a refusal is clean and quick."""
    proxies = subprocess.run(["go", "env", "GOPROXY"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOPROXY": proxies.removesuffix(",direct") or "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def check_go() -> None:
    """Raises ToolError without a Go of at least GO_MINIMUM."""
    wanted = ".".join(map(str, GO_MINIMUM))
    mend = f"Mend: install Go {wanted} or newer (https://go.dev/dl) and put its bin folder on PATH."
    if shutil.which("go") is None:
        raise ToolError(f"`go` is not on PATH, and this tool has to be built here. {mend}")
    text = subprocess.run(["go", "version"], check=True, text=True, stdout=subprocess.PIPE).stdout
    found = re.search(r"go(\d+)\.(\d+)", text)
    if not found or (int(found[1]), int(found[2])) < GO_MINIMUM:
        raise ToolError(f"Go is too old: {text.strip()}. {mend}")


def check_memory(program: GoProgram, meminfo: Path = Path("/proc/meminfo")) -> None:
    """Raises ToolError where the build would be killed half-way for want of memory."""
    if not program.memory_gib:
        return
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in meminfo.read_text().splitlines()}
    available = (sizes["MemAvailable"] + sizes.get("SwapFree", 0)) / 1024**2
    if available < program.memory_gib:
        raise ToolError(
            f"building {program.name} needs {program.memory_gib} GiB of memory, {available:.1f} GiB are available. "
            "Mend: close other programs, add swap, or copy the cache folder "
            f"{cache.root()} from a machine that has built it."
        )
