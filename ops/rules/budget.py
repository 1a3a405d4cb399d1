"""The rule about the stack's budget."""

from ops.cost.items import CLUSTER, NODE_POOL, pool_sizes
from ops.cost.prices import shipped
from ops.cost.summary import cost_of
from ops.rules.rule import Plan, Violations, rule


@rule(
    "within-budget",
    "With every pool at its largest a stack costs no more by the hour than its budget; prices are estimates.",
    "lower maxSize of a pool, raise budget.maxHourly, or give a price under budget.prices",
)
def within_budget(plan: Plan) -> Violations:
    """Reported with the pool that may grow most."""
    if plan.budget.max_hourly is None:
        return
    cost = cost_of(plan.resources, plan.budget, shipped())
    for pool in plan.of(NODE_POOL):
        unpriced = [one for one in pool.inputs.get("instanceTypes") or [] if one in cost.unpriced]
        if unpriced:
            yield pool, f"no price for {', '.join(unpriced)}, so nobody knows whether the budget is kept"
    if cost.ceiling > plan.budget.max_hourly:
        pools = sorted(plan.of(NODE_POOL), key=lambda pool: pool_sizes(pool.inputs)[1])
        blamed = pools[-1] if pools else next(plan.of(CLUSTER), plan.resources[0])
        yield (
            blamed,
            f"about {cost.ceiling:.2f} {cost.currency} an hour with every pool at its largest, "
            f"over the budget of {plan.budget.max_hourly:g} {cost.currency}",
        )
