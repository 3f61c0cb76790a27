"""A checklist as it is scored: parsed once from its document, then used for any number of visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from audit.scoring.kinds import Kind


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule of scoring.md 1.3: the question (None: outside any), the rule's code, the place."""

    question: str | None
    rule: str
    where: str


class ChecklistError(ValueError):
    """The document is no checklist; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.where}: {problem.rule}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Knockout:
    """Caps its factor or the whole visit when its question earns nothing."""

    scope: str
    cap: Fraction


@dataclass(frozen=True, slots=True)
class ShowIf:
    """Shown if the parent (its place in the form) was answered with one of the values."""

    parent: int
    values: frozenset[str | int]

    def met_by(self, value: object) -> bool:
        """Whether an answered value, or for a list one of its elements, is among the values."""
        if isinstance(value, list):
            return not self.values.isdisjoint(value)
        return value in self.values


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `factor` is the factor's place, `share` its weight as an integer within the factor."""

    id: str
    type: str
    kind: Kind
    factor: int | None
    section: str | None
    weight: Fraction
    share: int
    na: bool
    required: bool
    photo: str
    show_if: ShowIf | None
    knockout: Knockout | None
    adjust: Fraction | None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its weight as an integer among the factors, the shares of all its questions together,
    and the places of its knock-outs in acting order."""

    id: str
    share: int
    full: int
    knockouts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist without problems, in the form's order; numbers are places in it."""

    factors: tuple[Factor, ...]
    questions: tuple[Question, ...]
    places: Mapping[str, int]
    sections: Mapping[str, tuple[int, ...]]
    visit_knockouts: tuple[int, ...]
    adjustments: tuple[int, ...]
