"""The names that a PromQL expression uses."""

import re

_WORDS = {"and", "bool", "by", "group_left", "group_right", "ignoring", "inf", "nan", "offset", "on", "or", "unless",
          "without"}  # fmt: skip
_TEXT = r'"(?:[^"\\]|\\.)*"'
_LABEL_LISTS = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"


def metrics(expression: str) -> set[str]:
    """Metrics alone: no functions, labels, texts or durations."""
    bare = re.sub(_TEXT, "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(_LABEL_LISTS, " ", bare)
    return {name for name in re.findall(r"\b[A-Za-z_][\w:]*\b(?!\s*\()", bare) if name not in _WORDS}


def labels(expression: str) -> set[str]:
    """Labels that a matcher or a grouping names."""
    matchers = re.findall(r"[{,]\s*([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)", re.sub(_TEXT, '""', expression))
    groupings = re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", expression)
    return {*matchers, *(label.strip() for grouping in groupings for label in grouping.split(","))}


def balanced(expression: str) -> bool:
    """Whether every bracket is closed by its own kind."""
    pairs, open_ = {")": "(", "]": "[", "}": "{"}, []
    for sign in re.sub(_TEXT, "", expression):
        if sign in pairs.values():
            open_.append(sign)
        elif sign in pairs and (not open_ or open_.pop() != pairs[sign]):
            return False
    return not open_
