"""Ratings and drivers as rows: every number is rounded as pages and files round it."""

from collections.abc import Sequence
from typing import Any

from audit.api.figures import tenth, whole
from audit.api.rated_rows import DriverRow, Drivers, OutcomeName, RatingRow
from audit.api.rows import WaveName
from audit.insights import drivers as insight
from audit.insights.drivers import DriverLine, NpsLine, ShareLine
from audit.insights.sheet import Kind, shown
from audit.insights.titles import Asked
from audit.scoring.drivers import Driver
from audit.waves.models import Wave


def named(wave: Wave) -> WaveName:
    """Which wave."""
    return WaveName(id=wave.id, name=wave.name, starts_on=wave.starts_on, ends_on=wave.ends_on)


def percent(value: Any) -> Any:
    """A share in whole percent."""
    return shown(value, Kind.SHARE)


def ratings(found: insight.Ratings) -> list[RatingRow]:
    """All of them in one list."""
    return [
        *(_nps(line) for line in found.nps),
        *(_share(line, "csat") for line in found.csat),
        *(_share(line, "yes") for line in found.yes),
    ]


def _nps(line: NpsLine) -> RatingRow:
    nps = line.nps
    return RatingRow(
        question_id=line.asked.id,
        number=line.asked.number,
        text=line.asked.text,
        kind="nps",
        n=nps.n,
        counted=nps.promoters,
        passives=nps.passives,
        detractors=nps.detractors,
        nps=whole(nps.nps),
        share=None,
        low=whole(nps.low),
        high=whole(nps.high),
    )


def _share(line: ShareLine, kind: Any) -> RatingRow:
    share = line.share
    return RatingRow(
        question_id=line.asked.id,
        number=line.asked.number,
        text=line.asked.text,
        kind=kind,
        n=share.n,
        counted=share.k,
        passives=None,
        detractors=None,
        nps=None,
        share=percent(share.share),
        low=percent(share.low),
        high=percent(share.high),
    )


def drivers(wave: Wave, offered: Sequence[Asked], found: insight.Drivers) -> Drivers:
    """The drivers of one outcome."""
    return Drivers(
        wave=named(wave),
        outcome=_outcome(found.outcome),
        outcomes=[_outcome(one) for one in offered],
        visits=found.visits,
        waves=[named(one) for one in found.waves],
        data=[_driver(line) for line in found.lines],
    )


def no_drivers(wave: Wave) -> Drivers:
    """Of a wave whose checklist rates nothing."""
    return Drivers(wave=named(wave), outcome=None, outcomes=[], visits=0, waves=[], data=[])


def _outcome(asked: Asked) -> OutcomeName:
    return OutcomeName(id=asked.id, number=asked.number, text=asked.text)


def _driver(line: DriverLine) -> DriverRow:
    driver, tested = line.driver, line.driver.gap is not None
    return DriverRow(
        question_id=line.asked.id,
        number=line.asked.number,
        text=line.asked.text,
        met=driver.full,
        not_met=driver.less,
        share_met=percent(line.met.share),
        rating_met=tenth(line.full) if tested else None,
        rating_not_met=tenth(line.less) if tested else None,
        gap=tenth(driver.gap),
        low=tenth(driver.low),
        high=tenth(driver.high),
        clear=_clear(driver),
    )


def _clear(driver: Driver) -> Any:
    if driver.gap is None or not driver.clear:
        return ""
    return "better" if driver.gap > 0 else "worse"
