"""Scorecards with something to say: comments, photos and what their questions lost."""

from typing import Any

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.review.models import Scorecard
from audit.waves.models import Wave
from tests.insights.cards import card


def spoken(
    wave: Wave,
    branch: Branch,
    shopper: Person,
    comments: dict[str, str],
    lost: dict[str, float | str] | None = None,
    *,
    photos: tuple[str, ...] = (),
    answers: dict[str, dict[str, Any]] | None = None,
    **values: Any,
) -> Scorecard:
    """A released scorecard; `comments` and `lost` by question, `photos` the questions they belong to."""
    given: dict[str, dict[str, Any]] = {name: dict(answer) for name, answer in (answers or {}).items()}
    for name, text in comments.items():
        given.setdefault(name, {})["value" if name == "remark" else "comment"] = text
    lines = {name: (1 if not points else 0, 20, points) for name, points in (lost or {}).items()}
    result = {"questions": [{"id": name, "lost_shown": str(points)} for name, points in (lost or {}).items()]}
    return card(
        wave,
        branch,
        shopper,
        70,
        questions=lines,
        answers=given,
        result=result,
        photos=[_photo(question, place) for place, question in enumerate(photos)],
        **values,
    )


def _photo(question: str, place: int) -> dict[str, str]:
    keys = {size: f"{question}-{place}-{size}" for size in ("screen", "pdf", "grid")}
    return {"id": f"{question}-{place}", "question": question, **keys}
