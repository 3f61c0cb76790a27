"""The aggregate `branches`: means with ranges, the network, shrunk scores, ranks, flags (scoring.md 3)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from audit.scoring.cells import branches_of_cells
from audit.scoring.figures import plain
from audit.scoring.inputs import InputError, read_number, read_object, read_string, read_visits
from audit.scoring.sums import cells_of


def branches(document: Mapping[str, Any]) -> dict[str, Any]:
    """Compare the branches of one wave; the yardstick is pooled over all visits given."""
    wave = read_string(document, "wave")
    cells = cells_of(read_visits(document))
    visited = sorted({cell.branch for cell in cells if cell.wave == wave})
    weights = _weights(document, visited)
    total = _total_branches(document, len(visited))
    found = branches_of_cells(cells, wave, weights, total)
    network = plain(found.network)
    return {
        "s": found.yardstick.s,
        "df": found.yardstick.df,
        "tau": found.tau,
        "network": {key: network[key] for key in ("mean", "low", "high")},
        "branches": [plain(row) for row in found.branches],
    }


def _weights(document: Mapping[str, Any], visited: list[str]) -> dict[str, Fraction] | None:
    """What each branch counts in the network mean: its traffic, or all alike."""
    if "weights" not in document:
        return None
    given = read_object(document["weights"], "weights")
    weights = {branch: read_number(given, branch, "weights.") for branch in visited}
    if any(weight < 0 for weight in weights.values()):
        raise InputError("weights: must not be negative")
    return weights


def _total_branches(document: Mapping[str, Any], visited: int) -> int:
    """How many branches exist; by default those visited."""
    total = document.get("total_branches", visited)
    if type(total) is not int or total < visited:
        raise InputError("total_branches: must be an integer, not less than the branches visited")
    return total
