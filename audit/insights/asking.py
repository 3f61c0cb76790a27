"""What an address asks of the visits of a selection; the page and the files of the visits read the same keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.checklists.published import Published, published
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights import behind, results, selection
from audit.insights.compared import compared_branch
from audit.insights.rated import Question
from audit.insights.selection import Selection
from audit.insights.titles import Asked as Titled
from audit.insights.titles import Titled as Section
from audit.insights.titles import questions_of, sections_of
from audit.review import comparable
from audit.waves.models import Wave

KEYS = ("branch", "question", "beside", "section", "result", "waves")


@dataclass(frozen=True)
class Asked:
    """A branch, a question with what it came to, a rating that stands beside it, a section, the waves meant."""

    branch: Branch | None
    question: Question | None
    title: Titled | None  # of the question
    beside: Titled | None
    section: Section | None
    result: str
    waves: Sequence[Wave]  # the newest first
    pooled: bool

    @property
    def keys(self) -> Mapping[str, Any]:
        """The same as values of an address."""
        return {
            "branch": self.branch.id if self.branch else None,
            "question": self.title.id if self.title else None,
            "beside": self.beside.id if self.beside else None,
            "section": self.section.id if self.section else None,
            "result": self.result or None,
            "waves": "pooled" if self.pooled else None,
        }

    @property
    def offered(self) -> Sequence[str]:
        """The results to choose among; the chosen one is always there."""
        usual = results.offered(self.question) if self.question is not None else behind.EVENTS
        return usual if not self.result or self.result in usual else (self.result, *usual)

    def wanted(self, sort: str = "day", *, descending: bool = True, page: int = 1) -> behind.Wanted:
        """The same for the query, in an order."""
        return behind.Wanted(
            branch_id=self.branch.id if self.branch else None,
            question=self.question,
            beside_id=self.beside.id if self.beside else "",
            section_id=self.section.id if self.section else "",
            result=self.result,
            wave_ids=[wave.id for wave in self.waves],
            sort=sort,
            descending=descending,
            page=page,
        )


def read(person: Person, chosen: Selection) -> Asked:
    """NotFound for a branch of another client or out of scope, for a question or section not in the wave."""
    pooled = request.args.get("waves") == "pooled"
    known, titles = published(chosen.wave.version), questions_of(chosen.wave.version)
    question = _question(known, selection.words("question"))
    beside = _question(known, selection.words("beside")) if question is not None else None
    result = request.args.get("result", "")
    possible = results.known(question) if question is not None else behind.EVENTS
    return Asked(
        branch=_branch(person, chosen),
        question=question,
        title=titles[question["id"]] if question is not None else None,
        beside=titles[beside["id"]] if beside is not None else None,
        section=_section(chosen) if question is None else None,
        result=result if result in possible else "",
        waves=comparable.pooled(chosen.wave) if pooled else [chosen.wave],
        pooled=pooled,
    )


def _branch(person: Person, chosen: Selection) -> Branch | None:
    branch_id = selection.identity("branch")
    branch = compared_branch(person, branch_id) if branch_id is not None else None
    if branch is not None and branch.client_id != chosen.wave.client_id:
        raise NotFound(_("There is no such branch."))
    return branch


def _section(chosen: Selection) -> Section | None:
    name = selection.words("section")
    if not name:
        return None
    found = next((one for one in sections_of(chosen.wave.version) if one.id == name), None)
    if found is None:
        raise NotFound(_("This wave has no such section."))
    return found


def _question(known: Published, question_id: str) -> Question | None:
    if not question_id:
        return None
    if question_id not in known.questions:
        raise NotFound(_("This wave does not ask this question."))
    return known.questions[question_id]
