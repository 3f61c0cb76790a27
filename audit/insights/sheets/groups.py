"""Estimates by what branches have in common."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from audit.insights.sheets.estimates import row_of
from audit.insights.view import BranchLine, View


def grouped(
    view: View, key: Callable[[BranchLine], str], title: Callable[[str], str]
) -> list[Mapping[str, Any]]:
    """One row a group, by title."""
    groups: dict[str, list[int]] = defaultdict(list)
    for line in view.lines:
        groups[key(line)].append(line.id)
    rows = [{"_key": name, "name": title(name), **_figures(view, ids)} for name, ids in groups.items()]
    return sorted(rows, key=lambda row: (not row["_key"], str(row["name"])))


def _figures(view: View, branch_ids: Iterable[int]) -> dict[str, Any]:
    return row_of(view.estimate(list(branch_ids)))
