"""The rule about the stack's budget."""

from ops.cost.hourly import CLUSTER, NODE_POOL, hourly, pool_sizes
from ops.cost.prices import shipped
from ops.rules.rule import Plan, Violations, rule


@rule(
    "within-budget",
    "With every pool at its largest a stack costs no more by the hour than its budget; prices are estimates.",
    "lower maxSize of a pool, or raise budget.maxHourly",
)
def within_budget(plan: Plan) -> Violations:
    """Reported with the pool that may grow most; prices are estimates, and the message says so."""
    if plan.budget is None:
        return
    prices, budget = shipped(), plan.budget
    most = hourly(((one.type, one.name, one.inputs) for one in plan.resources), prices).ceiling
    cost = most * prices.rate(budget.currency)
    if cost > budget.max_hourly:
        pools = sorted(plan.of(NODE_POOL), key=lambda pool: pool_sizes(pool.inputs)[1])
        blamed = pools[-1] if pools else next(plan.of(CLUSTER), plan.resources[0])
        yield (
            blamed,
            f"about {cost:.2f} {budget.currency} an hour with every pool at its largest, "
            f"over the budget of {budget.max_hourly:g} {budget.currency}",
        )
