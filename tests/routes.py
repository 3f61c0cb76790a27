"""Every address of the house: who may open it for which record (records.py). `test_routes.py` holds the house to it."""

import dataclasses
from collections.abc import Callable, Mapping
from uuid import uuid4

from flask.testing import FlaskClient

from audit.accounts.models import Person
from tests import stories
from tests.browser.showcase import Showcase
from tests.records import (
    action,
    alarm,
    batch,
    card,
    client,
    correction,
    covered,
    dispute,
    job,
    mail,
    person,
    planned,
    report,
    version,
    visit,
    wave,
)

ClientOf = Callable[[Person | None], FlaskClient]

ADMIN = {"admin"}
AGENCY = {"admin", "editor"}
OWNER = {"shopper"}
SHOPPERS = {"shopper", "other_shopper"}
PLANNERS = {"branch_manager", "area_manager", "head_office"}  # of the same
READERS = {"branch_manager", "area_manager", "head_office", *AGENCY}  # of the bank's card at `branch`
COMPARERS = {"area_manager", "head_office", "other_client", *AGENCY}  # each sees a table of their own
BANK_COMPARERS = COMPARERS - {"other_client"}
MANAGERS = {"branch_manager", "other_manager"}
ORDERERS = {*MANAGERS, "area_manager", "head_office", "other_client", "admin"}
EVERYBODY = {*SHOPPERS, *AGENCY, *MANAGERS, "area_manager", "head_office", "other_client"}


@dataclasses.dataclass(frozen=True)
class Page:
    """Who may open an address for the record that the arguments name; `public` is open before sign-in."""

    people: set[str]
    arguments: Callable[[Showcase], dict[str, object]] = lambda made: {}
    public: bool = False
    by_token: bool = False  # for programs: a session opens nothing there (tests/api)
    sent: Mapping[str, object] = dataclasses.field(default_factory=dict)  # a body that is right in itself


TOKEN_ONLY = Page(set(), by_token=True)
PAGES: dict[str, Page] = {
    "home.index": Page(EVERYBODY, public=True),
    "security.login": Page(EVERYBODY, public=True),
    "security.logout": Page(EVERYBODY, public=True),
    "security.forgot_password": Page(EVERYBODY, public=True),
    "security.reset_password": Page(EVERYBODY, lambda made: {"token": "none"}, public=True),
    "security.change_password": Page(EVERYBODY),
    "accounts.choose_language": Page(EVERYBODY, public=True),
    "accounts.account": Page(EVERYBODY),
    "accounts.people": Page(ADMIN),
    "accounts.person_new": Page(ADMIN),
    "accounts.person_edit": Page(ADMIN, person),
    "accounts.person_password": Page(ADMIN, person),
    "accounts.grant_new": Page(ADMIN, person),
    "accounts.grant_remove": Page(
        ADMIN, lambda made: {**person(made), "grant_id": made.cast.people["other_manager"].grants[0].id}
    ),
    "branches.index": Page(ADMIN),
    "branches.new_client": Page(ADMIN),
    "branches.client": Page(ADMIN, client),
    "branches.edit_client": Page(ADMIN, client),
    "branches.settings": Page(ADMIN, client),
    "branches.new_region": Page(ADMIN, client),
    "branches.new_branch": Page(ADMIN, client),
    "branches.edit_region": Page(ADMIN, lambda made: {"region_id": made.cast.north.id}),
    "branches.edit_branch": Page(ADMIN, lambda made: {"branch_id": made.cast.branch.id}),
    "checklists.index": Page(ADMIN),
    "checklists.import_document": Page(ADMIN),
    "checklists.version": Page(ADMIN, version),
    "checklists.export": Page(ADMIN, version),
    "checklists.new_draft": Page(ADMIN, version),
    "checklists.weights": Page(ADMIN, version),
    "checklists.publish": Page(ADMIN, version),
    "checklists.retire": Page(ADMIN, version),
    "waves.index": Page(ADMIN),
    "waves.new": Page(ADMIN),
    "waves.edit": Page(ADMIN, wave),
    "waves.ethics": Page(ADMIN, wave),
    "waves.open_wave": Page(ADMIN, wave),
    "waves.close": Page(ADMIN, wave),
    "waves.release_date": Page(ADMIN, wave),
    "waves.release_date_clear": Page(ADMIN, wave),
    "outbox.index": Page(ADMIN),
    "outbox.mail": Page(ADMIN, mail),
    "outbox.resend": Page(ADMIN, mail),
    "jobs.index": Page(ADMIN),
    "jobs.again": Page(ADMIN, job),
    "jobs.all_again": Page(ADMIN),
    "batches.new": Page(ORDERERS),
    "batches.order": Page(ORDERERS),
    "batches.batch": Page({"head_office"}, batch),
    "batches.progress": Page({"head_office"}, batch),
    "batches.again": Page({"head_office"}, batch),
    "batches.file": Page({"head_office"}, batch),
    "wave_reports.index": Page(COMPARERS),
    "wave_reports.order": Page(COMPARERS),
    "wave_reports.order_scorecards": Page(COMPARERS - {"editor"}),
    "wave_reports.report": Page({"head_office"}, report),
    "wave_reports.progress": Page({"head_office"}, report),
    "wave_reports.again": Page({"head_office"}, report),
    "wave_reports.file": Page({"head_office"}, report),
    "planning.wave": Page(ADMIN, wave),
    "planning.plan": Page(ADMIN, wave),
    "planning.visit": Page(ADMIN, planned("planned")),
    "planning.assign": Page(ADMIN, planned("planned")),
    "planning.cancel": Page(ADMIN, planned("planned")),
    "planning.take_back": Page(ADMIN, planned("offered")),
    "visits.worker": Page(EVERYBODY, public=True),
    "visits.manifest": Page(EVERYBODY, public=True),
    "visits.offline": Page(EVERYBODY, public=True),
    "visits.index": Page(SHOPPERS),
    "visits.brief": Page(OWNER, visit("accepted")),
    "visits.accept": Page(OWNER, visit("offered")),
    "visits.decline": Page(OWNER, visit("offered")),
    "visits.withdraw": Page(OWNER, visit("accepted")),
    "visits.start": Page(OWNER, visit("accepted")),
    "visits.abort": Page(OWNER, visit("in_progress")),
    "visits.answer": Page(OWNER, visit("in_progress")),
    "visits.plain": Page(OWNER, visit("in_progress")),
    "visits.section": Page(OWNER, visit("in_progress", section="arrival")),
    "visits.check": Page(OWNER, visit("in_progress")),
    "visits.correct": Page(OWNER, visit("returned")),
    "visits.receipt": Page(OWNER, visit("submitted")),
    "visits.photo": Page(
        OWNER | AGENCY,
        lambda made: {"visit_id": made.visits["in_progress"].id, "photo_id": made.photo, "size": "grid"},
    ),
    "visits.remove_photo": Page(
        OWNER, lambda made: {"visit_id": made.visits["in_progress"].id, "photo_id": made.photo}
    ),
    "visits.api_session": Page(SHOPPERS),
    "visits.api_resume": Page(OWNER, visit("in_progress")),
    "visits.api_answers": Page(OWNER, visit("in_progress"), sent={"json": {"answers": []}}),
    "visits.api_start": Page(OWNER, visit("accepted"), sent={"json": {}}),
    "visits.api_abort": Page(OWNER, visit("in_progress"), sent={"json": {"reason": "closed"}}),
    "visits.api_put_photo": Page(
        OWNER,
        visit("in_progress", photo_id=uuid4()),
        sent={"data": stories.picture(), "headers": {"X-Question-Id": "front"}},
    ),
    "visits.api_delete_photo": Page(
        OWNER, lambda made: {"visit_id": made.visits["in_progress"].id, "photo_id": made.photo}
    ),
    "visits.api_submit": Page(OWNER, visit("in_progress", submission_id=uuid4()), sent={"json": {}}),
    "review.queue": Page(AGENCY),
    "review.visit": Page(AGENCY, visit("submitted")),
    "review.send_back": Page(AGENCY, visit("submitted")),
    "review.approve": Page(AGENCY, visit("submitted")),
    "review.reject": Page(AGENCY, visit("submitted")),
    "review.claim": Page(AGENCY, visit("submitted")),
    "review.take_next": Page(AGENCY),
    "review.give_back": Page(AGENCY, visit("submitted")),
    "review.take_over": Page(AGENCY, visit("submitted")),
    "review.hand_over": Page(AGENCY, visit("submitted")),
    "review.canned_notes": Page(AGENCY),
    "review.canned_new": Page(ADMIN),
    "review.canned_edit": Page(ADMIN, lambda made: {"note_id": made.canned.id}),
    "review.release_one": Page(ADMIN, visit("approved")),
    "review.release_wave": Page(ADMIN, wave),
    "review.photo": Page(
        AGENCY,
        lambda made: {
            "visit_id": made.visits["submitted"].id,
            "photo_id": made.submitted_photo,
            "size": "screen",
        },
    ),
    "review.set_flag": Page(AGENCY, visit("submitted")),
    "review.alarm_list": Page(COMPARERS),
    "review.alarm": Page(BANK_COMPARERS, alarm),
    "review.settle_alarm": Page(AGENCY, lambda made: {**alarm(made), "step": "confirm"}),
    "review.correct": Page(AGENCY, visit("submitted", place=2)),
    "review.correction": Page(AGENCY, correction),
    "review.withdraw_correction": Page(AGENCY, correction),
    "review.changes": Page(OWNER, visit("rejected")),
    "review.redact": Page(AGENCY, visit("rejected", place=10)),
    "review.redact_photo": Page(AGENCY, covered),
    "review.redacted_photo": Page(AGENCY, lambda made: {**covered(made), "size": "screen"}),
    "reports.my_branches": Page(MANAGERS),
    "reports.scorecard": Page(READERS, card),
    "reports.pdf": Page(READERS, card),
    "reports.photo": Page(READERS, lambda made: {**card(made), "place": 0, "size": "screen"}),
    "followup.action_list": Page(READERS | {"other_manager", "other_client"}),
    "followup.action": Page(READERS, action),
    "followup.action_photo": Page(READERS, lambda made: {**action(made), "place": 0}),
    "followup.accept_action": Page(PLANNERS, action),
    "followup.change_action": Page(PLANNERS, action),
    "followup.finish_action": Page(PLANNERS, action),
    "followup.reopen_action": Page(PLANNERS, action),
    "followup.drop_action": Page(PLANNERS, action),
    "followup.add_action": Page(PLANNERS, card),
    "followup.message_list": Page(READERS | {"other_manager", "other_client"}),
    "followup.thread_page": Page(READERS, card),
    "followup.write_message": Page(READERS, card),
    "followup.acknowledge": Page(PLANNERS, card),
    "followup.dispute_new": Page(PLANNERS, card),
    "followup.dispute_raise": Page(PLANNERS, card),
    "followup.dispute_list": Page(AGENCY),
    "followup.dispute": Page(AGENCY, dispute),
    "followup.dispute_answer": Page(AGENCY, dispute),
    "followup.dispute_evidence": Page(READERS, lambda made: {**dispute(made), "place": 0}),
    "followup.dispute_rates_page": Page(ADMIN),
    "insights.network": Page(COMPARERS),
    "insights.branch": Page(BANK_COMPARERS, lambda made: {"branch_id": made.cast.branch.id}),
    "insights.visits": Page(COMPARERS),
    "insights.compare": Page(COMPARERS),
    "insights.visits_csv": Page(COMPARERS),
    "insights.visits_xlsx": Page(COMPARERS),
    "insights.export_xlsx": Page(COMPARERS),
    "insights.table_csv": Page(COMPARERS, lambda made: {"name": "branches"}),
    "insights.branch_xlsx": Page(BANK_COMPARERS, lambda made: {"branch_id": made.cast.branch.id}),
    "insights.branch_csv": Page(
        BANK_COMPARERS, lambda made: {"branch_id": made.cast.branch.id, "name": "branch-waves"}
    ),
    "insights.compare_xlsx": Page(set()),
    "insights.compare_csv": Page(set(), lambda made: {"name": "compare"}),
    "insights.shoppers_xlsx": Page(AGENCY),
    "insights.shoppers_csv": Page(AGENCY),
    "insights.comments": Page(COMPARERS),
    "insights.comments_csv": Page(COMPARERS),
    "insights.comments_xlsx": Page(COMPARERS),
    "insights.photos": Page(COMPARERS),
    "insights.drivers": Page(COMPARERS),
    "insights.drivers_csv": Page(COMPARERS, lambda made: {"name": "nps"}),
    "insights.drivers_xlsx": Page(COMPARERS),
    "insights.leniency": Page(AGENCY),
    "insights.precision_page": Page(ADMIN, wave),
    "insights.precision_xlsx": Page(ADMIN, wave),
    "insights.precision_csv": Page(ADMIN, lambda made: {"wave_id": made.wave.id, "name": "quota"}),
    "payments.index": Page(ADMIN),
    "payments.approve": Page(ADMIN),
    "payments.paid": Page(ADMIN),
    "payments.table": Page(ADMIN),
    "payments.receipt": Page({"shopper", "admin"}, visit("released")),
    "earnings.index": Page(SHOPPERS),
    "earnings.expenses": Page(OWNER, visit("in_progress")),
    "earnings.appeal": Page(OWNER, visit("rejected")),
    "review.give_grade": Page(AGENCY, visit("approved")),
    "review.open_appeals": Page(ADMIN),
    "review.answer_appeal": Page(ADMIN, visit("rejected")),
    "tokens.index": Page(COMPARERS - {"editor"}),
    "tokens.make": Page(COMPARERS - {"editor"}),
    "tokens.revoke": Page({"head_office"}, lambda made: {"token_id": made.token.id}),
    "tokens.everybodys": Page(ADMIN),
    "tokens.revoke_anybodys": Page(ADMIN, lambda made: {"token_id": made.token.id}),
    "api.openapi": Page(EVERYBODY, public=True),
    "api.token": TOKEN_ONLY,
    "api.waves_list": TOKEN_ONLY,
    "api.network": TOKEN_ONLY,
    "api.branches": TOKEN_ONLY,
    "api.regions": TOKEN_ONLY,
    "api.formats": TOKEN_ONLY,
    "api.channels": TOKEN_ONLY,
    "api.factors": TOKEN_ONLY,
    "api.sections": TOKEN_ONLY,
    "api.questions": TOKEN_ONLY,
    "api.coverage": TOKEN_ONLY,
    "api.ratings": TOKEN_ONLY,
    "api.drivers": TOKEN_ONLY,
    "api.branch_waves": Page(set(), lambda made: {"branch_id": made.cast.branch.id}, by_token=True),
    "api.scorecards_list": TOKEN_ONLY,
    "oversight.trail": Page(ADMIN),
    "oversight.trail_csv": Page(ADMIN),
    "oversight.of_visit": Page(AGENCY, visit("released")),
}
# Addresses whose parts belong together: a part from somewhere else is a page that does not exist.
MIXED: dict[str, Callable[[Showcase], dict[str, object]]] = {
    "planning.visit": lambda made: {"wave_id": made.wave.id, "visit_id": made.foreign_visit.id},
    "planning.assign": lambda made: {"wave_id": made.planning_wave.id, "visit_id": made.visits["planned"].id},
    "accounts.grant_remove": lambda made: {
        "person_id": made.cast.people["shopper"].id,
        "grant_id": made.cast.people["other_manager"].grants[0].id,
    },
    "review.photo": lambda made: {
        "visit_id": made.visits["approved"].id,
        "photo_id": made.photo,
        "size": "grid",
    },
    "review.correction": lambda made: {**visit("submitted")(made), "correction_id": made.correction.id},
    "review.redacted_photo": lambda made: {**covered(made), **visit("submitted")(made), "size": "screen"},
    "visits.photo": lambda made: {
        "visit_id": made.visits["submitted"].id,
        "photo_id": made.photo,
        "size": "grid",
    },
}
