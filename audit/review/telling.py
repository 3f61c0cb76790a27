"""Mails that tell a shopper what was decided about a visit: a link, and not a word of where or what."""

from datetime import datetime

from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.visits.models import Visit


def returned(visit: Visit, at: datetime) -> None:
    """It came back with questions; once a round."""

    def write() -> tuple[str, str]:
        said = _("The agency has looked at a visit that you sent, and asks you to correct something:")
        return _("A visit came back to you"), letter(said, link_to(f"/visits/{visit.id}"))

    if visit.shopper is not None:
        post(f"returned:{visit.id}:{visit.round - 1}", visit.shopper, at, write)


def rejected(visit: Visit, at: datetime) -> None:
    """It was rejected, which may happen once more after an appeal was granted."""

    def write() -> tuple[str, str]:
        said = _("A visit that you sent was rejected. Read why, and what you can do if you see it otherwise:")
        return _("A visit was rejected"), letter(said, link_to(f"/visits/{visit.id}/appeal"))

    if visit.shopper is not None:
        post(f"rejected:{visit.id}:{at:%Y%m%dT%H%M%S}", visit.shopper, at, write)
