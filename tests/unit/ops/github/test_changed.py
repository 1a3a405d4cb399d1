"""Which stacks a change can touch."""

import pytest

from ops.github.changed import changed_stacks

STACKS = ["prod-shanghai", "dev", "prod-singapore"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], []),
        (["docs/architecture.md", "README.md", "tests/unit/test_layering.py", "lab/cli.py"], []),
        (["Pulumi.dev.yaml"], ["dev"]),
        (["Pulumi.dev.yaml", "Pulumi.prod-shanghai.yaml", "README.md"], ["dev", "prod-shanghai"]),
        (["Pulumi.gone.yaml"], []),
        (["components/network.py"], sorted(STACKS)),
        (["Pulumi.dev.yaml", "requirements.txt"], sorted(STACKS)),
        (["Pulumi.yaml"], sorted(STACKS)),
        (["something/new.py"], sorted(STACKS)),
    ],
)
def test_a_stack_file_touches_its_stack_and_the_program_all_of_them(files: list[str], expected: list[str]) -> None:
    assert changed_stacks(files, STACKS) == expected
