"""A report of a wave as it is printed: parts of pictures and tables, every figure already a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Head:
    """A column: its title, how wide (parts of the page's width), whether figures stand in it."""

    title: str
    width: float
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it. `marked` are places of rows that are pointed out.

    `about` says of columns how they are made, by title.
    """

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    marked: frozenset[int] = frozenset()
    about: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Chart:
    """A picture by its name in `Report.charts`, what it says in words, and its width in millimetres."""

    name: str
    words: str
    width: int = 182


@dataclass(frozen=True)
class Part:
    """A heading with what belongs to it; `pages` is how many it is expected to fill, 0: what is left of the last."""

    title: str
    sentences: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    pages: int = 0


@dataclass(frozen=True)
class Figure:
    """A key figure of page 1: what it is, the figure, what belongs to it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Report:
    """All of it. `facts` say what it is of; `method` is how it was made, a sentence each."""

    language: str
    client: str
    wave: str
    days: str
    selection: str  # "" for the whole network
    made: str
    made_iso: str
    number: str
    headline: str
    figures: Sequence[Figure]
    findings: Sequence[tuple[str, Sequence[str]]]
    parts: Sequence[Part]
    facts: Sequence[tuple[str, str]]
    method: Sequence[str]
    charts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def definitions(self) -> list[tuple[str, str]]:
        """What the printed columns mean, each title once."""
        every = (about for part in self.parts for table in part.tables for about in table.about)
        return list({about[0]: about for about in every if about[1]}.values())

    @property
    def pages(self) -> int:
        """How many pages it is expected to fill: the first, the parts, the method."""
        return 2 + sum(part.pages for part in self.parts)
