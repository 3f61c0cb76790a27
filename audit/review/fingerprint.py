"""The fingerprint of a released scorecard: whoever kept it can tell later that nothing in the row was changed.

It is the SHA-256, in hexadecimal, of a JSON object in UTF-8 with its keys sorted by code point, no blanks and no
escapes but JSON's own. Its members are:

- "number", "edition", "reason", "status", "daypart": as stored;
- "visit", "client", "wave", "branch", "made_by": ids; "checklist": the version's SHA-256, null where it has none;
- "overall", "before_knockouts": text with thirty decimals ("61.500000000000000000000000000000"), or null;
- "visited_on", "dispute_until": "2026-11-14"; "made_at", "released_at": "2026-11-14T03:07:43.000000+00:00" (UTC);
- "result", "answers", "photos", "context": the stored documents whole, photos by the keys of their files, which are
  the SHA-256 of these. A whole number is written without a fraction (10, never 10.0).

What is left out may change after a release or follows from the rest: the row's id, `is_current`, `knockouts`.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.checklists.models import Version
from audit.db import db
from audit.review.models import Scorecard, ScorecardFile
from audit.storage import Storage

DECIMALS = 30
PIECE = 500


def fingerprint(card: Scorecard) -> str:
    """64 hexadecimal digits for a scorecard that has been given its context and its dates."""
    return hashlib.sha256(canonical(card)).hexdigest()


def canonical(card: Scorecard) -> bytes:
    """The bytes that are hashed."""
    document = {
        "number": card.number,
        "edition": card.edition,
        "reason": card.reason or "",
        "status": card.status,
        "daypart": card.daypart,
        "visit": card.visit_id,
        "client": card.client_id,
        "wave": card.wave_id,
        "branch": card.branch_id,
        "made_by": card.made_by_id,
        "checklist": card.version.sha256,
        "overall": _decimals(card.overall),
        "before_knockouts": _decimals(card.before_knockouts),
        "visited_on": _day(card.visited_on),
        "dispute_until": _day(card.dispute_until),
        "made_at": _moment(card.made_at),
        "released_at": _moment(card.released_at),
        "result": card.result,
        "answers": card.answers,
        "photos": card.photos,
        "context": card.context,
    }
    text = json.dumps(
        _plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def changed() -> Iterator[Scorecard]:
    """The released scorecards that are not what was released, by their fingerprints; all are read, in pieces."""
    query = select(Scorecard).where(Scorecard.released_at.is_not(None)).order_by(Scorecard.id)
    query = query.options(joinedload(Scorecard.version).load_only(Version.sha256))
    for card in db.session.scalars(query.execution_options(yield_per=PIECE)):
        if card.sha256 != fingerprint(card):
            yield card


def damaged(storage: Storage) -> Iterator[ScorecardFile]:
    """The printed scorecards whose bytes are lost or are not those that were printed; every file is read."""
    query = select(ScorecardFile).options(joinedload(ScorecardFile.scorecard).load_only(Scorecard.number))
    query = query.order_by(ScorecardFile.scorecard_id, ScorecardFile.language)
    for file in db.session.scalars(query.execution_options(yield_per=PIECE)):
        if not storage.verify(file.sha256):
            yield file


def _decimals(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.{DECIMALS}f}"


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any) -> Any:
    """The same with whole numbers as such: the database does not keep how a number was written."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
