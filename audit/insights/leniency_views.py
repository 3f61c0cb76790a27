"""How shoppers score against each other: for editors and admins."""

from flask import render_template

from audit.accounts.models import RoleName
from audit.insights import leniency, leniency_words, selection
from audit.insights.blueprint import bp
from audit.insights.sheet import printed
from audit.insights.sheets import leniency as table
from audit.security import allow, me


@bp.get("/network/shoppers", endpoint="leniency")
@allow(RoleName.EDITOR, RoleName.ADMIN)
def shoppers_page() -> str:
    """The shoppers of a wave and those pooled with it; the filter narrows branches, and this is about people."""
    chosen = selection.read(me())
    if chosen is None:
        return render_template("insights/nothing.html")
    found = leniency.leniency_in(me(), chosen.wave)
    return render_template(
        "insights/shoppers.html",
        selection=chosen,
        choices=selection.choices(me()),
        found=found,
        sheet=table.build(found),
        words=leniency_words,
        printed=printed,
    )
