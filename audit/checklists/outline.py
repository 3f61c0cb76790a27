"""A version as a page shows it: sections, questions, what each is worth, and its rules in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.checklists.models import Version
from audit.checklists.published import Published, published
from audit.i18n import gettext as _
from audit.i18n import number, text_of
from audit.scoring.display import lost_shown
from audit.scoring.document import Checklist, Question, ShowIf

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Share:
    """A factor: its weight as written, and as a share of 100 points that adds up when shown."""

    id: str
    title: Texts
    weight: Any
    shown: str
    questions: int


@dataclass(frozen=True)
class Row:
    """A question: its place in the form (from 1), its worth when everything applies, its rules in words."""

    place: int
    document: Mapping[str, Any]
    question: Question
    worth: Fraction
    factor: Texts | None
    rules: list[str]


@dataclass(frozen=True)
class Part:
    """A section with its questions; `worth` is what they are worth together."""

    id: str
    title: Texts
    intro: Texts | None
    rows: list[Row]

    @property
    def worth(self) -> Fraction:
        """Visit points of the section when everything applies."""
        return sum((row.worth for row in self.rows), Fraction(0))


@dataclass(frozen=True)
class Outline:
    """The whole version."""

    factors: list[Share]
    parts: list[Part]
    rows: list[Row]


def outline(version: Version) -> Outline:
    """The version's outline; its document must be one that scoring can read."""
    read = published(version)
    worths = _worths(read.checklist)
    titles = {factor["id"]: factor.get("title", {}) for factor in read.document["factors"]}
    rows = [
        Row(
            place=at + 1,
            document=read.questions[question.id],
            question=question,
            worth=worths[at],
            factor=None if question.factor is None else titles[read.checklist.factors[question.factor].id],
            rules=_rules(read, question),
        )
        for at, question in enumerate(read.checklist.questions)
    ]
    return Outline(_shares(read), _parts(read, rows), rows)


def _worths(checklist: Checklist) -> list[Fraction]:
    """Possible points by question when every question is answered (scoring.md 1.6, step 1)."""
    active = sum(factor.share for factor in checklist.factors if factor.full)
    found = []
    for question in checklist.questions:
        factor = None if question.factor is None else checklist.factors[question.factor]
        counts = factor is not None and factor.full and active
        found.append(
            Fraction(100 * factor.share * question.share, active * factor.full)
            if factor and counts
            else Fraction(0)
        )
    return found


def _shares(read: Published) -> list[Share]:
    factors = read.checklist.factors
    whole = sum(factor.share for factor in factors)
    weights = [100 * factor.share for factor in factors]
    # The same largest remainder that makes lost points add up: here they add up to 100,0.
    shown = lost_shown(weights, whole, Fraction(0)) if whole else ["0.0" for _factor in factors]
    counts = [
        sum(q.factor == place and q.weight > 0 for q in read.checklist.questions)
        for place in range(len(factors))
    ]
    return [
        Share(written["id"], written.get("title", {}), written["weight"], share, count)
        for written, share, count in zip(read.document["factors"], shown, counts, strict=True)
    ]


def _parts(read: Published, rows: list[Row]) -> list[Part]:
    known = {
        part["id"]: part
        for part in read.document.get("sections", [])
        if isinstance(part, Mapping) and "id" in part
    }
    order = dict.fromkeys([*known, *(row.question.section or "" for row in rows)])
    parts = []
    for id_ in order:
        own = [row for row in rows if (row.question.section or "") == id_]
        written = known.get(id_, {})
        if own:
            parts.append(Part(id_, written.get("title", {}), written.get("intro"), own))
    return parts


def _rules(read: Published, question: Question) -> list[str]:
    """Skip logic, knock-out, bonus, N/A, photo and bands, each as a short sentence."""
    written = read.questions[question.id]
    rules = [_shown_if(read, question, question.show_if)] if question.show_if is not None else []
    if question.knockout is not None:
        cap = number(question.knockout.cap, 0)
        if question.knockout.scope == "visit":
            rules.append(_("Knock-out: failing caps the whole visit at %(cap)s points.", cap=cap))
        else:
            rules.append(_("Knock-out: failing caps the factor at %(cap)s of 100.", cap=cap))
    if question.adjust is not None:
        points = number(abs(question.adjust), 1)
        if question.adjust > 0:
            rules.append(_("Bonus of up to %(points)s points for the good answer.", points=points))
        else:
            rules.append(_("Penalty of up to %(points)s points for the bad answer.", points=points))
    if question.na:
        rules.append(_("May be answered “not applicable”."))
    if not question.required and question.type != "text":
        rules.append(_("May be left out."))
    if question.photo == "always":
        rules.append(_("Needs a photo."))
    elif question.photo == "on_loss":
        rules.append(_("Needs a photo when points are lost."))
    if written.get("bands"):
        rules.append(_bands(written))
    if written.get("alarm"):
        rules.append(_("Alarm: a “yes” is told to the agency at once."))
    if "truth" in written:
        truth = answer_text(written, written["truth"])
        rules.append(_("Control question: the known answer is “%(truth)s”.", truth=truth))
    return rules


def _shown_if(read: Published, question: Question, show_if: ShowIf) -> str:
    parent = read.checklist.questions[show_if.parent]
    wanted = read.questions[question.id]["show_if"]["in"]
    answers = ", ".join(answer_text(read.questions[parent.id], value) for value in wanted)
    return _(
        "Asked only if question %(place)s was answered: %(answers)s.",
        place=show_if.parent + 1,
        answers=answers,
    )


def answer_text(question: Mapping[str, Any], value: Any) -> str:
    """A value of a question in words."""
    if question["type"] == "yesno":
        return {"yes": _("Yes"), "no": _("No")}.get(value, str(value))
    for option in question.get("options", []):
        if option.get("id") == value:
            return text_of(option.get("text")) or str(value)
    return str(value)


def _bands(written: Mapping[str, Any]) -> str:
    unit = text_of(written.get("unit")) or (_("minutes") if written["type"] == "duration" else "")
    parts = []
    for band in written["bands"]:
        share = _percent(band["credit"])
        if "upto" in band:
            parts.append(
                _(
                    "up to %(limit)s: %(share)s",
                    limit=number(band["upto"], 0) if _is_whole(band["upto"]) else number(band["upto"], 1),
                    share=share,
                )
            )
        elif "below" in band:
            parts.append(
                _(
                    "below %(limit)s: %(share)s",
                    limit=number(band["below"], 0) if _is_whole(band["below"]) else number(band["below"], 1),
                    share=share,
                )
            )
        else:
            parts.append(_("more: %(share)s", share=share))
    listed = " · ".join(parts)
    return (
        _("Bands in %(unit)s – %(bands)s.", unit=unit, bands=listed)
        if unit
        else _("Bands – %(bands)s.", bands=listed)
    )


def _is_whole(limit: Any) -> bool:
    return Fraction(limit).denominator == 1


def _percent(credit: Any) -> str:
    return f"{number(Fraction(credit) * 100, 0)}%"


def option_credit(row: Row, option: str) -> str:
    """What ticking a single option earns of the question's points, as a percentage; for multi, "" ."""
    credits = getattr(row.question.kind, "credits", None)
    credit = credits.get(option) if credits else None
    return "" if credit is None else _percent(credit)
