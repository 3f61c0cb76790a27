"""What the pages of disputes send: the objection with its photos, the answer to it, the list's filter."""

from collections.abc import Iterable
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, MultipleFileField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in the stubs yet

from audit.branches.forms import is_id
from audit.fields import ChoiceField
from audit.followup.dispute_queries import SORTS, DisputeFilter, Standing
from audit.forms import Form, clean
from audit.i18n import lazy_gettext as _l


class DisputeForm(Form):
    """An objection to one answer; the service checks it."""

    question = ChoiceField(_l("Which answer is wrong?"), choices=[], filters=[clean])
    fact = TextAreaField(_l("What happened? State a fact that can be checked."))
    photos = MultipleFileField(_l("Photos that show it, if there are any (at most 4)"))
    kept = HiddenField()  # storage keys, sealed: photos survive a refusal of the text

    def offer(self, questions: Iterable[tuple[str, str]]) -> None:
        """Offer these questions as (id, text)."""
        self.question.choices = [("", "–"), *questions]

    def files(self) -> list[FileStorage]:
        """The files that were chosen."""
        return [one for one in self.photos.data or [] if isinstance(one, FileStorage) and one.filename]


class OutcomeForm(Form):
    """The agency's answer; the new value comes beside it, in the inputs of its question."""

    verdict = RadioField(
        _l("What do you decide?"),
        choices=[
            SelectChoice(
                "upheld", _l("Uphold: the answer is corrected and the scorecard gets a new version")
            ),
            SelectChoice("declined", _l("Decline: the answer stays")),
        ],
    )
    reason = TextAreaField(_l("Reason, which everybody who sees the scorecard reads"))


def list_filter() -> tuple[DisputeFilter, int]:
    """The filter and the page that the address asks for; nonsense falls back to all that is open."""
    asked: dict[str, Any] = request.args.to_dict()
    standing, client, page = asked.get("state", ""), asked.get("client", ""), asked.get("page", "1")
    wanted = DisputeFilter(
        standing=Standing(standing) if standing in list(Standing) else Standing.OPEN,
        client_id=int(client) if is_id(client) else None,
        sort=asked["sort"] if asked.get("sort", "").removeprefix("-") in SORTS else "due",
    )
    return wanted, max(1, int(page)) if is_id(page) else 1
