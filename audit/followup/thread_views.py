"""Pages of the thread beside a scorecard, and the acknowledgement."""

from flask import flash, redirect, render_template, url_for
from limits import parse
from werkzeug.wrappers import Response as BaseResponse
from wtforms import TextAreaField

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Invalid, TooOften
from audit.fields import show
from audit.followup import thread, thread_list
from audit.followup.blueprint import bp
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.review.models import Scorecard
from audit.review.queries import locked_released_for, released_for
from audit.security import allow, me
from audit.visits.pictures import count

MESSAGES = parse("60 per hour")  # of one person, whichever thread
CARD = "/scorecards/<int:scorecard_id>"
readers = allow(
    RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE, RoleName.EDITOR, RoleName.ADMIN
)
client_side = allow(RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE)
Page = str | BaseResponse | tuple[str, int]


class MessageForm(Form):
    """One message; the service checks it."""

    text = TextAreaField(_l("Your message"))


@bp.get("/messages")
@readers
def message_list() -> Page:
    """The scorecards that somebody wrote beside; what waits for the agency first."""
    only_waiting, page = thread_list.wanted()
    threads, total, waits = thread_list.thread_page_of(me(), only_waiting, page)
    return render_template(
        "followup/messages.html",
        threads=threads,
        waits=waits,
        only_waiting=only_waiting,
        page=page,
        pages=-(-total // thread_list.PAGE),
    )


@bp.get(f"{CARD}/thread")
@readers
def thread_page(scorecard_id: int) -> Page:
    """All that was written beside a scorecard."""
    return _page(released_for(me(), scorecard_id), MessageForm(formdata=None))


def _page(card: Scorecard, form: MessageForm) -> str:
    said = thread.messages_of(card, me())
    return render_template("followup/thread.html", card=card, messages=said, form=form)


@bp.post(f"{CARD}/messages")
@readers
def write_message(scorecard_id: int) -> Page:
    """Add a message; one that is refused stays on the page as typed."""
    form = MessageForm()
    released_for(me(), scorecard_id)  # whoever may not write here is not counted either
    try:
        count(
            me(),
            MESSAGES,
            "messages",
            _("You have written many messages in a short time. Please wait a little."),
        )
        card = locked_released_for(me(), scorecard_id)
        thread.write(card, me(), now(), form.text.data or "")
    except (Invalid, TooOften) as refusal:
        db.session.rollback()
        show(form, refusal)
        status = refusal.status if isinstance(refusal, TooOften) else 422
        return _page(released_for(me(), scorecard_id), form), status
    db.session.commit()
    flash(_("The message is sent."), "good")
    return redirect(url_for(".thread_page", scorecard_id=scorecard_id), 303)


@bp.post(f"{CARD}/acknowledge")
@client_side
def acknowledge(scorecard_id: int) -> Page:
    """I have read this scorecard."""
    card = locked_released_for(me(), scorecard_id)
    thread.acknowledge(card, me(), now())
    db.session.commit()
    flash(_("Thank you: everybody who sees this scorecard sees that you have read it."), "good")
    return redirect(url_for("reports.scorecard", scorecard_id=scorecard_id), 303)
