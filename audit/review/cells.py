"""Keeping the lines and sums of released scorecards: written with the release, in its transaction."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, text

from audit.branches.names import plain
from audit.checklists.published import published
from audit.db import db
from audit.review.corrected import hidden_in
from audit.review.lines import ScorecardComment, ScorecardPhoto
from audit.review.models import Scorecard

_SPACE = 5_001  # of advisory locks: one for each wave

_CELLS = """
INSERT INTO cell (wave_id, branch_id, client_id, n, unscored, incidents, total, squares, overall, revision)
SELECT wave_id, branch_id, client_id, count(before_knockouts),
       count(*) FILTER (WHERE before_knockouts IS NULL),
       count(*) FILTER (WHERE before_knockouts IS NOT NULL AND knockouts > 0),
       coalesce(sum(before_knockouts), 0), coalesce(sum(before_knockouts * before_knockouts), 0),
       coalesce(sum(overall), 0), nextval('cell_revision')
FROM scorecard
WHERE wave_id = :wave AND branch_id = ANY(:branches) AND released_at IS NOT NULL AND is_current
GROUP BY wave_id, branch_id, client_id
"""
_CARDS = """
WITH card AS (
  SELECT id, branch_id FROM scorecard
  WHERE wave_id = :wave AND branch_id = ANY(:branches) AND released_at IS NOT NULL AND is_current
    AND status = 'scored'
)
INSERT INTO cell_part (wave_id, kind, part_id, branch_id, n, met, partly, total, possible, lost)
"""
_SCORES = (
    _CARDS
    + """
SELECT :wave, '{kind}', line.{kind}_id, card.branch_id, count(line.score), 0, 0, coalesce(sum(line.score), 0),
       sum(line.possible), 0
FROM card JOIN scorecard_{kind} line ON line.scorecard_id = card.id
GROUP BY line.{kind}_id, card.branch_id
"""
)
_QUESTIONS = (
    _CARDS
    + """
SELECT :wave, 'question', line.question_id, card.branch_id, count(line.credit),
       count(*) FILTER (WHERE line.credit = 1), count(*) FILTER (WHERE line.credit > 0 AND line.credit < 1),
       coalesce(sum(line.credit), 0), sum(line.possible), sum(line.lost)
FROM card JOIN scorecard_question line ON line.scorecard_id = card.id
GROUP BY line.question_id, card.branch_id
"""
)
_WAVE = """
INSERT INTO wave_part (wave_id, kind, part_id, visits, n, branches, met, partly, total, possible, lost, moves)
SELECT part.wave_id, part.kind, part.part_id, cell.n, part.n, count(*), sum(part.met), sum(part.partly),
       sum(part.total), sum(part.possible), sum(part.lost), bool_or(part.possible > 0 OR part.lost <> 0)
FROM cell_part part JOIN cell USING (wave_id, branch_id)
WHERE part.wave_id = :wave AND cell.n > 0
GROUP BY part.wave_id, part.kind, part.part_id, cell.n, part.n
"""
_STATEMENTS = (
    "DELETE FROM cell WHERE wave_id = :wave AND branch_id = ANY(:branches)",  # its parts go with it
    _CELLS,
    _SCORES.format(kind="factor"),
    _SCORES.format(kind="section"),
    _QUESTIONS,
    "DELETE FROM wave_part WHERE wave_id = :wave",
    _WAVE,
)


def settle(cards: Sequence[Scorecard]) -> None:
    """Write what is read of scorecards that have just been released, and the sums of their cells; flushes."""
    _add_lines(cards)
    cells: dict[int, set[int]] = {}
    for card in cards:
        cells.setdefault(card.wave_id, set()).add(card.branch_id)
    for wave_id in sorted(cells):
        refresh(wave_id, cells[wave_id])


def refresh(wave_id: int, branch_ids: Collection[int]) -> None:
    """Make the sums of these branches in the wave anew from the lines, and those of the whole wave; flushes.

    Two releases in one wave come one after the other, so that each sees what the other has released.
    """
    db.session.flush()
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(:space, :wave)"), {"space": _SPACE, "wave": wave_id}
    )
    for statement in _STATEMENTS:
        db.session.execute(text(statement), {"wave": wave_id, "branches": sorted(branch_ids)})


def _add_lines(cards: Sequence[Scorecard]) -> None:
    comments = [line for card in cards for line in _comments(card)]
    photos = [line for card in cards for line in _photos(card)]
    if comments:
        db.session.execute(insert(ScorecardComment), comments)
    if photos:
        db.session.execute(insert(ScorecardPhoto), photos)


def _photos(card: Scorecard) -> list[dict[str, Any]]:
    """Where the photos stand, but for those at hidden questions."""
    hidden = hidden_in(card.result)
    return [
        {"scorecard_id": card.id, "place": place, "question_id": photo["question"]}
        for place, photo in enumerate(card.photos)
        if photo["question"] not in hidden
    ]


def _comments(card: Scorecard) -> list[dict[str, Any]]:
    """What was written beside answers, and the answers to text questions; not what stands at hidden ones."""
    asked = published(card.version).questions
    hidden = hidden_in(card.result)
    found = []
    for question_id, answer in card.answers.items():
        if question_id in hidden:
            continue
        written = {"comment": answer.get("comment")}
        if asked.get(question_id, {}).get("type") == "text":
            written["value"] = answer.get("value")
        for part, words in written.items():
            if isinstance(words, str) and words.strip():
                line = {"scorecard_id": card.id, "question_id": question_id, "part": part}
                found.append({**line, "text": words, "search": plain(words)})
    return found
