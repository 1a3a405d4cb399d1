"""The versions that the lab is made of, and the Go programs built at them."""

from pathlib import Path

from lab.tools.gobuild import GoProgram

PULUMI = "3.259.0"
ALICLOUD = "3.105.0"  # bridges terraform-provider-alicloud 1.285.0, the newest whose modules can be fetched and built
KUBERNETES_PLUGIN = "4.32.0"
KUBERNETES = "1.35.4"  # Knative 0.50 is built on client-go 0.35 and refuses servers below 1.34

LAB = Path(__file__).resolve().parent.parent
MODULES = LAB / "tools" / "modules"


def _stamp(package: str) -> str:
    """Knative compares the server's version; unstamped, it is a placeholder that cannot be parsed."""
    major, minor, _ = KUBERNETES.split(".")
    return f"-X {package}.gitVersion=v{KUBERNETES} -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"


PULUMI_CLI = GoProgram(
    name="pulumi",
    source=MODULES / "pulumi",
    packages=("tool",),
    ldflags=f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI}",
    tags="osusergo,grpcnotrace",
)
ALICLOUD_PLUGIN = GoProgram(
    name="alicloud-plugin",
    source=LAB / "plugins" / "alicloud",
    output="pulumi-resource-alicloud",
    ldflags=f"-X main.version={ALICLOUD}",
    memory_gib=8,  # one package of the provider peaks at 6.6 GB in the compiler
)
KUBE = GoProgram(
    name="kube",
    source=MODULES / "kubernetes",
    output="kube",
    ldflags=f"{_stamp('k8s.io/component-base/version')} {_stamp('k8s.io/client-go/pkg/version')}",
)
KNATIVE = GoProgram(
    name="knative",
    source=MODULES / "knative",
    packages=("tool",),
    extra=(MODULES / "k8schain",),
    copies={
        "knative.dev/serving": "serving",
        "knative.dev/networking": "networking",
        "knative.dev/caching": "caching",
    },
)
STUB = GoProgram(name="stub", source=LAB / "images" / "stable_diffusion", output="python3")
PAUSE = GoProgram(name="pause", source=LAB / "images" / "pause", output="pause")
ACTIONLINT = GoProgram(name="actionlint", source=MODULES / "actionlint", packages=("tool",))
