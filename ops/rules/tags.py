"""The rule about tags."""

from ops.plan.values import UNKNOWN
from ops.rules.rule import Plan, Violations, rule

TAGS = ("project", "stack", "managed-by")
# What is billed or could be mistaken for somebody else's.
_TAGGED = (
    "alicloud:vpc/network:Network",
    "alicloud:vpc/switch:Switch",
    "alicloud:vpc/natGateway:NatGateway",
    "alicloud:ecs/eipAddress:EipAddress",
    "alicloud:cs/managedKubernetes:ManagedKubernetes",
    "alicloud:cs/nodePool:NodePool",
)


@rule(
    "tagged",
    "What is billed says whose it is: project, stack and managed-by.",
    "hand the component the stack's tags",
)
def tagged(plan: Plan) -> Violations:
    for resource in plan.resources:
        tags = resource.inputs.get("tags") or {}
        missing = [name for name in TAGS if tags != UNKNOWN and name not in tags]
        if resource.type in _TAGGED and missing:
            yield resource, f"no tag {', '.join(missing)}"
