"""What a document must keep to beyond scoring: texts in both languages, sections that exist, limits."""

from collections.abc import Iterator, Mapping
from typing import Any

from audit.scoring import exact
from audit.scoring.document import Problem

LANGUAGES = ("vi", "en")
LONGEST_ID = 80
LARGEST_ADJUSTMENT = 100  # points: the whole score; what is lost is kept in a column for less than 1000


def text_problems(document: Mapping[str, Any]) -> list[Problem]:
    """Texts that lack a language, unknown sections, limits passed; scoring tells what has the wrong shape."""
    problems = [*_text(None, document, "title", True), *_text(None, document, "brief", True)]
    for place, factor in _objects(document, "factors"):
        problems += [
            *_text(None, factor, "title", True, f"factors[{place}]"),
            *_id(factor, f"factors[{place}]"),
        ]
    sections: set[str] = set()
    for place, section in _objects(document, "sections"):
        where = f"sections[{place}]"
        problems += [
            *_text(None, section, "title", True, where),
            *_text(None, section, "intro", False, where),
        ]
        problems += _id(section, where)
        name = section.get("id")
        if not isinstance(name, str) or not name:
            problems.append(Problem(None, "bad_id", f"{where}.id"))
        elif name in sections:
            problems.append(Problem(None, "repeated_id", f"{where}.id"))
        else:
            sections.add(name)
    for place, question in _objects(document, "questions"):
        problems += _question(question, f"questions[{place}]", sections)
    return problems


def _question(question: Mapping[str, Any], where: str, sections: set[str]) -> Iterator[Problem]:
    raw = question.get("id")
    name = raw if isinstance(raw, str) and raw else None
    yield from _id(question, where, name)
    yield from _text(name, question, "text", True, where)
    yield from _text(name, question, "help", False, where)
    yield from _text(name, question, "unit", False, where)
    yield from _text(name, question, "short", False, where)  # for the page that looks like a note
    if not isinstance(question.get("section"), str) or question["section"] not in sections:
        yield Problem(name, "unknown_section", f"{where}.section")
    adjust = exact.number(question.get("adjust"))
    if adjust is not None and abs(adjust) > LARGEST_ADJUSTMENT:
        yield Problem(name, "adjust_far", f"{where}.adjust")
    for place, option in _objects(question, "options"):
        yield from _text(name, option, "text", True, f"{where}.options[{place}]")
    yield from _marks(name, question, where)
    labels = question.get("labels")
    if isinstance(labels, Mapping):
        yield from _text(name, labels, "min", True, f"{where}.labels")
        yield from _text(name, labels, "max", True, f"{where}.labels")


def _marks(name: str | None, question: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """What scoring does not read: `alarm`, a yes that cannot wait, and `truth`, the known answer of a control."""
    kind = question.get("type")
    if "alarm" in question:
        if not isinstance(question["alarm"], bool):
            yield Problem(name, "bad_flag", f"{where}.alarm")
        elif question["alarm"] and kind != "yesno":
            yield Problem(name, "alarm_type", f"{where}.alarm")
    if "truth" in question:
        counts = (
            exact.number(question.get("weight", 1)) != 0 or "adjust" in question or "knockout" in question
        )
        if kind not in ("yesno", "single") or counts:
            yield Problem(name, "truth_type", f"{where}.truth")
        elif question["truth"] not in _answers(question):
            yield Problem(name, "truth_value", f"{where}.truth")


def _answers(question: Mapping[str, Any]) -> list[Any]:
    if question["type"] == "yesno":
        return ["yes", "no"]
    return [option.get("id") for _place, option in _objects(question, "options")]


def _id(part: Mapping[str, Any], where: str, question: str | None = None) -> Iterator[Problem]:
    raw = part.get("id")
    if isinstance(raw, str) and len(raw) > LONGEST_ID:
        yield Problem(question, "long_id", f"{where}.id")


def _objects(document: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    listed = document.get(key)
    for place, part in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(part, Mapping):
            yield place, part


def _text(
    question: str | None, part: Mapping[str, Any], key: str, needed: bool, where: str = ""
) -> Iterator[Problem]:
    at = f"{where}.{key}" if where else key
    if key not in part and not needed:
        return
    texts = part.get(key)
    for language in LANGUAGES:
        text = texts.get(language) if isinstance(texts, Mapping) else None
        if not isinstance(text, str) or not text.strip():
            yield Problem(question, f"text_{language}", f"{at}.{language}")
