"""The rules of ops/rules as policies of the engine."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from ops.cost.budget import Budget
from ops.cost.prices import shipped
from ops.plan.preview import STACK_TYPE, Resource
from ops.plan.values import UNKNOWN
from ops.rules import RULES, Level, Rule
from ops.rules.rule import Plan

_LEVELS = {Level.ADVISORY: EnforcementLevel.ADVISORY, Level.MANDATORY: EnforcementLevel.MANDATORY}


def policies() -> list[Policy]:
    """One per rule, over the whole stack: some need to see more than one resource.

    Of the whole stack the engine tells what the providers gave back, which is nothing for what is in a cluster that
    does not exist yet. So another policy, which finds nothing, notes down what the program asked for.
    """
    inputs: dict[str, Mapping[str, Any]] = {}
    return [_noting(inputs), *(_policy(rule, inputs) for rule in RULES)]


def _noting(inputs: MutableMapping[str, Mapping[str, Any]]) -> Policy:
    def note(args: ResourceValidationArgs, report: ReportViolation) -> None:
        inputs[args.urn] = plain(args.props)

    return ResourceValidationPolicy(
        name="inputs",
        description="Finds nothing: notes down the inputs of every resource for the other policies.",
        enforcement_level=EnforcementLevel.ADVISORY,
        validate=note,
    )


def _policy(rule: Rule, inputs: Mapping[str, Mapping[str, Any]]) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for finding in rule.judge(plan(args.resources, inputs)):
            report(f"{finding.message}. Mend: {finding.mend}.", finding.urn)

    return StackValidationPolicy(
        name=rule.name,
        description=rule.description,
        enforcement_level=_LEVELS[rule.level],
        validate=validate,
    )


def plan(resources: Iterable[PolicyResource], inputs: Mapping[str, Mapping[str, Any]]) -> Plan:
    """What the rules look at, out of what the engine tells.

    It tells no configuration to a pack written in Python: the stack has what is needed of it among its outputs.
    """
    found: list[Resource] = []
    said: Mapping[str, Any] = {}
    for one in resources:
        if one.resource_type == STACK_TYPE:
            said = plain(one.props).get("policy") or {}
        else:
            found.append(Resource(one.urn, one.resource_type, inputs.get(one.urn) or plain(one.props)))
    return Plan(found, said.get("production") is True, Budget.of(said.get("budget"), shipped()))


def plain(value: Any) -> Any:
    """With the engine's sign for unknown values in place of them, as reading one would end the rule, and whole numbers
    whole, as the engine sends them all as floats."""
    if isinstance(value, Mapping):
        return {key: _member(value, key) for key in value}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__") and hasattr(value, "__getitem__"):
        return [_member(value, index) for index in range(len(value))]
    return value


def _member(value: Any, key: Any) -> Any:
    try:
        return plain(value[key])
    except UnknownValueError:
        return UNKNOWN
