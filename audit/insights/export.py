"""The released visits as CSV: UTF-8 with a mark for Excel, made and sent in pieces."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Select, select, true

from audit.accounts.models import Person
from audit.branches.models import Branch, Client, Region
from audit.branches.queries import BranchFilter, branches_for, narrowed
from audit.checklists.models import Version
from audit.checklists.published import published
from audit.db import db
from audit.i18n import gettext as _
from audit.i18n import text_of
from audit.insights.figures import factor_scores, released
from audit.review.models import Scorecard
from audit.tables import BYTE_ORDER_MARK, safe, written
from audit.waves.models import Wave
from audit.waves.queries import waves_for

PIECE = 1000  # visits
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Selection:
    """Which visits: of one wave (None: all) at branches that match the words, in a region and below it."""

    wave: Wave | None = None
    words: str = ""
    region_id: int | None = None


def visits_csv(person: Person, selection: Selection) -> Iterator[bytes]:
    """The lines of the file in pieces. Headings are in the reader's language, so ask inside the request."""
    titles = _factor_titles(person, selection)
    dayparts = {"morning": _("morning"), "noon": _("noon"), "evening": _("evening")}
    yield (BYTE_ORDER_MARK + written([[*_headings(), *titles.values()]])).encode()
    query = _query(person, selection, list(titles)).execution_options(yield_per=PIECE)
    for rows in db.session.execute(query).partitions(PIECE):
        yield written([_line(row, dayparts) for row in rows]).encode()


def _headings() -> list[str]:
    return [
        _("Client"),
        _("Branch code"),
        _("Branch"),
        _("Region"),
        _("Wave"),
        _("Day of the visit"),
        _("Daypart"),
        _("Scorecard"),
        _("Score"),
        _("Score before knock-outs"),
    ]


def _factor_titles(person: Person, selection: Selection) -> dict[str, str]:
    """By id the factors of all versions in question; the newest version's title wins."""
    query = select(Version)
    if selection.wave is not None:
        query = query.where(Version.id == selection.wave.version_id)
    else:
        query = query.where(Version.id.in_(waves_for(person).with_only_columns(Wave.version_id)))
    titles: dict[str, str] = {}
    for version in db.session.scalars(query.order_by(Version.id.desc())):
        for factor in published(version).document["factors"]:
            titles.setdefault(factor["id"], safe(text_of(factor.get("title")) or factor["id"]))
    return titles


def _query(person: Person, selection: Selection, factor_ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    scores = factor_scores(factor_ids)
    query = released(person).join(scores, true())
    if selection.wave is not None:
        query = query.where(Scorecard.wave_id == selection.wave.id)
        wanted = BranchFilter(selection.words, selection.region_id, active="all")
        branches = narrowed(branches_for(person), selection.wave.client_id, wanted)
        query = query.where(Scorecard.branch_id.in_(branches.with_only_columns(Branch.id)))
    return (
        query.join(Branch, Branch.id == Scorecard.branch_id)
        .join(Region, Region.id == Branch.region_id)
        .join(Client, Client.id == Scorecard.client_id)
        .join(Wave, Wave.id == Scorecard.wave_id)
        .with_only_columns(
            Client.name,
            Branch.code,
            Branch.name,
            Region.name,
            Wave.name,
            Scorecard.visited_on,
            Scorecard.daypart,
            Scorecard.number,
            Scorecard.overall,
            Scorecard.before_knockouts,
            *(scores.c[f"score_{place}"] for place in range(len(factor_ids))),
        )
        .order_by(Wave.starts_on.desc(), Wave.id.desc(), Branch.code, Scorecard.visited_on, Scorecard.id)
    )


def _line(row: Sequence[Any], dayparts: Mapping[str, str]) -> list[str]:
    texts = [safe(text) for text in row[:5]]
    day, daypart, number, *scores = row[5:]
    return [*texts, day.isoformat(), dayparts.get(daypart, daypart), safe(number), *map(_shown, scores)]


def _shown(score: Decimal | None) -> str:
    """One decimal as on the scorecard, with a point; nothing where there is no score."""
    return "" if score is None else f"{score.quantize(_TENTH, ROUND_HALF_UP):f}"
