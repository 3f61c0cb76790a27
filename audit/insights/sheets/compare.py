"""Two branches, waves or regions side by side: score, factors and sections; then the questions."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from audit.i18n import gettext as _
from audit.insights import compare_words, words
from audit.insights.comparing import Comparison, Side
from audit.insights.parts import Part
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads
from audit.insights.titles import factors_of, questions_of, sections_of

NOTHING = Fraction(0)


def figures(compared: Comparison) -> Sheet:
    """The score with its difference and verdict, then means without any; rows carry `_kind`."""
    left, right = compared.sides
    columns = [
        Column("part", _("Figure"), about=_("The score, the rank, a factor or a section.")),
        *_columns("left", left.name),
        *_columns("right", right.name),
        Column("diff", _("Difference"), Kind.ESTIMATE, _difference(compared)),
        Column("diff_low", _("Difference from"), Kind.ESTIMATE, _range()),
        Column("diff_high", _("Difference to"), Kind.ESTIMATE, _range()),
        Column(
            "verdict",
            _("Verdict"),
            Kind.TEXT,
            _("Said of the score only, as parts have no range; where there is none, why."),
        ),
    ]
    rows = [_score(compared), _overall(compared), *_ranks(compared)]
    if compared.alike:
        version = left.wave.version
        rows += [_part(compared, "factor", one.id, one.title) for one in factors_of(version)]
        rows += [_part(compared, "section", one.id, one.title) for one in sections_of(version)]
    return Sheet("compare", _("Side by side"), columns, rows)


def _columns(key: str, name: str) -> list[Column]:
    place = f"{_range()} {_('In the row of ranks: the best and the worst place.')}"
    return [
        Column(key, name, Kind.ESTIMATE, _("Mean score, 0 to 100.")),
        Column(f"{key}_low", _("%(name)s, range from", name=name), Kind.ESTIMATE, place),
        Column(f"{key}_high", _("%(name)s, range to", name=name), Kind.ESTIMATE, place),
        Column(
            f"{key}_n", _("%(name)s, visits", name=name), Kind.COUNT, _("Visits that have a score of it.")
        ),
        Column(
            f"{key}_incidents",
            _("%(name)s, visits with a knock-out", name=name),
            Kind.COUNT,
            _(
                "Scored visits that hit a knock-out of the whole visit; one of a factor is in the scores already."
            ),
        ),
    ]


def _range() -> str:
    return _("90 per cent range; the spread of visits is measured once, over the whole network.")


def _difference(compared: Comparison) -> str:
    values = {"one": compared.one.name, "other": compared.other.name}
    return _("%(one)s less %(other)s, in points.", **values)


def _score(compared: Comparison) -> Mapping[str, Any]:
    known = compared.difference
    shown = known.low is not None
    return {
        "_kind": "score",
        "part": _("Mean score"),
        **_side("left", compared.sides[0]),
        **_side("right", compared.sides[1]),
        "diff": known.diff if shown else None,
        "diff_low": known.low,
        "diff_high": known.high,
        "verdict": compare_words.verdict(compared),
    }


def _side(key: str, side: Side) -> Mapping[str, Any]:
    return {
        key: side.mean,
        f"{key}_low": side.low,
        f"{key}_high": side.high,
        f"{key}_n": side.n,
        f"{key}_incidents": side.incidents if side.n else None,
    }


def _overall(compared: Comparison) -> Mapping[str, Any]:
    left, right = compared.sides
    return {
        "_kind": "overall",
        "part": _("Knock-outs included"),
        "left": left.overall,
        "left_n": left.n,
        "right": right.overall,
        "right_n": right.n,
    }


def _ranks(compared: Comparison) -> list[Mapping[str, Any]]:
    """The rank ranges of two branches, or that the wave does not tell branches apart; nothing without ranks."""
    sides = compared.sides
    ranked = next((side.ranked_of for side in sides if side.rank_low is not None), 0)
    if compared.what != "branches" or not ranked:
        return []
    row: dict[str, Any] = {"_kind": "rank", "part": _("Rank, of %(of)s branches", of=ranked)}
    if not sides[0].told_apart:
        return [{**row, "verdict": words.alike_note()}]
    for key, side in zip(("left", "right"), sides, strict=True):
        row |= {f"{key}_low": side.rank_low, f"{key}_high": side.rank_high, f"{key}_n": side.n}
    return [row]


def _part(compared: Comparison, kind: str, part_id: str, title: str) -> Mapping[str, Any]:
    found = [side.parts[kind].get(part_id) for side in compared.sides]
    row: dict[str, Any] = {"_kind": kind, "part": title}
    for key, part in zip(("left", "right"), found, strict=True):
        row |= {key: part.mean if part else None, f"{key}_n": part.n if part else 0}
    return row


def questions(compared: Comparison) -> Sheet:
    """What makes most of the difference first; the last column adds up to the difference, knock-outs included.

    Where no difference is told there is no such column: the questions stand in the form's order.
    """
    left, right = compared.sides
    columns = [
        Column("number", _("No."), Kind.COUNT, _("The question’s number on the form.")),
        heads.question(),
        *_counts("left", left.name),
        *_counts("right", right.name),
        Column("gain", _("Points of difference"), Kind.POINTS, gain_note(compared)),
    ]
    rows = list(_questions(compared)) if compared.alike and left.n and right.n else []
    if compared.parted:
        rows.sort(key=lambda row: (-abs(row["gain"]), row["number"]))
        return Sheet("compare-questions", _("Questions side by side"), columns, rows, [gain_note(compared)])
    return Sheet("compare-questions", _("Questions side by side"), columns[:-1], rows)


def _counts(key: str, name: str) -> list[Column]:
    return [
        Column(f"{key}_met", _("%(name)s, met", name=name), Kind.COUNT, _("Visits with full credit.")),
        Column(
            f"{key}_n",
            _("%(name)s, assessed", name=name),
            Kind.COUNT,
            _("Scored visits in which the question was assessed."),
        ),
        Column(
            f"{key}_lost",
            _("%(name)s, points lost a visit", name=name),
            Kind.POINTS,
            _("Mean over its visits."),
        ),
    ]


def _questions(compared: Comparison) -> Iterable[dict[str, Any]]:
    left, right = compared.sides
    one_is_left = left is compared.one
    for question in questions_of(left.wave.version).values():
        found = [side.parts["question"].get(question.id) for side in (left, right)]
        if not any(part is not None and part.moves for part in found):
            continue
        lost = [part.lost if part else NOTHING for part in found]
        yield {
            "_id": question.id,
            "number": question.number,
            "question": question.text,
            **_counted("left", found[0]),
            **_counted("right", found[1]),
            **({"gain": lost[1] - lost[0] if one_is_left else lost[0] - lost[1]} if compared.parted else {}),
        }


def _counted(key: str, part: Part | None) -> Mapping[str, Any]:
    return {
        f"{key}_met": part.met if part else 0,
        f"{key}_n": part.n if part else 0,
        f"{key}_lost": part.lost if part else None,
    }


def gain_note(compared: Comparison) -> str:
    """How the last column is meant."""
    return _(
        "Points of difference: what %(one)s lost less than %(other)s at the question, a visit. All questions add"
        " up to the difference of the means with knock-outs included.",
        one=compared.one.name,
        other=compared.other.name,
    )


OF_COMPARISON: Mapping[str, Callable[[Comparison], Sheet]] = {
    "compare": figures,
    "compare-questions": questions,
}
