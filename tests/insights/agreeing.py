"""A drawn history of two waves, and what each of the house's outputs says of the newer one."""

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from html import unescape

import openpyxl

from audit.insights.sheets import ALL
from audit.scoring import exact
from audit.scoring.aggregate import aggregate

ESTIMATE = ("visited", "existing", "n", "mean", "low", "high", "overall", "incidents", "unscored")
KEYS = {
    "network": (
        "name",
        *ESTIMATE,
        *("change", "change_low", "change_high", "change_branches", "verdict", "before", "s", "tau"),
    ),
    "branches": (
        *("code", "branch", "region", "format", "channel", "n", "mean", "low", "high", "overall"),
        *("incidents", "unscored", "shrunk", "reliability", "rank_low", "rank_high", "ranked", "said"),
        *("change", "change_low", "change_high", "trend", "remark"),
    ),
    "regions": ("name", *ESTIMATE),
    "factors": (
        "name",
        "mean",
        "n",
        "branches",
        "possible",
        "network",
        "network_n",
    ),  # the last two beside a filter
    "questions": (
        *("number", "question", "section", "factor", "lost", "possible", "n", "met", "partly", "missed"),
        "share",
    ),
}


@dataclass(frozen=True)
class Visit:
    """One visit: `score` None is not scorable; with `knocked` the score counts as an incident and 0 in the end."""

    score: Fraction | None
    knocked: bool
    issue: Fraction | None
    credit: Fraction
    lost: Fraction


@dataclass
class Made:
    """A client of its own with two waves, its head office's browser and a program's token."""

    waves: tuple
    branches: list
    north: object
    browser: object
    program: object
    visits: list = field(default_factory=list)  # (branch code, "before" or "now", Visit)


# ---- what `audit aggregate` says ----


def scored_input(made, value, *, whens=("before", "now")):
    """The visits of these waves with something of each as its score, as the command reads them."""
    return [
        {"branch": code, "wave": when, "score": exact.text(value(visit))}
        for code, when, visit in made.visits
        if when in whens and visit.score is not None and value(visit) is not None
    ]


def rounded(value, digits=0):
    """Half away from zero; the command answers floats that are right to the last digit."""
    if value is None:
        return None
    shown = Decimal(value).quantize(Decimal(1).scaleb(-12), ROUND_HALF_UP)
    shown = shown.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return int(shown) if not digits else float(shown)


@dataclass
class Told:
    """The command's answers, rounded as they are shown."""

    network: dict
    branches: dict
    factor: dict
    lost: float | None


def told_by_aggregate(made):
    scores = scored_input(made, lambda visit: visit.score)
    now_ = {"wave": "now", "visits": scores}
    if not any(visit["wave"] == "now" for visit in scores):
        return None
    found = aggregate("branches", {**now_, "total_branches": len(made.branches)})
    has_before = any(when == "before" for _code, when, _visit in made.visits)
    trend = aggregate("trend", {"from": "before", "to": "now", "visits": scores}) if has_before else None
    changes = {row["branch"]: row for row in trend["branches"]} if trend else None
    issue = scored_input(made, lambda visit: visit.issue, whens=("now",))
    by_factor = aggregate("branches", {"wave": "now", "visits": issue}) if issue else None
    lost = aggregate(
        "branches", {"wave": "now", "visits": scored_input(made, lambda visit: visit.lost, whens=("now",))}
    )
    network = {key: rounded(found["network"][key]) for key in ("mean", "low", "high")}
    network |= {"s": rounded(found["s"], 1), "tau": rounded(found["tau"], 1)}
    told = trend["network"] if trend else dict.fromkeys(("diff", "low", "high", "branches", "verdict"))
    network |= {f"change_{key}": rounded(told[key]) for key in ("low", "high")}
    network |= {"change": rounded(told["diff"]), "change_branches": told["branches"]}
    return Told(
        network,
        {row["branch"]: branch_told(row, changes, found) for row in found["branches"]},
        {
            "mean": rounded(by_factor["network"]["mean"]) if by_factor else None,
            "n": len(issue),
            "by_branch": {row["branch"]: (rounded(row["mean"]), row["n"]) for row in by_factor["branches"]}
            if by_factor
            else {},
        },
        rounded(lost["network"]["mean"], 1),
    )


def branch_told(row, changes, found):
    change, why = change_told(row["branch"], changes)
    ranked = row["rank"] is not None  # without ranks no range of them is shown either
    reliability = row["reliability"]
    return {
        "n": row["n"],
        **{key: rounded(row[key]) for key in ("mean", "low", "high")},
        "shrunk": rounded(row["shrunk"]) if row["n"] >= 3 else None,
        "reliability": None if reliability is None or row["n"] < 3 else rounded(100 * reliability),
        "rank_low": row["rank_low"] if ranked else None,
        "rank_high": row["rank_high"] if ranked else None,
        "ranked": sum(other["n"] >= 3 for other in found["branches"]) if ranked else None,
        "flag": row["flag"],
        "change": rounded(change["diff"]),
        "change_low": rounded(change["low"]),
        "change_high": rounded(change["high"]),
        "turn": change["flag"],
        "no_change": why,
    }


def change_told(branch, changes):
    """A change that could not be tested is not shown, but why there is none."""
    none = dict.fromkeys(("diff", "low", "high"), None) | {"flag": ""}
    if changes is None:
        return none, ""
    if branch not in changes:
        return none, "not_both"
    if changes[branch]["p"] is None:
        return none, "no_range" if changes[branch]["low"] is None else "too_few"
    return changes[branch], ""


NOTHING = {
    "n": 0,
    "flag": "",
    "turn": "",
    "no_change": "",
    **dict.fromkeys(("mean", "low", "high", "shrunk", "reliability", "rank_low", "rank_high", "ranked")),
    **dict.fromkeys(("change", "change_low", "change_high")),
}


def counts_of(made, code):
    """What the command does not count: knock-outs, and visits without a score."""
    own = [visit for name, when, visit in made.visits if (name, when) == (code, "now")]
    scored = [visit for visit in own if visit.score is not None]
    ended = [Fraction(0) if visit.knocked else visit.score for visit in scored]
    return {
        "incidents": sum(visit.knocked for visit in scored),
        "unscored": len(own) - len(scored),
        "overall": rounded(float(sum(ended, Fraction(0)) / len(ended))) if ended else None,
    }


# ---- what each of the four shows ----


@dataclass
class Outputs:
    """Everything that the house says to one address; each is asked for once."""

    made: Made
    query: dict

    def csv(self, name):
        """The rows of one table's file."""
        answer = self.made.browser.get(f"/network/{name}.csv", query_string=self.query)
        assert answer.status_code == 200
        _head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        return [dict(zip(KEYS[name][: len(line)], line, strict=True)) for line in lines]

    @cached_property
    def books(self):
        """By table the rows of the Excel file."""
        answer = self.made.browser.get("/network/export.xlsx", query_string=self.query)
        assert answer.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return {
            name: list(self._lines(name, sheet))
            for name, sheet in zip(ALL, book.worksheets, strict=False)
            if name in KEYS
        }

    def _lines(self, name, sheet):
        """Down to the first empty row: the notes stand below."""
        for line in sheet.iter_rows(min_row=2, values_only=True):
            if line[0] is None:
                return
            texts = ("" if value is None else str(value) for value in line)
            yield dict(zip(KEYS[name][: len(line)], texts, strict=True))

    def api(self, path):
        """What a program gets."""
        answer = self.made.program.get(f"/api/v1/{path}", query_string=self.query)
        assert answer.status_code == 200, answer.text
        return answer.json

    @cached_property
    def page(self):
        """The page's text."""
        return unescape(self.made.browser.get("/network", query_string=self.query).text)

    @property
    def cells(self):
        """Code -> the cells of the branch's row on the page."""
        if 'id="branch-table"' not in self.page:
            return {}
        body = self.page.split('id="branch-table"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
        found = {}
        for row in re.findall(r"<tr.*?</tr>", body, re.S):
            code = re.search(r'class="code">([^<]+)<', row)[1]
            parts = re.findall(r"<td.*?</td>", row, re.S)
            found[code] = [" ".join(re.sub(r"<[^>]+>", "", part).split()) for part in parts]
        return found

    def visits_csv(self):
        """(branch code, score, score before knock-outs) of each visit."""
        answer = self.made.browser.get("/network/visits.csv", query_string=self.query)
        _head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        return [(line[1], line[8], line[9]) for line in lines]


def same_numbers(row):
    """Excel keeps one number for 10 and 10.0."""
    return {
        key: str(float(value)) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
        for key, value in row.items()
    }
