"""Reading one object of a checklist document and noting every rule it breaks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from audit.scoring.document import Problem

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """The problems found so far; `question` is the id that the next ones belong to."""

    problems: list[Problem] = field(default_factory=list)
    question: str | None = None

    def add(self, rule: str, where: str) -> None:
        """Note a broken rule at a place such as `questions[3].bands[1].credit`."""
        self.problems.append(Problem(self.question, rule, where))


@dataclass(slots=True)
class Part:
    """One object of the document and where it stands."""

    document: Mapping[str, Any]
    where: str
    notes: Notes

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.where}.{key}" if self.where else key

    def note(self, key: str, rule: str) -> None:
        """Note a broken rule at a key."""
        self.notes.add(rule, self.at(key))

    def has(self, key: str) -> bool:
        """Whether the key is there, be its value right or wrong."""
        return key in self.document

    def refuse_nulls(self, *keys: str) -> None:
        """Note each known key that is null: a key is there or it is not."""
        for key in keys:
            if key in self.document and self.document[key] is None:
                self.note(key, "null")

    def get(self, key: str, fits: Callable[[Any], T | None], rule: str) -> T | None:
        """Read a key with a function that gives None for what does not fit. Nulls: see refuse_nulls."""
        raw = self.document.get(key)
        if raw is None:
            return None
        read = fits(raw)
        if read is None:
            self.note(key, rule)
        return read

    def need(self, key: str, fits: Callable[[Any], T | None], rule: str) -> T | None:
        """The same for a key that must be there."""
        if key not in self.document:
            self.note(key, "missing_key")
        return self.get(key, fits, rule)

    def part(self, key: str) -> "Part | None":
        """The object under a key."""
        known = self.get(key, mapping, "not_an_object")
        return None if known is None else Part(known, self.at(key), self.notes)

    def parts(self, items: list[Any], key: str) -> Iterator["Part"]:
        """The objects of a list under a key; what is no object is noted and left out."""
        for place, item in enumerate(items):
            where = f"{self.at(key)}[{place}]"
            if isinstance(item, Mapping):
                yield Part(item, where, self.notes)
            else:
                self.notes.add("not_an_object", where)


def mapping(raw: Any) -> Mapping[str, Any] | None:
    """An object."""
    return raw if isinstance(raw, Mapping) else None


def items(raw: Any) -> list[Any] | None:
    """A list."""
    return raw if isinstance(raw, list) else None


def string(raw: Any) -> str | None:
    """Any string."""
    return raw if isinstance(raw, str) else None


def name(raw: Any) -> str | None:
    """A non-empty string."""
    return raw if isinstance(raw, str) and raw else None


def integer(raw: Any) -> int | None:
    """A JSON integer; true and false are none."""
    return raw if type(raw) is int else None


def flag(raw: Any) -> bool | None:
    """True or false."""
    return raw if isinstance(raw, bool) else None


def one_of(*words: str) -> Callable[[Any], str | None]:
    """One of the given words."""
    return lambda raw: raw if isinstance(raw, str) and raw in words else None
