"""Programs and plugins run by the host as children, against an engine that only listens."""

# ruff: noqa: N802 - the methods' names are the protocol's

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc
from pulumi.runtime.proto import language_pb2 as lang

from lab.plugins.kubernetes.convert import load
from lab.plugins.language.host import Host
from lab.plugins.serving import start
from tests.unit.lab.plugins.calls import CallContext, CallFailedError

Outcome = tuple[lang.RunResponse, "Listener"]


@dataclass
class Listener(engine_pb2_grpc.EngineServicer, resource_pb2_grpc.ResourceMonitorServicer):
    """Engine and resource monitor in one: keeps what a program says."""

    errors: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:
        if request.severity == engine_pb2.ERROR:
            self.errors.append(request.message)
        return empty_pb2.Empty()

    def GetDeploymentInfo(self, request: empty_pb2.Empty, context: Any) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo()

    def SupportsFeature(self, request: Any, context: Any) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=False)

    def RegisterResource(self, request: Any, context: Any) -> resource_pb2.RegisterResourceResponse:
        self.registered.append(request.name)
        return resource_pb2.RegisterResourceResponse(urn=f"urn:pulumi:dev::p::{request.type}::{request.name}")

    def RegisterResourceOutputs(self, request: Any, context: Any) -> empty_pb2.Empty:
        self.outputs = load(request.outputs)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()


class EndlessContext(CallContext):
    """A call that is not ended from outside."""

    def add_callback(self, callback: Callable[[], None]) -> None:
        self.end = callback


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[str], Outcome]]:
    """Run a program's text in a folder of its own; `helper.py` lies beside it."""
    listener = Listener()

    def register(server: Any) -> None:
        engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(listener, server)

    server, port = start(register, workers=4)
    source = tmp_path / "src"
    source.mkdir()
    (source / "helper.py").write_text("def fail():\n    raise ValueError('boom')\n")

    def go(text: str) -> Outcome:
        (source / "__main__.py").write_text(text)
        request = lang.RunRequest(
            project="p",
            stack="dev",
            parallel=4,
            config={"p:size": "3"},
            monitor_address=f"127.0.0.1:{port}",
            info=lang.ProgramInfo(root_directory=str(tmp_path), program_directory=str(source), entry_point="."),
        )
        return Host(f"127.0.0.1:{port}").Run(request, EndlessContext()), listener

    yield go
    server.stop(None)


def test_a_program_runs_in_its_folder_with_its_configuration(run: Any, tmp_path: Path) -> None:
    response, listener = run(
        "import os, importlib.util, helper, pulumi\n"
        "pulumi.export('size', pulumi.Config().require_int('size'))\n"
        "pulumi.export('folder', os.getcwd())\n"
        "ours = [name for name in ('lab', 'host', 'streams') if importlib.util.find_spec(name)]\n"
        "pulumi.export('ours', ours)\n"
    )

    assert response == lang.RunResponse()
    assert listener.outputs == {"size": 3, "folder": str(tmp_path / "src"), "ours": []}
    assert listener.registered == ["p-dev"]


def test_an_exception_is_shown_from_the_programs_own_frames_on(run: Any) -> None:
    response, listener = run("import helper\nhelper.fail()\n")

    assert response == lang.RunResponse(bail=True)
    (error,) = listener.errors
    assert error.startswith("Program failed with an unhandled exception:\nTraceback (most recent call last):\n")
    assert error.splitlines()[2].endswith('/src/__main__.py", line 2, in <module>')
    assert error.rstrip().endswith("ValueError: boom")
    assert "runpy" not in error


def test_an_exception_in_an_apply_is_shown_once(run: Any) -> None:
    response, listener = run("import pulumi, helper\npulumi.Output.from_input(1).apply(lambda _: helper.fail())\n")

    assert response.bail
    (error,) = listener.errors
    assert error.count("ValueError: boom") == 1


def test_a_syntax_error_shows_the_line_and_nothing_else(run: Any) -> None:
    response, listener = run("def (:\n")

    assert response.bail
    (error,) = listener.errors
    assert [line.strip() for line in error.splitlines()[-4:]][1:] == ["def (:", "^", "SyntaxError: invalid syntax"]
    assert "site-packages" not in error


@pytest.mark.parametrize(
    ("text", "response", "errors"),
    [
        ("import pulumi\nraise pulumi.RunError('told plainly')\n", lang.RunResponse(bail=True), ["told plainly"]),
        ("raise SystemExit(3)\n", lang.RunResponse(error="Program exited with non-zero exit code: 3"), []),
        ("raise SystemExit(0)\n", lang.RunResponse(), []),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", lang.RunResponse(), []),
    ],
    ids=["RunError", "sys.exit(3)", "sys.exit(0)", "Ctrl-C"],
)
def test_other_ways_to_end_are_told_apart(run: Any, text: str, response: lang.RunResponse, errors: list[str]) -> None:
    answer, listener = run(text)

    assert answer == response
    assert listener.errors == errors


def plugin(folder: Path, text: str, **more: Any) -> list[lang.RunPluginResponse]:
    (folder / "__main__.py").write_text(text)
    info = lang.ProgramInfo(root_directory=str(folder), program_directory=str(folder))
    return list(Host("").RunPlugin(lang.RunPluginRequest(info=info, **more), EndlessContext()))


def test_a_plugin_gets_its_arguments_and_environment_and_its_output_is_passed_on(tmp_path: Path) -> None:
    text = "import os, sys\nprint(sys.argv[1:], os.environ['A'])\nprint('bad', file=sys.stderr)\nsys.exit(4)\n"

    answers = plugin(tmp_path, text, args=["127.0.0.1:1"], env=["A=b=c"])

    assert lang.RunPluginResponse(stdout=b"['127.0.0.1:1'] b=c\n") in answers
    assert lang.RunPluginResponse(stderr=b"bad\n") in answers
    assert answers[-1] == lang.RunPluginResponse(exitcode=4)


def test_a_plugin_is_heard_while_it_runs(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("print(4711)\nimport time\ntime.sleep(60)\n")
    info = lang.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path))
    context = EndlessContext()

    answers = Host("").RunPlugin(lang.RunPluginRequest(info=info), context)

    assert next(answers).stdout == b"4711\n"
    context.end()
    assert list(answers)[-1] == lang.RunPluginResponse(exitcode=-15), "it ends with the call that started it"


def test_a_folder_without_a_main_is_no_plugin(tmp_path: Path) -> None:
    info = lang.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path))

    with pytest.raises(CallFailedError, match=r"is no plugin: it has no __main__\.py"):
        next(Host("").RunPlugin(lang.RunPluginRequest(info=info), EndlessContext()))
