"""Forms of planning: which branches, when, for how much, and to whom."""

from flask import request

from audit.accounts.models import Person
from audit.branches.forms import is_id, page_number
from audit.fields import ChoiceField, DayField, MoneyField, WholeField, filled
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.visits.lifecycle import State
from audit.visits.planning import Terms
from audit.visits.planning_queries import LATE, SORTS, PlanFilter
from audit.waves.models import Wave


class PlanForm(Form):
    """Visits for chosen branches; the branches themselves are checkboxes of the page."""

    opens_on = DayField(_l("First day"), [filled])
    closes_on = DayField(_l("Last day"), [filled])
    submit_on = DayField(_l("To be sent by (23:59 of this day)"))
    fee = MoneyField(_l("Fee per visit (đồng)"), [filled])
    expense_cap = MoneyField(_l("Expenses up to (đồng)"), [filled])
    shopper_id = ChoiceField(_l("Offer to"), choices=[], default="")
    seen = WholeField(_l("State of the plan"), [filled])

    def offer(self, people: list[Person]) -> None:
        """Offer the shoppers."""
        self.shopper_id.choices = [
            ("", _("Nobody yet")),
            *((str(person.id), person.name) for person in people),
        ]

    def read(self) -> Terms:
        """What was typed."""
        money = self.fee.data, self.expense_cap.data
        return Terms(self.opens_on.data, self.closes_on.data, *money, submit_on=self.submit_on.data)


class AssignForm(Form):
    """To whom a visit is offered."""

    shopper_id = ChoiceField(_l("Offer to"), [filled], choices=[])

    def offer(self, people: list[Person]) -> None:
        """Offer the shoppers that nothing keeps from it."""
        names = ((str(person.id), person.name) for person in people)
        self.shopper_id.choices = [("", _("Choose a shopper")), *names]


def plan_form(wave: Wave, people: list[Person]) -> PlanForm:
    """The form with the wave's own dates and money, or with what was typed."""
    form = PlanForm(
        data={
            "opens_on": wave.starts_on,
            "closes_on": wave.ends_on,
            "fee": wave.fee,
            "expense_cap": wave.expense_cap,
        }
    )
    form.offer(people)
    return form


def chosen_branches() -> list[int]:
    """The ids of the ticked branches; what is no id becomes 0, which no branch has."""
    return [int(text) if is_id(text) else 0 for text in request.form.getlist("branch")]


def plan_filter() -> tuple[PlanFilter, int]:
    """The filter and page that the address asks for; nonsense means everything."""
    state, sort = request.args.get("state", ""), request.args.get("sort", "branch")
    region, shopper = request.args.get("region", ""), request.args.get("shopper", "")
    wanted = PlanFilter(
        state=state if state in {*State, LATE} else "",
        region_id=int(region) if is_id(region) else None,
        shopper_id=int(shopper) if is_id(shopper) else None,
        sort=sort if sort.removeprefix("-") in SORTS else "branch",
    )
    return wanted, page_number()
