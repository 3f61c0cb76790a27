"""The last guard: every CHECK of the schema is tripped once, by a statement that breaks that rule alone."""

import re
from datetime import date

import pytest
from sqlalchemy import CheckConstraint, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import audit.models  # noqa: F401 - every table must be known
from audit.accounts.models import Person
from audit.db import Base
from audit.followup import actions
from audit.review.models import Scorecard
from audit.visits.lifecycle import State
from tests import factories, stories
from tests.conftest import World

COPY_OF_CARD = """
    INSERT INTO scorecard (number, edition, is_current, visit_id, client_id, wave_id, branch_id, version_id,
        status, overall, before_knockouts, knockouts, visited_on, daypart, result, answers, photos, context,
        made_at, made_by_id, released_at, reason)
    SELECT 'ANOTHER', {edition}, false, visit_id, client_id, wave_id, branch_id, version_id,
        {status}, {overall}, before_knockouts, knockouts, visited_on, daypart, result, answers, photos, {context},
        made_at, made_by_id, released_at, {reason}
    FROM scorecard
"""
USUAL = {"edition": "2", "status": "status", "overall": "overall", "context": "context", "reason": "'vì'"}


def card(**changed: str) -> str:
    """A second edition with something wrong."""
    return COPY_OF_CARD.format(**USUAL | changed)


def expense(amount: str = "1000", receipt: str = "'key'") -> str:
    """A report of expenses with something wrong."""
    return f"""
        INSERT INTO expense (visit_id, amount, receipt, note, by_id, at)
        SELECT id, {amount}, {receipt}, '', shopper_id, now() FROM visit"""


def appeal(text: str = "'Tôi đã tới.'", granted: str = "NULL") -> str:
    """An appeal with something wrong."""
    return f"""
        INSERT INTO appeal (visit_id, text, at, granted, answer) SELECT id, {text}, now(), {granted}, '' FROM visit"""


def outcome(upheld: str = "false", reason: str = "'x'") -> str:
    """An answer to the dispute with something wrong."""
    return f"""
        INSERT INTO dispute_outcome (dispute_id, upheld, reason, by_id, at)
        SELECT id, {upheld}, {reason}, by_id, at FROM dispute"""


CORRECTION = """
    INSERT INTO correction (visit_id, round, question_id, old, new, reason, needs_consent, by_id, at)
    SELECT id, 1, 'greeted', '{{}}', {new}, {reason}, true, shopper_id, now() FROM visit"""
CONSENT = """
    WITH made AS ({correction} RETURNING id, by_id)
    INSERT INTO correction_consent (correction_id, proposed_by_id, agreed, capacity, note, by_id, at)
    SELECT id, by_id, {agreed}, {capacity}, '', {by}, now() FROM made"""
COVERED = """
    INSERT INTO comment_redaction (visit_id, question_id, part, text, reason, by_id, at)
    SELECT id, 'greeted', {part}, '', {reason}, shopper_id, now() FROM visit"""


def correction(new: str = "'1'", reason: str = "'so'") -> str:
    """A correction."""
    return CORRECTION.format(new=new, reason=reason)


def consent(agreed: str = "true", capacity: str = "'editor'", by: str = "by_id + 1") -> str:
    """An answer to one, by somebody else."""
    return CONSENT.format(correction=correction(), agreed=agreed, capacity=capacity, by=by)


def alarm(*, state: str, settled: str, by: str, note: str) -> str:
    """An alarm with something wrong."""
    return f"""
        INSERT INTO alarm (visit_id, question_id, round, at, state, settled_at, settled_by_id, note)
        SELECT id, 'greeted', 1, now(), {state}, {settled}, {by}, {note} FROM visit"""


def token(name: str = "'Power BI'", expires: str = "now() + interval '1 day'") -> str:
    """A token of a program with something wrong."""
    return f"""
        INSERT INTO api_token (person_id, client_id, name, sha256, ending, made_at, expires_at)
        SELECT person.id, client.id, {name}, '', '', now(), {expires} FROM person, client LIMIT 1"""


def report(language: str = "'vi'", done: str = "0", finished: str = "NULL") -> str:
    """A report of a wave with something wrong."""
    return f"""
        INSERT INTO wave_report (person_id, wave_id, selection, branch_ids, language, at, done, steps, finished_at)
        SELECT ethics_by_id, id, '{{}}', '[]', {language}, now(), {done}, 1, {finished} FROM wave"""


BROKEN = {
    "ck_api_token_name_given": token(name="' '"),
    "ck_api_token_expires_later": token(expires="now()"),
    "ck_correction_reason_given": correction(reason="' '"),
    "ck_correction_changes_something": correction(new="'{}'"),
    "ck_correction_consent_somebody_else": consent(by="by_id"),
    "ck_correction_consent_capacity_known": consent(capacity="'lost'"),
    "ck_correction_consent_withdrawn_is_no": consent(capacity="'withdrawn'"),
    "ck_correction_consent_no_has_reason": consent(agreed="false"),
    "ck_comment_redaction_part_known": COVERED.format(part="'lost'", reason="'so'"),
    "ck_comment_redaction_reason_given": COVERED.format(part="'comment'", reason="' '"),
    "ck_access_grant_reach_fits_role": "UPDATE access_grant SET client_id = NULL WHERE role = 'head_office'",
    "ck_person_has_identity": "UPDATE person SET email = NULL, phone = NULL",
    "ck_person_email_lower": "UPDATE person SET email = upper(email)",
    "ck_person_phone_international": "UPDATE person SET phone = '0912345678' WHERE id = 1",
    "ck_person_language_known": "UPDATE person SET language = 'fr'",
    "ck_person_name_given": "UPDATE person SET name = ' '",
    "ck_client_dispute_days_range": "UPDATE client SET dispute_days = 91",
    "ck_client_code_form": "UPDATE client SET code = 'bank' WHERE code = 'BANK'",
    "ck_client_name_given": "UPDATE client SET name = ' ' WHERE code = 'BANK'",
    "ck_region_level_range": "UPDATE region SET level = 5, parent_id = id",
    "ck_region_level_of_root": "UPDATE region SET level = 2",
    "ck_region_name_given": "UPDATE region SET name = ' ' WHERE name = 'Miền Bắc'",
    "ck_branch_latitude_range": "UPDATE branch SET latitude = 91, longitude = 1",
    "ck_branch_longitude_range": "UPDATE branch SET latitude = 1, longitude = 181",
    "ck_branch_position_whole": "UPDATE branch SET latitude = 21",
    "ck_branch_name_given": "UPDATE branch SET name = ' '",
    "ck_branch_channel_known": "UPDATE branch SET channel = 'lost'",
    "ck_version_state_known": """
        UPDATE version SET state = 'lost', sha256 = '', published_at = now() WHERE state = 'draft'""",
    "ck_version_number_positive": "UPDATE version SET number = 0 WHERE state = 'draft'",
    "ck_version_published_has_hash": "UPDATE version SET state = 'published' WHERE state = 'draft'",
    "ck_wave_state_known": "UPDATE wave SET state = 'lost'",
    "ck_wave_dates_in_order": "UPDATE wave SET ends_on = starts_on - 1",
    "ck_wave_money_not_negative": "UPDATE wave SET fee = -1",
    "ck_wave_ethics_gate": "UPDATE wave SET ethics_note = ' '",
    "ck_visit_state_known": "UPDATE visit SET state = 'lost'",
    "ck_visit_window_in_order": "UPDATE visit SET closes_on = opens_on - 1",
    "ck_visit_money_not_negative": "UPDATE visit SET expense_cap = -1",
    "ck_visit_shopper_known": "UPDATE visit SET shopper_id = NULL",
    "ck_visit_terms_frozen": "UPDATE visit SET terms = NULL",
    "ck_visit_abort_has_reason": "UPDATE visit SET state = 'aborted'",
    "ck_visit_submitted_has_time": "UPDATE visit SET submitted_at = NULL",
    "ck_visit_approved_has_time": "UPDATE visit SET approved_at = NULL",
    "ck_visit_released_has_time": "UPDATE visit SET released_at = NULL",
    "ck_answer_value_or_na": "UPDATE answer SET na = true",
    "ck_submission_status_known": """
        INSERT INTO submission (id, visit_id, round, status, at, by_id, payload, payload_sha256, receipt)
        SELECT gen_random_uuid(), visit_id, round, 'lost', at, by_id, payload, '', 'ANOTHER' FROM submission""",
    "ck_photo_state_known": "UPDATE photo SET state = 'lost'",
    "ck_photo_source_known": "UPDATE photo SET source = 'lost'",
    "ck_photo_position_error_known": "UPDATE photo SET position_error = 'lost'",
    "ck_photo_stored_has_copies": "UPDATE photo SET grid_key = NULL",
    "ck_return_note_note_given": """
        INSERT INTO return_note (visit_id, round, question_id, note, by_id, at)
        SELECT id, 1, 'greeted', ' ', shopper_id, now() FROM visit""",
    "ck_expense_amount_not_negative": expense(amount="-1"),
    "ck_expense_receipt_given": expense(receipt="NULL"),
    "ck_payment_state_known": "UPDATE payment SET state = 'lost', approved_at = now(), approved_by_id = 1",
    "ck_payment_money_not_negative": "UPDATE payment SET fee = -1",
    "ck_payment_approved_has_person": "UPDATE payment SET state = 'approved'",
    "ck_payment_paid_has_day": "UPDATE payment SET paid_on = now()",
    "ck_grade_grade_range": """
        INSERT INTO grade (visit_id, grade, note, by_id, at) SELECT id, 6, '', shopper_id, now() FROM visit""",
    "ck_appeal_text_given": appeal(text="' '"),
    "ck_appeal_answered_whole": appeal(granted="true"),
    "ck_trail_kind_form": "INSERT INTO trail (at, kind, data) VALUES (now(), 'Lost', '{}')",
    "ck_mail_state_known": "UPDATE mail SET state = 'lost', claimed_at = now()",
    "ck_mail_language_known": "UPDATE mail SET language = 'fr'",
    "ck_mail_sent_has_time": "UPDATE mail SET state = 'sent', claimed_at = now()",
    "ck_mail_claimed_has_time": "UPDATE mail SET state = 'failed'",
    "ck_batch_language_known": """
        INSERT INTO batch (person_id, title, language, at) SELECT id, 'x', 'fr', now() FROM person""",
    "ck_batch_finished_has_file": """
        INSERT INTO batch (person_id, title, language, at, finished_at)
        SELECT id, 'x', 'vi', now(), now() FROM person""",
    "ck_wave_report_language_known": report(language="'fr'"),
    "ck_wave_report_progress_range": report(done="2"),
    "ck_wave_report_finished_has_file": report(finished="now()"),
    "ck_wave_release_has_person": "UPDATE wave SET release_at = now()",
    "ck_client_answer_days_range": "UPDATE client SET answer_days = 0",
    "ck_client_escalate_hours_range": "UPDATE client SET escalate_hours = 0",
    "ck_visit_claim_whole": "UPDATE visit SET claimed_at = now()",
    "ck_canned_note_given": "INSERT INTO canned_note (title, vi, en, active) VALUES ('A', 'B', ' ', true)",
    "ck_client_action_points_range": "UPDATE client SET action_points = 101",
    "ck_action_state_known": "UPDATE action SET state = 'lost'",
    "ck_action_text_given": "UPDATE action SET text = ' '",
    "ck_action_taken_has_owner_and_date": "UPDATE action SET owner = ' '",
    "ck_action_done_has_time": "UPDATE action SET done_at = NULL",
    "ck_message_text_given": """
        INSERT INTO message (visit_id, by_id, by_agency, at, text)
        SELECT id, shopper_id, false, now(), ' ' FROM visit""",
    "ck_dispute_fact_given": """
        INSERT INTO dispute (scorecard_id, visit_id, client_id, branch_id, question_id, fact, evidence, by_id, at,
            answer_by)
        SELECT scorecard_id, visit_id, client_id, branch_id, 'skill', ' ', evidence, by_id, at, answer_by
        FROM dispute""",
    "ck_dispute_outcome_reason_given": outcome(reason="' '"),
    "ck_dispute_outcome_upheld_has_scorecard": outcome(upheld="true"),
    "ck_flag_level_known": """
        INSERT INTO flag (visit_id, round, code, level, data, at)
        SELECT id, 1, 'late', 'lost', '{}', now() FROM visit""",
    "ck_alarm_state_known": alarm(state="'lost'", settled="now()", by="shopper_id", note="'x'"),
    "ck_alarm_settled_has_note": alarm(state="'confirmed'", settled="now()", by="shopper_id", note="' '"),
    "ck_scorecard_edition_positive": card(edition="0"),
    "ck_scorecard_later_edition_has_reason": card(reason="''"),
    "ck_scorecard_status_known": card(status="'lost'", overall="NULL"),
    "ck_scorecard_released_has_context": card(context="NULL"),
    "ck_scorecard_scored_has_score": card(overall="NULL"),
    "ck_scorecard_range": card(overall="101"),
    "ck_scorecard_comment_part_known": """
        INSERT INTO scorecard_comment (scorecard_id, question_id, part, text, search)
        SELECT id, 'lost', 'lost', 'x', 'x' FROM scorecard""",
    "ck_scorecard_comment_text_given": """
        INSERT INTO scorecard_comment (scorecard_id, question_id, part, text, search)
        SELECT id, 'lost', 'value', ' ', '' FROM scorecard""",
    "ck_scorecard_photo_place_not_negative": """
        INSERT INTO scorecard_photo (scorecard_id, place, question_id) SELECT id, -1, 'x' FROM scorecard""",
    "ck_cell_counts": "UPDATE cell SET n = 0, incidents = 0, unscored = 0",
    "ck_cell_incidents_range": "UPDATE cell SET incidents = n + 1",
    "ck_cell_part_kind_known": "UPDATE cell_part SET kind = 'lost' WHERE kind = 'section'",
    "ck_cell_part_counts": "UPDATE cell_part SET met = n + 1",
    "ck_wave_part_kind_known": "UPDATE wave_part SET kind = 'lost' WHERE kind = 'section'",
    "ck_wave_part_counts": "UPDATE wave_part SET n = visits + 1",
    "ck_scorecard_file_language_known": """
        INSERT INTO scorecard_file (scorecard_id, language, sha256, bytes, made_at)
        SELECT id, 'fr', '', 1, now() FROM scorecard""",
    "ck_scorecard_file_not_empty": """
        INSERT INTO scorecard_file (scorecard_id, language, sha256, bytes, made_at)
        SELECT id, 'vi', '', 0, now() FROM scorecard""",
}


@pytest.fixture
def rows(
    session: Session, world: World, shopper: Person, editor: Person, admin: Person, head_office: Person
) -> Session:
    """A released visit with all that belongs to it, and a draft of a checklist."""
    visit = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    factories.version(state=factories.VersionState.DRAFT)
    session.commit()
    stories.submitted(visit, shopper)
    stories.approved(visit, editor)
    card_of_it = stories.released(visit, admin)
    plan = actions.Plan("Tập chào khách", "", "Ca trưởng", date(2026, 12, 1))
    actions.finish(
        actions.add(card_of_it, head_office, factories.AT, plan), head_office, factories.AT, "Xong", []
    )
    session.commit()
    stories.disputed(card_of_it, head_office)
    assert session.scalars(select(Scorecard)).one().photos
    return session


def test_every_rule_of_the_schema_is_here() -> None:
    rules = {
        f"ck_{table.name}_{str(rule.name).removeprefix(f'ck_{table.name}_')}"
        for table in Base.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    assert set(BROKEN) == rules


def test_each_rule_refuses_what_breaks_it(rows: Session) -> None:
    for rule, statement in BROKEN.items():
        with pytest.raises(IntegrityError) as refused:
            rows.execute(text(statement))
        found = re.search(r'check constraint "(\w+)"', str(refused.value))
        assert found is not None, (rule, str(refused.value)[:300])
        assert found[1] == rule
        rows.rollback()


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("fk_visit_branch", "UPDATE visit SET branch_id = (SELECT id FROM branch WHERE code = 'ST001')"),
        (
            "fk_visit_wave",
            "UPDATE visit SET (client_id, branch_id) = (SELECT client_id, id FROM branch WHERE code = 'ST001')",
        ),
        (
            "fk_branch_region",
            "UPDATE branch SET region_id = (SELECT id FROM region WHERE name = 'Miền Trung')",
        ),
    ],
)
def test_nothing_crosses_from_one_client_to_another(rows: Session, rule: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        rows.execute(text(statement))
