"""Checking a checklist document, and preparing it for scoring (scoring.md 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from audit.scoring import exact
from audit.scoring.check_kinds import KEYS, TYPES, read_kind
from audit.scoring.document import Checklist, ChecklistError, Factor, Knockout, Problem, Question, ShowIf
from audit.scoring.reading import Notes, Part, flag, items, name, one_of, string

_QUESTION_KEYS = (
    "id",
    "type",
    "factor",
    "section",
    "weight",
    "na",
    "required",
    "photo",
    "show_if",
    "knockout",
    "adjust",
    *KEYS,
)
_PARENTS = ("yesno", "single", "multi", "scale")


@dataclass(slots=True)
class _Seen:
    """What the questions so far refer to and may be referred to by."""

    factors: dict[str, int]
    places: dict[str, int] = field(default_factory=dict)
    types: dict[str, str | None] = field(default_factory=dict)

    def factor(self, raw: Any) -> int | None:
        """The place of the factor with this id."""
        return self.factors.get(raw) if isinstance(raw, str) else None


def check_checklist(document: Any) -> list[Problem]:
    """Every rule of 1.3 that a document breaks, in the document's order; none if it can be scored."""
    return _read(document)[1]


def publishing_problems(document: Any) -> list[Problem]:
    """The same, and what scoring allows but no published version should have: nothing to score."""
    checklist, problems = _read(document)
    if checklist is not None and not any(factor.share and factor.full for factor in checklist.factors):
        return [Problem(None, "all_weights_zero", "factors")]
    return problems


def prepare(document: Any) -> Checklist:
    """Parse a document once, to score many visits with it; ChecklistError names what is wrong."""
    checklist, problems = _read(document)
    if checklist is None:
        raise ChecklistError(problems)
    return checklist


def _read(document: Any) -> tuple[Checklist | None, list[Problem]]:
    notes = Notes()
    if not isinstance(document, Mapping):
        notes.add("not_an_object", "")
        return None, notes.problems
    whole = Part(document, "", notes)
    whole.refuse_nulls("factors", "questions")
    weights = _factors(whole)
    listed = whole.need("questions", items, "not_a_list") or []
    seen = _Seen({id_: place for place, id_ in enumerate(weights)})
    questions = []
    for part in whole.parts(listed, "questions"):
        notes.question = name(part.document.get("id"))
        question = _question(part, seen)
        notes.question = None
        if question is not None:
            questions.append(question)
    if notes.problems:
        return None, notes.problems
    return _assemble(weights, questions, seen), []


def _factors(whole: Part) -> dict[str, Fraction]:
    """Weights by factor id."""
    weights: dict[str, Fraction] = {}
    for part in whole.parts(whole.need("factors", items, "not_a_list") or [], "factors"):
        part.refuse_nulls("id", "weight")
        id_ = part.need("id", name, "bad_id")
        weight = _weight(part, part.need("weight", exact.number, "bad_number"))
        if id_ in weights:
            part.note("id", "repeated_id")
        elif id_ is not None:
            weights[id_] = weight or Fraction(0)
    return weights


def _weight(part: Part, weight: Fraction | None) -> Fraction | None:
    if weight is not None and weight < 0:
        part.note("weight", "negative_weight")
    return weight


def _question(part: Part, seen: _Seen) -> Question | None:
    """One question; None, and notes, if its kind cannot be known."""
    before = len(part.notes.problems)
    part.refuse_nulls(*_QUESTION_KEYS)
    id_ = part.need("id", name, "bad_id")
    type_ = part.need("type", one_of(*TYPES), "unknown_type")
    kind = read_kind(part, type_) if type_ is not None else None
    factor = part.get("factor", seen.factor, "unknown_factor")
    section = part.get("section", string, "bad_section")
    adjust = part.get("adjust", exact.number, "bad_number")
    if adjust == 0:
        part.note("adjust", "adjust_zero")
    weight = _weight(part, part.get("weight", exact.number, "bad_number"))
    if weight is None:
        weight = Fraction(0 if type_ in ("text", "photo") or part.has("adjust") else 1)
    na = part.get("na", flag, "bad_flag") or False
    required = part.get("required", flag, "bad_flag")
    photo = part.get("photo", one_of("never", "always", "on_loss"), "bad_photo") or "never"
    show_if = _show_if(part, seen)
    knockout = _knockout(part)
    if id_ is not None:
        if id_ in seen.places:
            part.note("id", "repeated_id")
        seen.places.setdefault(id_, len(seen.places))
        seen.types.setdefault(id_, type_)
    if kind is None or type_ is None or id_ is None:
        return None
    question = Question(
        id_,
        type_,
        kind,
        factor,
        section,
        weight,
        0,
        na,
        type_ != "text" if required is None else required,
        photo,
        show_if,
        knockout,
        adjust,
    )
    if len(part.notes.problems) == before:
        _check_together(part, question)
    return question


def _check_together(part: Part, question: Question) -> None:
    """The rules that join several keys of a question."""
    if question.weight > 0:
        if question.adjust is not None:
            part.note("weight", "adjust_with_weight")
        elif question.factor is None:
            part.note("factor", "weight_without_factor")
    if question.knockout is not None and question.knockout.scope == "factor" and question.factor is None:
        part.note("factor", "knockout_without_factor")
    counts = question.weight > 0 or question.adjust is not None or question.knockout is not None
    if counts and not question.kind.gives_credit:
        part.note("type", "no_credit")


def _show_if(question: Part, seen: _Seen) -> ShowIf | None:
    part = question.part("show_if")
    if part is None:
        return None
    part.refuse_nulls("q", "in")
    parent = part.need("q", string, "show_if_question")
    values = part.need("in", items, "not_a_list")
    if values is not None and not values:
        part.note("in", "show_if_empty")
    if parent is not None and seen.types.get(parent) not in _PARENTS:
        part.note("q", "show_if_question")
        return None
    if parent is None or values is None:
        return None
    # Only strings and integers can be a parent's value; true must not pass for 1.
    able = frozenset(value for value in values if isinstance(value, str) or exact.is_integer(value))
    return ShowIf(seen.places[parent], able)


def _knockout(question: Part) -> Knockout | None:
    part = question.part("knockout")
    if part is None:
        return None
    part.refuse_nulls("scope", "cap")
    scope = part.need("scope", one_of("factor", "visit"), "knockout_scope")
    cap = part.get("cap", exact.number, "bad_number")
    if cap is None:
        cap = Fraction(0)
    if not 0 <= cap <= 100:
        part.note("cap", "knockout_cap")
    return None if scope is None else Knockout(scope, cap)


def _assemble(weights: dict[str, Fraction], questions: list[Question], seen: _Seen) -> Checklist:
    """Only ratios of weights matter, so they become the smallest integers: exact and fast."""
    shares = [0] * len(questions)
    factors = []
    factor_shares = exact.smallest_integers(weights.values())
    for factor, id_ in enumerate(weights):
        own = [place for place, question in enumerate(questions) if question.factor == factor]
        integers = exact.smallest_integers(questions[place].weight for place in own)
        for place, share in zip(own, integers, strict=True):
            shares[place] = share
        knockouts = tuple(place for place in _acting(questions, "factor") if place in own)
        factors.append(Factor(id_, factor_shares[factor], sum(integers), knockouts))
    sections: dict[str, tuple[int, ...]] = {}
    for place, question in enumerate(questions):
        if question.section is not None:
            sections[question.section] = (*sections.get(question.section, ()), place)
    return Checklist(
        factors=tuple(factors),
        questions=tuple(
            replace(question, share=share) for question, share in zip(questions, shares, strict=True)
        ),
        places=seen.places,
        sections=sections,
        visit_knockouts=_acting(questions, "visit"),
        adjustments=tuple(place for place, question in enumerate(questions) if question.adjust is not None),
    )


def _acting(questions: list[Question], scope: str) -> tuple[int, ...]:
    """The knock-outs of a scope in acting order: highest cap first, ties in form order."""
    caps = {
        place: question.knockout.cap
        for place, question in enumerate(questions)
        if question.knockout is not None and question.knockout.scope == scope
    }
    return tuple(sorted(caps, key=lambda place: -caps[place]))
