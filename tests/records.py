"""The arguments of the house's addresses: which record of the showcase each names."""

from collections.abc import Callable

from sqlalchemy import text

from audit.db import db
from tests.browser.showcase import Showcase


def visit(state: str, **more: object) -> Callable[[Showcase], dict[str, object]]:
    """The bank's visit in this state."""
    return lambda made: {"visit_id": made.visits[state].id, **more}


def planned(state: str) -> Callable[[Showcase], dict[str, object]]:
    """The same by its wave."""
    return lambda made: {"wave_id": made.wave.id, "visit_id": made.visits[state].id}


def client(made: Showcase) -> dict[str, object]:
    """The bank."""
    return {"client_id": made.cast.client.id}


def wave(made: Showcase) -> dict[str, object]:
    """The bank's open wave."""
    return {"wave_id": made.wave.id}


def version(made: Showcase) -> dict[str, object]:
    """A draft."""
    return {"version_id": made.draft.id}


def person(made: Showcase) -> dict[str, object]:
    """Somebody else than who asks."""
    return {"person_id": made.cast.people["other_manager"].id}


def card(made: Showcase) -> dict[str, object]:
    """The bank's released scorecard of `branch`."""
    return {"scorecard_id": made.card.id}


def action(made: Showcase) -> dict[str, object]:
    """An action of that scorecard."""
    return {"action_id": made.action.id}


def dispute(made: Showcase) -> dict[str, object]:
    """A dispute about that scorecard."""
    return {"dispute_id": made.dispute.id}


def correction(made: Showcase) -> dict[str, object]:
    """One of the bank's rejected visit."""
    return {**visit("rejected")(made), "correction_id": made.correction.id}


def covered(made: Showcase) -> dict[str, object]:
    """A photo of the same visit with a covered area."""
    return {**visit("rejected")(made), "photo_id": made.covered_photo}


def alarm(made: Showcase) -> dict[str, object]:
    """A confirmed one of the bank's `branch`."""
    return {"alarm_id": made.alarm.id}


def batch(made: Showcase) -> dict[str, object]:
    """Head office's download."""
    return {"batch_id": made.batch.id}


def report(made: Showcase) -> dict[str, object]:
    """Head office's report of a wave."""
    return {"report_id": made.report.id}


def job(made: Showcase) -> dict[str, object]:
    """Any that the queue holds, given up or not."""
    return {"job_id": db.session.execute(text("SELECT min(id) FROM procrastinate_jobs")).scalar_one()}


def mail(made: Showcase) -> dict[str, object]:
    """A mail to head office."""
    return {"mail_id": made.mail.id}
