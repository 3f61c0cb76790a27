"""The names of a version's factors, sections and questions in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.checklists.models import Version
from audit.checklists.published import published
from audit.i18n import text_of


@dataclass(frozen=True)
class Titled:
    """The id and the title of a factor or a section."""

    id: str
    title: str


@dataclass(frozen=True)
class Asked:
    """A question: its number on the form from 1, its text, where it is asked and what it measures ("" nothing)."""

    id: str
    number: int
    text: str
    type: str
    section: str
    factor: str


def factors_of(version: Version) -> list[Titled]:
    """The version's factors, in its order."""
    return _titled(published(version).document.get("factors", []))


def sections_of(version: Version) -> list[Titled]:
    """The sections that have questions, in the order of the journey."""
    document = published(version).document
    named = {part.id: part.title for part in _titled(document.get("sections", []))}
    used: dict[str, None] = dict.fromkeys(
        one["section"] for one in document["questions"] if one.get("section")
    )
    ordered = [name for name in named if name in used] + [name for name in used if name not in named]
    return [Titled(name, named.get(name, name)) for name in ordered]


def questions_of(version: Version) -> dict[str, Asked]:
    """The version's questions by id, in the form's order."""
    known = published(version)
    return {
        name: Asked(
            name,
            known.order[name] + 1,
            text_of(question.get("text")) or name,
            question["type"],
            question.get("section", ""),
            question.get("factor", ""),
        )
        for name, question in known.questions.items()
    }


def _titled(parts: list[Mapping[str, Any]]) -> list[Titled]:
    return [Titled(part["id"], text_of(part.get("title")) or part["id"]) for part in parts]
