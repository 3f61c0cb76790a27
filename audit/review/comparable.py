"""Which waves may be compared: those whose versions differ in wording only (scoring.md 3)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import exists, select, tuple_

from audit.checklists.models import Version
from audit.checklists.published import published
from audit.db import db
from audit.review.lines import Cell
from audit.scoring.document import Checklist, Question
from audit.scoring.visit import prepare
from audit.waves.models import Wave, WaveState

EARLIER = 3  # waves that are pooled with a wave
_known: dict[str, str] = {}  # rules by the hash of a published document, which never changes
_KEPT = 256


def rules_key(document: Mapping[str, Any]) -> str:
    """The same text for documents that score alike: same factors, questions, sections, weights and rules."""
    return _key_of(prepare(document))


def pooled(wave: Wave) -> list[Wave]:
    """The wave and up to three earlier ones of its client with visits and the same rules, newest first."""
    return [wave, *earlier(wave, EARLIER)]


def earlier(wave: Wave, most: int) -> list[Wave]:
    """The newest earlier waves that it may be compared with, newest first."""
    ids = list(islice(_alike(wave), most))
    if not ids:
        return []
    found = {one.id: one for one in db.session.scalars(select(Wave).where(Wave.id.in_(ids)))}
    return [found[wave_id] for wave_id in ids]


def previous(wave: Wave) -> Wave | None:
    """The newest earlier wave that it may be compared with."""
    return next(iter(earlier(wave, 1)), None)


def why_not(wave: Wave) -> str:
    """Why there is no earlier wave to compare with: "first", "other_rules"; "" when there is one."""
    if not _earlier(wave):
        return "first"
    return "other_rules" if next(_alike(wave), None) is None else ""


def same_rules(one: Version, other: Version) -> bool:
    """Whether visits scored by the two versions may be compared."""
    return one.id == other.id or _rules_of(one) == _rules_of(other)


def _alike(wave: Wave) -> Iterator[int]:
    """The ids of earlier waves with the same rules, newest first; a version is only read if it is another one."""
    for wave_id, version_id in _earlier(wave):
        if version_id == wave.version_id or same_rules(wave.version, db.session.get_one(Version, version_id)):
            yield wave_id


def _earlier(wave: Wave) -> list[tuple[int, int]]:
    """The client's earlier waves with released visits and their versions' ids, newest first."""
    before = tuple_(Wave.starts_on, Wave.id) < (wave.starts_on, wave.id)
    has_visits = exists().where(Cell.wave_id == Wave.id)
    query = select(Wave.id, Wave.version_id).where(Wave.client_id == wave.client_id, before, has_visits)
    query = query.where(Wave.state != WaveState.PLANNING)
    return [
        (wave_id, version_id)
        for wave_id, version_id in db.session.execute(query.order_by(Wave.starts_on.desc(), Wave.id.desc()))
    ]


def _rules_of(version: Version) -> str:
    if version.sha256 is None:
        return rules_key(version.document)
    found = _known.get(version.sha256)
    if found is None:
        found = _key_of(published(version).checklist)
        if len(_known) >= _KEPT:
            _known.clear()
        _known[version.sha256] = found
    return found


def _key_of(checklist: Checklist) -> str:
    factors = sorted((factor.id, factor.share) for factor in checklist.factors)
    questions = sorted((_rule(checklist, question) for question in checklist.questions), key=_id)
    rules = json.dumps([factors, questions], sort_keys=True, default=_written)
    return sha256(rules.encode()).hexdigest()


def _rule(checklist: Checklist, question: Question) -> dict[str, Any]:
    """A question without its texts; names instead of places, so that the order of questions is free."""
    rule = asdict(question)
    del rule["weight"]  # only its ratio to the others counts, which is the share
    if question.factor is not None:
        rule["factor"] = checklist.factors[question.factor].id
    if question.show_if is not None:
        values = sorted(question.show_if.values, key=str)
        rule["show_if"] = [checklist.questions[question.show_if.parent].id, values]
    return rule


def _id(rule: Mapping[str, Any]) -> str:
    return str(rule["id"])


def _written(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return sorted(value, key=str) if isinstance(value, set | frozenset) else dict(value)
