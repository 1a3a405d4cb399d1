"""Monitoring's settings against each other and against the alert rules that there are."""

from collections.abc import Callable, Iterator

from infra.alerts import shipped_alerts
from infra.checks.subject import Subject
from infra.settings.problem import Problem, did_you_mean


def known_rules(subject: Subject) -> Iterator[Problem]:
    """A misspelt name would leave the rule on."""
    monitoring, known = subject.draft.monitoring, shipped_alerts()
    for place, name in enumerate(monitoring.alerts.off if monitoring else ()):
        if name not in known:
            path = subject.at("monitoring", "alerts", "off", place)
            allowed = f"a rule of monitoring/alerts.yaml: {', '.join(known)}"
            yield Problem(path, f'"{name}"', allowed, did_you_mean(name, known, "remove it"))


def queue_metrics(subject: Subject) -> Iterator[Problem]:
    """What is to be read is said to the environment."""
    monitoring = subject.draft.monitoring
    if monitoring and monitoring.prometheus and monitoring.queue_metrics and not monitoring.environment:
        path = subject.at("monitoring", "queueMetrics")
        mend = "say queueMetrics: false, and enable the dashboards in ACK's console"
        yield Problem(path, "true without an environment", "false with environment: false", mend)


CHECKS: tuple[Callable[[Subject], Iterator[Problem]], ...] = (known_rules, queue_metrics)
