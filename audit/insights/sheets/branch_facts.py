"""What is said of a branch in one wave, as its page words it: range, rank range, flag, change, agreement."""

from audit.i18n import gettext as _
from audit.i18n import number
from audit.insights.agreement import Stability
from audit.insights.branch_page import BranchPage
from audit.insights.branch_words import facts_of
from audit.insights.sheet import Column, Sheet


def build(page: BranchPage) -> Sheet:
    """A row a statement; none without a visit in the wave. Rank, flag and change only for who may read them."""
    columns = [
        Column("about", _("Figure"), about=_("What the statement is about.")),
        Column("said", _("In words"), about=_("What may be said of it, or why nothing is said.")),
    ]
    rows = []
    if page.own is not None and (page.own.n or page.own.unscored):
        rows = [{"_key": fact.key, "about": fact.title, "said": fact.text} for fact in facts_of(page)]
        rows.append(
            {
                "_key": "alike",
                "about": _("How alike the visits are"),
                "said": alike(page.stability, page.own.n),
            }
        )
    return Sheet("branch-facts", _("In short"), columns, rows)


def alike(stability: Stability, n: int) -> str:
    """78 % tiêu chí cho kết quả giống nhau, and over how much; or why there is no such share."""
    if stability.share is None:
        if n < 2:
            return _("One visit alone does not say how alike visits are.")
        return _("No question was assessed in two visits.")
    share = _("%(share)s %% of the criteria give the same result.", share=number(stability.share * 100, 0))
    rests = _(
        "Over pairs of visits to this branch, %(questions)s questions, %(n)s visits.",
        questions=stability.questions,
        n=n,
    )
    return f"{share} {rests}"
