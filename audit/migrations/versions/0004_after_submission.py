"""The life of a visit after its submission: layers over it, disputes, actions, mails, payments, the trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Before its release a scorecard may lose words and photos that an editor covers; afterwards nothing.
KEEP_SCORECARD = """
CREATE OR REPLACE FUNCTION keep_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  movable text[] := ARRAY['is_current', 'released_at', 'dispute_until', 'context'];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND {coverable} THEN
    movable := movable || ARRAY['answers', 'photos'];
  END IF;
  IF TG_OP = 'UPDATE'
     AND (to_jsonb(NEW) - movable) = (to_jsonb(OLD) - movable)
     AND (OLD.released_at IS NULL OR (NEW.released_at = OLD.released_at
          AND NEW.dispute_until IS NOT DISTINCT FROM OLD.dispute_until
          AND NEW.context IS NOT DISTINCT FROM OLD.context)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a scorecard never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# What an admin has approved is what is paid; what is paid is over.
KEEP_PAYMENT = """
CREATE FUNCTION keep_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'paid' OR (OLD.state = 'approved' AND (NEW.state = 'new'
     OR (NEW.visit_id, NEW.shopper_id, NEW.fee, NEW.expense)
        IS DISTINCT FROM (OLD.visit_id, OLD.shopper_id, OLD.fee, OLD.expense))) THEN
    RAISE EXCEPTION 'an approved payment stays' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""

APPEND_ONLY = (
    "trail",
    "flag",
    "correction",
    "correction_consent",
    "comment_redaction",
    "photo_redaction",
    "grade",
    "expense",
    "dispute",
    "dispute_outcome",
    "action_event",
    "message",
    "acknowledgement",
)

DEFAULTED = (
    ("client", "answer_days"),
    ("client", "escalate_hours"),
    ("client", "action_points"),
    ("scorecard", "reason"),
)
RULES = (
    ("ck_client_answer_days_range", "client", "answer_days BETWEEN 1 AND 90"),
    ("ck_client_escalate_hours_range", "client", "escalate_hours BETWEEN 1 AND 1000"),
    ("ck_client_action_points_range", "client", "action_points BETWEEN 0 AND 100"),
    ("ck_wave_release_has_person", "wave", "(release_at IS NULL) = (release_by_id IS NULL)"),
    ("ck_visit_claim_whole", "visit", "(claimed_by_id IS NULL) = (claimed_at IS NULL)"),
    ("ck_scorecard_later_edition_has_reason", "scorecard", "(edition = 1) = (reason = '')"),
)


def upgrade() -> None:
    op.create_table(
        "canned_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("vi", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "length(trim(title)) > 0 AND length(trim(vi)) > 0 AND length(trim(en)) > 0",
            name=op.f("ck_canned_note_given"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_note")),
        sa.UniqueConstraint("title", name=op.f("uq_canned_note_title")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zip_sha256", sa.String(length=64), nullable=True),
        sa.Column("zip_bytes", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_batch_language_known")),
        sa.CheckConstraint(
            "(zip_sha256 IS NULL) = (finished_at IS NULL) AND (zip_sha256 IS NULL) = (zip_bytes IS NULL)",
            name=op.f("ck_batch_finished_has_file"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_batch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index("ix_batch_person", "batch", ["person_id", "id"], unique=False)
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_sent_has_time")),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_mail_language_known")),
        sa.CheckConstraint(
            "state = 'waiting' OR claimed_at IS NOT NULL", name=op.f("ck_mail_claimed_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'unsure', 'failed')", name=op.f("ck_mail_state_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    op.create_index("ix_mail_state", "mail", ["state", "id"], unique=False)
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("scorecard_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("kind ~ '^[a-z_]+(\\.[a-z_]+)+$'", name=op.f("ck_trail_kind_form")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_trail_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    op.create_index("ix_trail_at", "trail", ["at", "id"], unique=False)
    op.create_index(
        "ix_trail_visit", "trail", ["visit_id", "id"], unique=False, postgresql_where="visit_id IS NOT NULL"
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'raised' OR (settled_at IS NOT NULL AND settled_by_id IS NOT NULL AND length(trim(note)) > 0)",
            name=op.f("ck_alarm_settled_has_note"),
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'confirmed', 'dismissed')", name=op.f("ck_alarm_state_known")
        ),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_alarm_settled_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_alarm_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("visit_id", "question_id", name=op.f("uq_alarm_visit_id_question_id")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(granted IS NULL) = (answered_at IS NULL) AND (granted IS NULL) = (answered_by_id IS NULL)"
            " AND (granted IS NULL OR length(trim(answer)) > 0)",
            name=op.f("ck_appeal_answered_whole"),
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_appeal_text_given")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_appeal_answered_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_appeal_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_appeal_visit_id")),
    )
    op.create_table(
        "comment_redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("part", sa.String(length=7), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("part IN ('comment', 'value')", name=op.f("ck_comment_redaction_part_known")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_comment_redaction_reason_given")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_comment_redaction_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_comment_redaction_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_redaction")),
    )
    op.create_index(
        "ix_comment_redaction_visit", "comment_redaction", ["visit_id", "question_id", "id"], unique=False
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("old", postgresql.JSONB(), nullable=False),
        sa.Column("new", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("needs_consent", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_correction_reason_given")),
        sa.CheckConstraint("old <> new", name=op.f("ck_correction_changes_something")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_correction_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_correction_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("id", "by_id", name=op.f("uq_correction_id_by_id")),
    )
    op.create_index("ix_correction_visit", "correction", ["visit_id", "question_id", "id"], unique=False)
    op.create_table(
        "expense",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount = 0 OR receipt IS NOT NULL", name=op.f("ck_expense_receipt_given")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_expense_amount_not_negative")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_expense_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_expense_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
    )
    op.create_index("ix_expense_visit", "expense", ["visit_id", "id"], unique=False)
    op.create_table(
        "grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_grade_grade_range")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_grade_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_grade_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
    )
    op.create_index("ix_grade_visit", "grade", ["visit_id", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_message_text_given")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_message_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_message_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_visit", "message", ["visit_id", "id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("shopper_id", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("expense", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_payment_paid_has_day")),
        sa.CheckConstraint(
            "state = 'new' OR (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name=op.f("ck_payment_approved_has_person"),
        ),
        sa.CheckConstraint("state IN ('new', 'approved', 'paid')", name=op.f("ck_payment_state_known")),
        sa.CheckConstraint("fee >= 0 AND expense >= 0", name=op.f("ck_payment_money_not_negative")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_payment_approved_by_id")),
        sa.ForeignKeyConstraint(["shopper_id"], ["person.id"], name=op.f("fk_payment_shopper_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_payment_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_payment_visit_id")),
    )
    op.create_index("ix_payment_shopper", "payment", ["shopper_id"], unique=False)
    op.create_index("ix_payment_state", "payment", ["state", "due_on"], unique=False)
    op.create_table(
        "acknowledgement",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_acknowledgement_person_id")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_acknowledgement_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "person_id", name=op.f("pk_acknowledgement")),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=True),
        sa.Column("lost", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("is_proposal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'dropped') OR (length(trim(owner)) > 0 AND due_on IS NOT NULL)",
            name=op.f("ck_action_taken_has_owner_and_date"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'open', 'done', 'confirmed', 'failed_again', 'dropped')",
            name=op.f("ck_action_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('done', 'confirmed') OR done_at IS NOT NULL", name=op.f("ck_action_done_has_time")
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_action_text_given")),
        sa.ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_action_branch"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_action_client_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_action_scorecard_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["scorecard.id"], name=op.f("fk_action_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_branch", "action", ["client_id", "branch_id", "state"], unique=False)
    op.create_index("ix_action_due", "action", ["state", "due_on"], unique=False)
    op.create_index(
        "uq_action_proposal",
        "action",
        ["scorecard_id", "question_id"],
        unique=True,
        postgresql_where="is_proposal",
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_batch_item_scorecard_id")),
        sa.PrimaryKeyConstraint("batch_id", "scorecard_id", name=op.f("pk_batch_item")),
    )
    op.create_table(
        "correction_consent",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "agreed OR capacity = 'withdrawn' OR length(trim(note)) > 0",
            name=op.f("ck_correction_consent_no_has_reason"),
        ),
        sa.CheckConstraint(
            "capacity IN ('shopper', 'editor', 'withdrawn')",
            name=op.f("ck_correction_consent_capacity_known"),
        ),
        sa.CheckConstraint(
            "by_id <> proposed_by_id OR capacity = 'withdrawn'",
            name=op.f("ck_correction_consent_somebody_else"),
        ),
        sa.CheckConstraint(
            "NOT (agreed AND capacity = 'withdrawn')", name=op.f("ck_correction_consent_withdrawn_is_no")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_correction_consent_by_id")),
        sa.ForeignKeyConstraint(
            ["correction_id", "proposed_by_id"],
            ["correction.id", "correction.by_id"],
            name="fk_correction_consent_correction",
        ),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_correction_consent")),
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(fact)) > 0", name=op.f("ck_dispute_fact_given")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_dispute_by_id")),
        sa.ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_dispute_branch"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_dispute_client_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecard.id"], name=op.f("fk_dispute_scorecard_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_dispute_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("visit_id", "question_id", name=op.f("uq_dispute_visit_id_question_id")),
    )
    op.create_index("ix_dispute_branch", "dispute", ["client_id", "branch_id"], unique=False)
    op.create_index("ix_dispute_scorecard", "dispute", ["scorecard_id"], unique=False)
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=6), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=True),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("level IN ('info', 'review', 'strong')", name=op.f("ck_flag_level_known")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_flag_by_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_flag_photo_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_flag_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint(
            "visit_id",
            "round",
            "code",
            "question_id",
            "photo_id",
            name=op.f("uq_flag_visit_id_round_code_question_id_photo_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_flag_code", "flag", ["code", "visit_id"], unique=False)
    op.create_table(
        "text_print",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_text_print_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", "question_id", "print", name=op.f("pk_text_print")),
    )
    op.create_index("ix_text_print_print", "text_print", ["print"], unique=False)
    op.create_table(
        "photo_redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("areas", postgresql.JSONB(), nullable=False),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.Column("screen_key", sa.String(length=64), nullable=True),
        sa.Column("pdf_key", sa.String(length=64), nullable=True),
        sa.Column("grid_key", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_photo_redaction_by_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_redaction_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_redaction")),
    )
    op.create_index("ix_photo_redaction_photo", "photo_redaction", ["photo_id", "id"], unique=False)
    op.create_table(
        "action_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_event_action_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_action_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_event")),
    )
    op.create_index("ix_action_event_action", "action_event", ["action_id", "id"], unique=False)
    op.create_table(
        "dispute_outcome",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("scorecard_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_dispute_outcome_reason_given")),
        sa.CheckConstraint(
            "upheld = (scorecard_id IS NOT NULL)", name=op.f("ck_dispute_outcome_upheld_has_scorecard")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_dispute_outcome_by_id")),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_dispute_outcome_correction_id")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_outcome_dispute_id")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_dispute_outcome_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_dispute_outcome")),
    )
    op.add_column("client", sa.Column("answer_days", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("client", sa.Column("escalate_hours", sa.Integer(), nullable=False, server_default="48"))
    op.add_column(
        "client",
        sa.Column("action_points", sa.Numeric(precision=4, scale=1), nullable=False, server_default="2"),
    )
    op.add_column("client", sa.Column("flag_limits", postgresql.JSONB(), nullable=True))
    op.add_column("client", sa.Column("alarm_person_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_client_alarm_person_id"), "client", "person", ["alarm_person_id"], ["id"])
    op.add_column("photo", sa.Column("dhash", sa.BigInteger(), nullable=True))
    op.create_index("ix_visit_event_at", "visit_event", ["at", "id"])
    op.create_index("ix_photo_sha256", "photo", ["sha256"], unique=False)
    op.add_column("scorecard", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "uq_scorecard_current", "scorecard", ["visit_id"], unique=True, postgresql_where="is_current"
    )
    op.add_column("visit", sa.Column("claimed_by_id", sa.Integer(), nullable=True))
    op.add_column("visit", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_visit_claimed_by_id"), "visit", "person", ["claimed_by_id"], ["id"])
    op.add_column("wave", sa.Column("release_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("wave", sa.Column("release_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_wave_release_by_id"), "wave", "person", ["release_by_id"], ["id"])
    # Only the rows of before needed them: the program says every value.
    for table, column in DEFAULTED:
        op.alter_column(table, column, server_default=None)
    for name, table, rule in RULES:
        op.create_check_constraint(op.f(name), table, rule)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(KEEP_SCORECARD.format(coverable="true"))
    op.execute(KEEP_PAYMENT)
    op.execute(
        "CREATE TRIGGER keep_payment BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION keep_payment()"
    )


def downgrade() -> None:
    op.execute(KEEP_SCORECARD.format(coverable="false"))
    for name, table, _rule in RULES:
        op.drop_constraint(op.f(name), table, type_="check")
    op.drop_constraint(op.f("fk_wave_release_by_id"), "wave", type_="foreignkey")
    op.drop_column("wave", "release_by_id")
    op.drop_column("wave", "release_at")
    op.drop_constraint(op.f("fk_visit_claimed_by_id"), "visit", type_="foreignkey")
    op.drop_column("visit", "escalated_at")
    op.drop_column("visit", "claimed_at")
    op.drop_column("visit", "claimed_by_id")
    op.drop_index("uq_scorecard_current", table_name="scorecard", postgresql_where="is_current")
    op.drop_column("scorecard", "reason")
    op.drop_index("ix_visit_event_at", table_name="visit_event")
    op.drop_index("ix_photo_sha256", table_name="photo")
    op.drop_column("photo", "dhash")
    op.drop_constraint(op.f("fk_client_alarm_person_id"), "client", type_="foreignkey")
    op.drop_column("client", "alarm_person_id")
    op.drop_column("client", "flag_limits")
    op.drop_column("client", "action_points")
    op.drop_column("client", "escalate_hours")
    op.drop_column("client", "answer_days")
    op.drop_table("dispute_outcome")
    op.drop_index("ix_action_event_action", table_name="action_event")
    op.drop_table("action_event")
    op.drop_index("ix_photo_redaction_photo", table_name="photo_redaction")
    op.drop_table("photo_redaction")
    op.drop_index("ix_text_print_print", table_name="text_print")
    op.drop_table("text_print")
    op.drop_index("ix_flag_code", table_name="flag")
    op.drop_table("flag")
    op.drop_index("ix_dispute_scorecard", table_name="dispute")
    op.drop_index("ix_dispute_branch", table_name="dispute")
    op.drop_table("dispute")
    op.drop_table("correction_consent")
    op.drop_table("batch_item")
    op.drop_index("uq_action_proposal", table_name="action", postgresql_where="is_proposal")
    op.drop_index("ix_action_due", table_name="action")
    op.drop_index("ix_action_branch", table_name="action")
    op.drop_table("action")
    op.drop_table("acknowledgement")
    op.drop_index("ix_payment_state", table_name="payment")
    op.drop_index("ix_payment_shopper", table_name="payment")
    op.drop_table("payment")
    op.execute("DROP FUNCTION keep_payment()")
    op.drop_index("ix_message_visit", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_grade_visit", table_name="grade")
    op.drop_table("grade")
    op.drop_index("ix_expense_visit", table_name="expense")
    op.drop_table("expense")
    op.drop_index("ix_correction_visit", table_name="correction")
    op.drop_table("correction")
    op.drop_index("ix_comment_redaction_visit", table_name="comment_redaction")
    op.drop_table("comment_redaction")
    op.drop_table("appeal")
    op.drop_table("alarm")
    op.drop_index("ix_trail_visit", table_name="trail", postgresql_where="visit_id IS NOT NULL")
    op.drop_index("ix_trail_at", table_name="trail")
    op.drop_table("trail")
    op.drop_index("ix_mail_state", table_name="mail")
    op.drop_table("mail")
    op.drop_index("ix_batch_person", table_name="batch")
    op.drop_table("batch")
    op.drop_table("canned_note")
