"""What no stack may do: rules over the resources of a plan.

The policy pack runs them in the engine, `ops plan` over a plan's JSON: the same functions.
"""

from collections.abc import Iterator, Sequence

from ops.rules.budget import within_budget
from ops.rules.cluster import api_server_is_private, cluster_is_protected, disks_are_encrypted
from ops.rules.pools import spot_has_a_way_out
from ops.rules.rule import Finding, Level, Plan, Rule
from ops.rules.services import gateway_is_guarded, gpu_is_asked_for, image_by_digest
from ops.rules.tags import tagged

RULES: Sequence[Rule] = (
    gpu_is_asked_for,
    image_by_digest,
    gateway_is_guarded,
    api_server_is_private,
    cluster_is_protected,
    disks_are_encrypted,
    spot_has_a_way_out,
    tagged,
    within_budget,
)


def judge(plan: Plan) -> Iterator[Finding]:
    """Every violation of every rule, in the order of the rules."""
    for rule in RULES:
        yield from rule.judge(plan)


__all__ = ["RULES", "Finding", "Level", "Plan", "Rule", "judge"]
