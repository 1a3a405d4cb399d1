"""Running `pulumi` for a stack file of this checkout, with file state and without touching the file.

`pulumi stack init` writes its salt into the stack file. The stack is therefore made beside a copy of the file, and
every command is pointed at the copy.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from lab.layout import Layout
from lab.tools.pulumi import CHECKOUT, FOLDER, Installed

# Opens nothing real: the provider insists on some key, and the emulated account checks that it signed with this one.
KEYS = {"ALICLOUD_ACCESS_KEY": "lab-access-key", "ALICLOUD_SECRET_KEY": "lab-secret-key"}
# Without these two the provider asks the account for them at every start, for up to a minute where there is none.
ACCOUNT = {"ALIBABA_CLOUD_ACCOUNT_TYPE": "Domestic", "ALICLOUD_ACCOUNT_ID": "1234567890123456"}
PASSPHRASE = "lab"
PASSPHRASE_VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
CREDENTIALS = ("ALICLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_", "AWS_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class WorkspaceError(Exception):
    """The stack cannot be made; the message says why and what to do."""


class Workspace:
    """State and configuration copy of one stack.

    folder: holds both; a lasting one keeps the stack between commands.
    config: Pulumi.<stack>.yaml, wherever it lies. environment: on top of what pulumi needs.
    checkout: whose program runs, another revision's perhaps.
    """

    def __init__(
        self,
        folder: Path,
        config: Path,
        installed: Installed,
        environment: Mapping[str, str],
        checkout: Path = CHECKOUT,
    ):
        self.stack = config.name.removeprefix("Pulumi.").removesuffix(".yaml")
        self._folder = folder
        self._source = config
        self.checkout = checkout
        self.config = folder / "project" / f"Pulumi.{self.stack}.yaml"
        self.environment = _environment(folder, installed, environment)

    def prepare(self) -> None:
        """Takes over the stack file as it is now, and makes the stack if there is none yet."""
        project = self.config.parent
        project.mkdir(parents=True, exist_ok=True)
        (self._folder / "state").mkdir(exist_ok=True)
        shutil.copy(self.checkout / "Pulumi.yaml", project / "Pulumi.yaml")
        salt = _salt(self.config) if self.config.exists() else None
        shutil.copy(self._source, self.config)
        if salt and not _salt(self.config):
            with self.config.open("a") as file:
                file.write(f"\nencryptionsalt: {salt}\n")
        if not salt:
            self._init(project)

    def _init(self, project: Path) -> None:
        done = subprocess.run(
            ["pulumi", "stack", "init", self.stack, "--secrets-provider", "passphrase", "--non-interactive"],
            cwd=project, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode == 0:
            return
        if "passphrase" in done.stdout:
            raise WorkspaceError(
                f"{self._source.name} was encrypted with another passphrase than the one in use. "
                f"Mend: set {' or '.join(PASSPHRASE_VARIABLES)} to that stack's own, and try again."
            )
        raise WorkspaceError(f"pulumi cannot make the stack {self.stack}:\n{done.stdout.strip()}")

    def command(self, verb: str, arguments: Sequence[str] = ()) -> list[str]:
        """The command line of a verb that works on the stack, such as preview or up."""
        return ["pulumi", verb, "--stack", self.stack, "--config-file", str(self.config), *arguments]

    def run(self, verb: str, arguments: Sequence[str] = (), capture: bool = False) -> subprocess.CompletedProcess[str]:
        """Runs a verb in its checkout; with capture, stdout and stderr are kept apart in the result."""
        pipe = subprocess.PIPE if capture else None
        return subprocess.run(
            self.command(verb, arguments), cwd=self.checkout, env=self.environment, text=True, stdout=pipe, stderr=pipe
        )

    def start(self, verb: str, arguments: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Runs a verb beside this process, silently, in a process group of its own."""
        return subprocess.Popen(
            self.command(verb, arguments),
            cwd=self.checkout,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def outputs(self) -> str:
        """The stack's outputs as JSON, secrets in the clear: never to be printed."""
        command = ["pulumi", "stack", "output", "--stack", self.stack, "--json", "--show-secrets"]
        done = subprocess.run(
            command, cwd=self.config.parent, env=self.environment, text=True, check=True, stdout=subprocess.PIPE
        )
        return done.stdout

    def changes(self) -> dict[str, str]:
        """The variables that differ from this process's own: what a shell needs for plain `pulumi`."""
        return {name: value for name, value in self.environment.items() if os.environ.get(name) != value}


def state_environment(layout: Layout, bucket: str, region: str) -> dict[str, str]:
    """What has pulumi keep its state in a bucket of the emulated account, on top of lab_environment.

    AWS_CA_BUNDLE, where a machine sets it, goes before SSL_CERT_FILE in Pulumi's client of S3. Without when_required it
    warns of every answer that has no checksum.
    """
    endpoint = f"endpoint=https://s3.oss-{region}.aliyuncs.com&region={region}"
    return {
        "PULUMI_BACKEND_URL": f"s3://{bucket}?{endpoint}&response_checksum_validation=when_required",
        "AWS_ACCESS_KEY_ID": KEYS["ALICLOUD_ACCESS_KEY"],
        "AWS_SECRET_ACCESS_KEY": KEYS["ALICLOUD_SECRET_KEY"],
        "AWS_CA_BUNDLE": str(layout.ca_certificate),
    }


def lab_environment(layout: Layout) -> dict[str, str]:
    """What sends a provider to the emulated account instead of the real one.

    HTTPS_PROXY in upper case only: gRPC's C core obeys the lower-case one even for the SDK's own loopback calls.
    """
    return {
        **KEYS,
        **ACCOUNT,
        "HTTPS_PROXY": f"http://127.0.0.1:{layout.proxy_port}",
        "NO_PROXY": "127.0.0.1,localhost",
        "SSL_CERT_FILE": str(layout.ca_certificate),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }


def lab_workspace(layout: Layout, installed: Installed, environment: Mapping[str, str] | None = None) -> Workspace:
    """The lasting workspace of stack `local`. environment: on top of lab_environment."""
    folder = FOLDER / "stacks" / layout.name
    variables = {**lab_environment(layout), **(environment or {})}
    return Workspace(folder, CHECKOUT / "Pulumi.local.yaml", installed, variables)


def _salt(config: Path) -> str | None:
    return (yaml.safe_load(config.read_text()) or {}).get("encryptionsalt")


def _environment(folder: Path, installed: Installed, extra: Mapping[str, str]) -> dict[str, str]:
    """A clean environment: the user's credentials and proxies have no business with dummy keys."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(CREDENTIALS) and name.lower() not in PROXIES
    }
    passphrase = {} if any(map(kept.get, PASSPHRASE_VARIABLES)) else {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    if "PULUMI_CONFIG_PASSPHRASE" in extra:
        kept.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
    return {
        **kept,
        **passphrase,
        "PATH": os.pathsep.join([str(installed.binaries), str(Path(sys.executable).parent), kept.get("PATH", "")]),
        "PULUMI_HOME": str(installed.home),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **extra,
    }
