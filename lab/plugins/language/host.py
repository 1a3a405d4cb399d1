"""The language host as the engine sees it (pulumirpc.LanguageRuntime): runs programs and plugins written in Python."""

# ruff: noqa: N802 - the methods' names are the protocol's

import json
import platform
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2 as lang
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from . import environment, program
from .streams import output

_PROGRAM = Path(program.__file__)


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """engine: the address that programs report to; the engine gives a newer one with its handshake."""

    def __init__(self, engine: str):
        self._engine = engine

    def Handshake(self, request: lang.LanguageHandshakeRequest, context: Any) -> lang.LanguageHandshakeResponse:
        self._engine = request.engine_address
        return lang.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(
        self, request: lang.GetRequiredPackagesRequest, context: Any
    ) -> lang.GetRequiredPackagesResponse:
        needed = [
            plugin_pb2.PackageDependency(name=name, kind="resource", version=version, server=server)
            for name, version, server in environment.packages()
        ]
        return lang.GetRequiredPackagesResponse(packages=needed)

    def GetRequiredPlugins(
        self, request: lang.GetRequiredPluginsRequest, context: Any
    ) -> lang.GetRequiredPluginsResponse:
        return lang.GetRequiredPluginsResponse()

    def GetProgramDependencies(
        self, request: lang.GetProgramDependenciesRequest, context: Any
    ) -> lang.GetProgramDependenciesResponse:
        found = [lang.DependencyInfo(name=name, version=version) for name, version in environment.dependencies()]
        return lang.GetProgramDependenciesResponse(dependencies=found)

    def InstallDependencies(
        self, request: lang.InstallDependenciesRequest, context: Any
    ) -> Iterator[lang.InstallDependenciesResponse]:
        text = "nothing is installed by the lab's language host: `pip install -r requirements.txt` does it\n"
        yield lang.InstallDependenciesResponse(stdout=text.encode())

    def RuntimeOptionsPrompts(self, request: lang.RuntimeOptionsRequest, context: Any) -> lang.RuntimeOptionsResponse:
        return lang.RuntimeOptionsResponse()

    def About(self, request: lang.AboutRequest, context: Any) -> lang.AboutResponse:
        return lang.AboutResponse(executable=_python(request.info, context), version=platform.python_version())

    def Run(self, request: lang.RunRequest, context: Any) -> lang.RunResponse:
        spec = program.Spec(
            program=str(Path(request.info.program_directory, request.info.entry_point).resolve()),
            root=request.info.root_directory,
            project=request.project,
            stack=request.stack,
            organization=request.organization or "organization",
            monitor=request.monitor_address,
            engine=(request.args[0] if request.args else "") or self._engine,
            parallel=request.parallel,
            dry_run=request.dryRun,
            config=dict(request.config),
            secret_keys=list(request.configSecretKeys),
        )
        # By path, not `-m`: the program's Python need not have this checkout. -P keeps this folder out of its sys.path.
        command = [_python(request.info, context), "-P", "-u", str(_PROGRAM)]
        folder = request.pwd or request.info.program_directory
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, cwd=folder, env=environment.variables(), text=True
        ) as child:
            _ends_with(context, child)
            child.communicate(json.dumps(spec._asdict()))
        if child.returncode == program.REPORTED:
            return lang.RunResponse(bail=True)
        if child.returncode:
            return lang.RunResponse(error=f"Program exited with non-zero exit code: {child.returncode}")
        return lang.RunResponse()

    def RunPlugin(self, request: lang.RunPluginRequest, context: Any) -> Iterator[lang.RunPluginResponse]:
        """A policy pack, or any other plugin that is a folder with a `__main__.py`."""
        python = _python(request.info, context)
        folder = request.info.program_directory
        if not Path(folder, "__main__.py").exists():
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{folder} is no plugin: it has no __main__.py")
        extra = dict(pair.split("=", 1) for pair in request.env)
        child = subprocess.Popen(
            [python, "-u", folder, *request.args],
            cwd=request.pwd or folder,
            env=environment.variables(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _ends_with(context, child)
        for name, line in output(child):
            yield lang.RunPluginResponse(stdout=line) if name == "stdout" else lang.RunPluginResponse(stderr=line)
        yield lang.RunPluginResponse(exitcode=child.wait())

    def Cancel(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        """Nothing to do: the engine finishes what is in flight, then ends the call that runs the program."""
        return empty_pb2.Empty()


def _python(info: lang.ProgramInfo, context: Any) -> str:
    try:
        return environment.python(info)
    except ValueError as error:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise


def _ends_with(context: Any, child: "subprocess.Popen[Any]") -> None:
    """No child outlives the call that started it."""

    def end() -> None:
        if child.poll() is None:
            child.terminate()

    context.add_callback(end)
