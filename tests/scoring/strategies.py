"""Random checklists without errors, and answers that fit them: every type and rule of scoring.md part 1."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Document = dict[str, Any]

TYPES = ["yesno", "single", "multi", "scale", "number", "duration", "text", "photo"]
PARENTS = {"yesno", "single", "multi", "scale"}
WEIGHTS = st.sampled_from([0, 1, 1, 1, 2, 3, 7, 79, "0.5", "1/3", "2.50", "10/4"])
POSITIVE = st.sampled_from([1, 1, 2, 5, "0.1", "2/3"])
CAPS = st.sampled_from([0, 0, 20, 20, 50, "33.3", "200/3", 100])
CREDITS = st.sampled_from([0, 1, "0.5", "1/3", "0.25"])
OPTIONS = ["a", "b", "c", "d"]


@st.composite
def checklists(draw: DrawFn, adjustments: bool = True) -> Document:
    """A checklist of 1-4 factors and 1-9 questions."""
    factors = [{"id": f"f{n}", "weight": draw(WEIGHTS)} for n in range(draw(st.integers(1, 4)))]
    questions: list[Document] = []
    for number in range(draw(st.integers(1, 9))):
        questions.append(draw(_questions(f"q{number}", factors, questions, adjustments)))
    return {"factors": factors, "questions": questions}


@st.composite
def _questions(
    draw: DrawFn, id_: str, factors: list[Document], before: list[Document], adjustments: bool
) -> Document:
    question = {
        "id": id_,
        "type": draw(st.sampled_from(TYPES)),
    }
    question |= draw(_type_keys(question["type"]))
    for key, values in {
        "section": st.sampled_from(["arrival", "counter"]),
        "na": st.booleans(),
        "required": st.booleans(),
        "photo": st.sampled_from(["never", "always", "on_loss"]),
    }.items():
        if draw(st.booleans()):
            question[key] = draw(values)
    _give_role(draw, question, factors, adjustments)
    parents = [one for one in before if one["type"] in PARENTS]
    if parents and draw(st.integers(0, 2)) == 0:
        parent = draw(st.sampled_from(parents))
        values = draw(st.lists(values_of(parent), min_size=1, max_size=3))
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        question["show_if"] = {"q": parent["id"], "in": flat or ["a"]}
    return question


def _give_role(draw: DrawFn, question: Document, factors: list[Document], adjustments: bool) -> None:
    """Weight in a factor, an adjustment, or neither; perhaps a knock-out."""
    role = draw(st.sampled_from(["weight", "weight", "weight", "adjust", "none"]))
    if not gives_credit(question) or (role == "adjust" and not adjustments):
        role = "none"
    if role == "weight" or draw(st.booleans()):
        question["factor"] = draw(st.sampled_from(factors))["id"]
    if role == "adjust":
        question["adjust"] = draw(st.sampled_from([2, 10, "1.5", -3, -10, "-100/3", 60]))
    elif role == "none":
        question["weight"] = 0
    elif draw(st.booleans()):
        question["weight"] = draw(WEIGHTS)
    if gives_credit(question) and draw(st.integers(0, 2)) == 0:
        scope = draw(st.sampled_from(["factor", "visit"] if "factor" in question else ["visit"]))
        question["knockout"] = {"scope": scope, "cap": draw(CAPS)}


@st.composite
def _type_keys(draw: DrawFn, type_: str) -> Document:
    if type_ == "yesno":
        return draw(st.sampled_from([{}, {"good": "yes"}, {"good": "no"}]))
    if type_ in ("single", "multi"):
        points = st.sampled_from([-2, -1, 0, 1, 5, 10, "0.5", "1/3"])
        ids = OPTIONS[: draw(st.integers(1, 4))]
        return {"options": [{"id": one, "points": draw(points)} for one in ids]}
    if type_ == "scale":
        low = draw(st.integers(-1, 1))
        return {"min": low, "max": low + draw(st.integers(1, 5))}
    if type_ in ("number", "duration") and draw(st.integers(0, 3)):
        limits = sorted(draw(st.sets(st.integers(0, 12), min_size=1, max_size=3)))
        bands = [{draw(st.sampled_from(["upto", "below"])): x, "credit": draw(CREDITS)} for x in limits]
        return {"bands": [*bands, {"credit": draw(CREDITS)}]}
    return {}


def gives_credit(question: Document) -> bool:
    """Whether its type can earn a credit."""
    if question["type"] in ("single", "multi"):
        points = [str(option["points"]) for option in question["options"]]
        if question["type"] == "multi" or max(map(_sign, points)) >= 0:
            return any(_sign(one) for one in points)
        return len(set(points)) > 1
    return "bands" in question or question["type"] in ("yesno", "scale")


def _sign(points: str) -> int:
    return 0 if points == "0" else -1 if points.startswith("-") else 1


def values_of(question: Document) -> st.SearchStrategy[Any]:
    """Values that fit a question which has values."""
    match question["type"]:
        case "yesno":
            return st.sampled_from(["yes", "no"])
        case "single":
            return st.sampled_from([option["id"] for option in question["options"]])
        case "multi":
            return st.lists(st.sampled_from([option["id"] for option in question["options"]]), unique=True)
        case "scale":
            return st.integers(question["min"], question["max"])
        case "number":
            return st.sampled_from([0, 3, 5, 12, 40, "5.01", "-1", "7/2"])
        case "duration":
            return st.integers(0, 59).map(
                lambda minute: {"start": "2025-03-01T09:00+07:00", "end": f"2025-03-01T02:{minute:02}:30Z"}
            )
        case _:
            return st.sampled_from(["", "ổn", "  "])


@st.composite
def answers_to(draw: DrawFn, checklist: Document, blanks: bool = True) -> Document:
    """Answers that fit, most questions answered; hidden questions may hold anything."""
    answers: Document = {}
    for question in checklist["questions"]:
        kind = draw(st.sampled_from(["value"] * 6 + ["na", "blank"]))
        if kind == "na" and question.get("na"):
            answers[question["id"]] = {"na": True}
        elif kind == "blank" and blanks and not question.get("required", question["type"] != "text"):
            continue
        elif question["type"] == "photo":
            answers[question["id"]] = {"photos": draw(st.sampled_from([1, 1, 1, 2]))}
        else:
            photos = draw(st.sampled_from([1, 1, 1, 1, 1, 1, 0]))
            answers[question["id"]] = {"value": draw(values_of(question)), "photos": photos}
    return answers


@st.composite
def visits(draw: DrawFn, adjustments: bool = True) -> tuple[Document, Document]:
    """A checklist and answers to it."""
    checklist = draw(checklists(adjustments))
    return checklist, draw(answers_to(checklist))
