"""The comment that reviewers read."""

import pytest

from ops.plan.markdown import LIMIT, markdown
from ops.plan.report import Report, StackReport, against_state, offline
from tests.unit.ops.plan.samples import created, document, pool, service, switch
from tests.unit.ops.plan.test_report import tagged

BASE = created(tagged(pool("p")), service("sd", {"max": "1"}), tagged(switch("a", "10.0.0.0/20")))


def comment(*stacks: StackReport, limit: int = LIMIT) -> str:
    return markdown(Report(stacks), limit)


def head(max_: str = "1", cidr: str = "10.0.0.0/20", **container: object) -> str:
    return created(tagged(pool("p")), service("sd", {"max": max_}, **container), tagged(switch("a", cidr)))


def test_a_change_is_a_row_with_old_and_new_value() -> None:
    text = comment(offline("dev", BASE, head("2")))

    assert text.startswith("### Preview · 1 stack changes\n")
    assert "| dev | – | 1 | – | – |" in text
    assert "| ~ | service `sd` | `max` | `1` | `2` |" in text


def test_a_replacement_of_value_is_on_top_with_consequence_cause_and_mend() -> None:
    text = comment(offline("dev", BASE, head(cidr="10.1.0.0/20")))

    top = text.partition("<details>")[0]
    assert "1 needs care" in top
    assert "| **1** |" in top
    assert "**replaces a vSwitch**" in top
    assert "> **dev · vSwitch `a` is replaced.** It cannot be deleted while" in top
    assert "Cause: `cidrBlock` `10.0.0.0/20` → `10.1.0.0/20` (fixed at creation)." in top
    assert "Mend: Add a zone" in top


def test_of_what_is_protected_the_reader_learns_that_the_engine_will_refuse() -> None:
    base, after = (created({**tagged(switch("a", cidr)), "protect": True}) for cidr in ("10.0.0.0/20", "10.1.0.0/20"))

    assert "It is protected, so `up` refuses this" in comment(offline("dev", base, after))
    assert "It is protected" not in comment(offline("dev", BASE, head(cidr="10.1.0.0/20")))


def test_nothing_changed_is_said_in_one_line() -> None:
    text = comment(offline("dev", BASE, BASE))

    assert "### Preview · no stack changes" in text
    assert "<details>" not in text


def test_the_last_line_says_how_each_plan_was_made() -> None:
    live, offline_ = against_state("run", BASE), offline("new", None, BASE)

    assert "Plan made against the running stacks." in comment(live).splitlines()[-1]
    assert "Plan made offline" in comment(offline_).splitlines()[-1]
    assert "Plan of new made offline" in comment(live, offline_).splitlines()[-1]


def test_a_refusal_names_rule_resource_and_mend() -> None:
    text = comment(offline("dev", BASE, head("2", image="r.example.com/sd:latest")))

    assert (
        "> **dev · policy image-by-digest: `sd`.** Image r.example.com/sd:latest is named by a tag. Mend: append"
        in text
    )


def test_a_stack_without_a_plan_shows_why() -> None:
    broken = document([], diagnostics=[{"severity": "error", "message": "network.zones: [x]\n  at least two"}])

    assert "<pre>network.zones: [x]\n  at least two</pre>" in comment(offline("dev", BASE, broken))


@pytest.mark.parametrize("hostile", ["a|b", "`x` **y**", "<script>", "@everyone", "line\nline", "</details>", "[a](b)"])
def test_nothing_in_a_value_is_markup(hostile: str) -> None:
    text = comment(offline("dev", BASE, head("2", image=hostile)))

    row = next(line for line in text.splitlines() if "].image`" in line)
    value = row.rpartition("| `")[2]
    assert value.endswith("` |")
    assert "`" not in value.removesuffix("` |")
    assert row.replace("\\|", "").count("|") == 6


@pytest.mark.parametrize("hostile", ["<img src=x>", "</pre><b>", "@everyone"])
def test_nothing_in_an_error_is_markup(hostile: str) -> None:
    text = comment(offline("dev", BASE, document([], diagnostics=[{"severity": "error", "message": hostile}])))

    assert text.count("<pre>") == text.count("</pre>") == 1
    assert "<img" not in text
    assert "<b>" not in text


def test_what_does_not_fit_is_cut_by_severity_and_counted() -> None:
    base = created(*(switch(f"s{number}", "10.0.0.0/20") for number in range(200)))
    after = created(
        *(switch(f"s{number}", "10.1.0.0/20") for number in range(200)),
        *(service(f"new{number}") for number in range(2000)),
    )

    text = comment(offline("dev", base, after))

    assert len(text) <= LIMIT
    assert text.count("| ± | vSwitch") == 200
    assert 0 < text.count("| + | service") < 2000
    assert "more lines are in the full report" in text


def test_even_a_thousand_broken_stacks_fit() -> None:
    assert len(comment(*(StackReport(f"s{number}", errors=["no " * 1000]) for number in range(1000)))) <= LIMIT


def test_the_same_plans_give_the_same_comment_in_any_order_of_steps() -> None:
    one = created(service("a", {"max": "2"}), service("b", {"max": "2"}))
    other = created(service("b", {"max": "2"}), service("a", {"max": "2"}))
    base = created(service("b", {"max": "1"}), service("a", {"max": "1"}))

    assert comment(offline("dev", base, one)) == comment(offline("dev", base, other))


def test_secrets_are_masked_and_the_reader_is_told() -> None:
    plan = created(service("sd", {"max": "2"}, env=[{"name": "LOGIN", "value": "[secret]"}]))

    text = comment(offline("dev", created(service("sd", {"max": "1"})), plan))

    assert "Encrypted values are masked" in text
