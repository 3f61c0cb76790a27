"""Which corrections the shopper gets a mail of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.visits.models import Visit
from tests import stories
from tests.review.correcting import correct


def test_the_shopper_is_told_of_each_correction_after_a_dispute(
    visit: Visit, editor: Person, second: Person, admin: Person, shopper: Person, session: Session
) -> None:
    before = correct(visit, editor, "nps", {"value": 1})
    stories.approved(visit, editor)
    stories.released(visit, admin)

    after = [correct(visit, second, "greeted", for_dispute=True)]
    after.append(correct(visit, second, "skill", {"value": 4}, for_dispute=True))

    mails = session.scalars(select(Mail).where(Mail.person_id == shopper.id).order_by(Mail.id)).all()
    assert [mail.key for mail in mails] == [f"correction:{one.id}" for one in (before, *after)]
    assert all(f"/visits/{visit.id}/changes\n" in mail.body for mail in mails)
