"""What the pages of actions send: a plan, a completion with photos, a reason, the filter of the list."""

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, MultipleFileField, TextAreaField
from wtforms.validators import Optional

from audit.branches.forms import is_id, page_number
from audit.checklists.published import published
from audit.fields import ChoiceField, DayField, TextField
from audit.followup.action_queries import CHOICES, SORTS, ActionFilter, ActionLine
from audit.followup.actions import Plan
from audit.followup.models import Action, ActionState
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.i18n import text_of
from audit.review.models import Scorecard


class PlanForm(Form):
    """What, by whom, until when; the service checks all of it."""

    text = TextAreaField(_l("What will be done"))
    department = TextField(_l("Department (may stay empty)"))
    owner = TextField(_l("Who does it"), description=_l("A function or a name, as the branch likes."))
    due_on = DayField(_l("Done by"), [Optional()])

    def read(self) -> Plan:
        """What was typed."""
        return Plan(
            str(self.text.data or ""),
            str(self.department.data or ""),
            str(self.owner.data or ""),
            self.due_on.data,
        )


class AddForm(PlanForm):
    """The same for an action of the branch's own, about a question or about the visit."""

    question_id = ChoiceField(_l("About"), choices=[], default=lambda: request.args.get("question", ""))

    def offer(self, card: Scorecard) -> None:
        """Offer the questions of the scorecard that were answered, in form order."""
        known = published(card.version)
        asked = [line["id"] for line in card.result.get("questions", ()) if line["state"] == "answered"]
        self.question_id.choices = [
            ("", _("The visit as a whole")),
            *(
                (name, f"{known.order[name] + 1}. {text_of(known.questions[name].get('text')) or name}")
                for name in asked
            ),
        ]

    def question(self) -> str | None:
        """The chosen question's id."""
        return self.question_id.data or None


class DoneForm(Form):
    """What was done, in words and photos; the service checks it."""

    photos = MultipleFileField(_l("Photos that show it (at most 4)"))
    note = TextAreaField(_l("What was done"))
    kept = HiddenField()  # storage keys, sealed: photos survive a refusal of the text

    def files(self) -> list[FileStorage]:
        """The files that were chosen."""
        return [one for one in self.photos.data or [] if isinstance(one, FileStorage) and one.filename]


class DropForm(Form):
    """Why it is not done."""

    reason = TextAreaField(_l("Reason, which area and head office read"))


def plan_form(line: ActionLine) -> PlanForm:
    """The form of one action, filled with what stands there; a proposal begins with its question."""
    action = line.action
    is_untouched = action.is_proposal and action.state == ActionState.PROPOSED
    text = _("Put right: %(question)s", question=line.title) if is_untouched else line.title
    return PlanForm(
        formdata=None, text=text, department=action.department, owner=action.owner, due_on=_day(action)
    )


def _day(action: Action) -> object:
    """A failed action's old day would be refused."""
    return None if action.state == ActionState.FAILED_AGAIN else action.due_on


def seen_event() -> int | None:
    """The newest event of the action that the page showed; None when it does not say."""
    text = request.form.get("seen", "")
    return int(text) if is_id(text) else None


def action_filter() -> tuple[ActionFilter, int]:
    """The filter and the page that the address asks for; nonsense falls back to what is to be done."""
    state, sort = request.args.get("state", "todo"), request.args.get("sort", "urgency")
    numbers = {name: request.args.get(name, "") for name in ("client", "region", "branch")}
    ids = {name: int(text) if is_id(text) else None for name, text in numbers.items()}
    wanted = ActionFilter(
        state=state if state in CHOICES else "todo",
        client_id=ids["client"],
        region_id=ids["region"],
        branch_id=ids["branch"],
        sort=sort if sort.removeprefix("-") in SORTS else "urgency",
    )
    return wanted, page_number()
