"""The Pulumi CLI and its provider plugins: from PATH, else Pulumi's releases, else built here or the lab's own."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lab.files import draft, write_whole
from lab.tools import cache, gobuild, official
from lab.tools.report import ToolError, say
from lab.tools.versions import ALICLOUD, ALICLOUD_PLUGIN, KUBERNETES_PLUGIN, LAB, PULUMI, PULUMI_CLI

CHECKOUT = LAB.parent
FOLDER = CHECKOUT / ".lab"  # what belongs to one checkout; git ignores it
LAUNCHER = """#!/bin/sh
# Runs this checkout's own {what} with this checkout's Python.
PYTHONPATH='{checkout}' exec '{python}' -m {module} "$@"
"""


@dataclass(frozen=True)
class Installed:
    """What a `pulumi` command of this checkout runs with.

    binaries: folder with `pulumi`, to be first on PATH. home: PULUMI_HOME with the plugins.
    """

    binaries: Path
    home: Path


def install() -> Installed:
    """Makes sure that CLI and plugins are there, and says which way each was taken. Instant the second time."""
    if not sys.platform.startswith("linux"):
        raise ToolError("the CLI and plugins of this checkout are set up on Linux only. Mend: use `pulumi` directly.")
    home = FOLDER / "pulumi-home"
    binaries = _cli()
    _plugin(home, "alicloud", ALICLOUD)
    _plugin(home, "kubernetes", KUBERNETES_PLUGIN)
    return Installed(binaries, home)


def _cli() -> Path:
    """The folder of `pulumi` and its Python language host."""
    if found := _on_path():
        say("pulumi", f"from PATH: {found}")
        return found
    if folder := official.cached("pulumi"):
        say("pulumi", f"{PULUMI}, downloaded earlier")
        return folder / "pulumi"
    if not PULUMI_CLI.folder.is_dir() and (folder := official.download("pulumi")):
        return folder / "pulumi"
    built = gobuild.build(PULUMI_CLI)
    say("pulumi", f"{PULUMI}, built from source, with the lab's language host")
    # A real file with the language host beside it: for a link the CLI looks elsewhere and warns at every run.
    binaries = FOLDER / "bin"
    _place(built / "bin" / "pulumi", binaries / "pulumi")
    _launcher(binaries / "pulumi-language-python", "language host", "lab.plugins.language")
    return binaries


def _on_path() -> Path | None:
    """The folder of a `pulumi` on PATH that is new enough and brings its own language host."""
    which = shutil.which("pulumi")
    if which is None or FOLDER in Path(which).parents or shutil.which("pulumi-language-python") is None:
        return None
    text = subprocess.run([which, "version"], check=False, text=True, stdout=subprocess.PIPE).stdout
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    if found and tuple(map(int, found.groups())) >= tuple(map(int, PULUMI.split("."))):
        return Path(which).parent
    say("pulumi", f"{which} is {text.strip() or 'broken'}, at least {PULUMI} is needed: not used")
    return None


def _plugin(home: Path, name: str, version: str) -> None:
    target = home / "plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
    folder = official.cached(name)
    made_here = ALICLOUD_PLUGIN.folder.is_dir() if name == "alicloud" else target.is_file()
    if folder is None and not made_here:
        folder = official.download(name)
    if folder:
        _place(folder / target.name, target)
        say(f"plugin {name}", f"{version}, the official one")
    elif name == "alicloud":
        _place(gobuild.build(ALICLOUD_PLUGIN) / "bin" / target.name, target)
        say(f"plugin {name}", f"{version}, the Terraform provider bridged here")
    else:
        _launcher(target, f"{name} plugin", f"lab.plugins.{name}")
        say(f"plugin {name}", f"{version}, the lab's stand-in")


def _place(source: Path, target: Path) -> None:
    """Hard link where the file systems allow it, else a copy; untouched where it is the same file already."""
    if target.exists() and target.stat().st_size == source.stat().st_size and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = draft(target)
    try:
        new.hardlink_to(source)
    except OSError:
        shutil.copy2(source, new)
    new.rename(target)
    # To rename one link of a file to another one of it does nothing: somebody else was faster.
    new.unlink(missing_ok=True)


def _launcher(target: Path, what: str, module: str) -> None:
    """A shell script; untouched where it says the same already, for Linux runs no program that is being written."""
    text = LAUNCHER.format(what=what, checkout=CHECKOUT, python=sys.executable, module=module)
    if target.is_file() and target.read_text() == text and os.access(target, os.X_OK):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, text, 0o755)


def clean() -> None:
    """Removes the whole cache folder and this checkout's links into it."""
    for folder in (cache.root(), FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
