"""A worker killed with -9 while it lays out a report: another one makes it, once, from the beginning."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.insights.selection import Selection
from audit.reports import wave_reports
from audit.reports.models import WaveReport
from tests import factories
from tests.conftest import World, session
from tests.insights.cards import card
from tests.ops.test_killed_batch import Crew, crew, idle

__all__ = ["crew", "session"]


@pytest.mark.timeout(400)
def test_a_report_is_made_whoever_dies(
    session: Session,
    world: World,
    app: Flask,
    admin: Person,
    shopper: Person,
    head_office: Person,
    crew: Callable[..., Crew],
) -> None:
    wave = factories.wave(world.client, admin)
    for number in range(40):
        place = factories.branch(world.north, f"X{number}", f"Chi nhánh {number}")
        card(wave, place, shopper, 60 + number % 30)
    for language in ("vi", "en"):
        wave_reports.order(head_office, Selection(wave), language, factories.AT)
    session.commit()
    workers = crew()

    workers.kill_until(idle(session), most=3, seconds=300)

    assert workers.kills >= 2, "too few deaths to say anything"
    assert set(jobs.status(session)) == {"succeeded"}
    reports = session.scalars(select(WaveReport)).all()
    assert len(reports) == 2
    for report in reports:
        session.refresh(report)
        assert report.done == report.steps
        printed = app.extensions["storage"].read(report.sha256)
        assert len(printed) == report.bytes
        assert printed.startswith(b"%PDF-")
