"""Published versions, read once per process: they never change, so their hash is a safe key."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from audit.checklists.models import Version
from audit.scoring.visit import Checklist, prepare

KEPT = 64  # versions; an agency uses a handful at a time


@dataclass(frozen=True)
class Published:
    """A version's document, ready for the form and for scoring."""

    document: Mapping[str, Any]
    checklist: Checklist
    questions: Mapping[str, Mapping[str, Any]]  # by id, in form order
    order: Mapping[str, int]


_known: dict[str, Published] = {}
_lock = Lock()


def read(document: Mapping[str, Any]) -> Published:
    """Prepare a document; raises scoring's ChecklistError when it is none."""
    questions = {question["id"]: question for question in document["questions"]}
    return Published(document, prepare(document), questions, {name: at for at, name in enumerate(questions)})


def published(version: Version) -> Published:
    """The version, from memory where it was read before; a draft is read afresh each time."""
    if version.sha256 is None:
        return read(version.document)
    found = _known.get(version.sha256)
    if found is None:
        found = read(version.document)
        with _lock:
            while len(_known) >= KEPT:
                _known.pop(next(iter(_known)))
            _known[version.sha256] = found
    return found
