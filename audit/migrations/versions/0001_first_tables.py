"""The first tables, and the triggers that keep what was published or submitted as it was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = ("shopper", "branch_manager", "area_manager", "head_office", "editor", "admin")
APPEND_ONLY = (
    "visit_event",
    "answer_history",
    "submission",
    "return_note",
    "scorecard_factor",
    "scorecard_question",
    "scorecard_file",
)

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'draft' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state = 'draft' THEN RETURN NEW; END IF;
  IF OLD.state = 'published' AND NEW.state = 'retired'
     AND (to_jsonb(NEW) - 'state') = (to_jsonb(OLD) - 'state') THEN
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) = to_jsonb(OLD) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON version
  FOR EACH ROW EXECUTE FUNCTION keep_published_version();

CREATE FUNCTION keep_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  movable text[] := ARRAY['is_current', 'released_at', 'dispute_until', 'context'];
BEGIN
  IF TG_OP = 'UPDATE'
     AND (to_jsonb(NEW) - movable) = (to_jsonb(OLD) - movable)
     AND (OLD.released_at IS NULL OR (NEW.released_at = OLD.released_at
          AND NEW.dispute_until IS NOT DISTINCT FROM OLD.dispute_until
          AND NEW.context IS NOT DISTINCT FROM OLD.context)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a scorecard never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_scorecard BEFORE UPDATE OR DELETE ON scorecard
  FOR EACH ROW EXECUTE FUNCTION keep_scorecard();
"""


def upgrade() -> None:
    op.create_table('client',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('dispute_days', sa.Integer(), nullable=False),
    sa.Column('bands', postgresql.JSONB(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("code ~ '^[A-Z0-9-]{2,12}$'", name=op.f('ck_client_code_form')),
    sa.CheckConstraint('dispute_days BETWEEN 0 AND 90', name=op.f('ck_client_dispute_days_range')),
    sa.CheckConstraint('length(trim(name)) > 0', name=op.f('ck_client_name_given')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client')),
    sa.UniqueConstraint('code', name=op.f('uq_client_code')),
    sa.UniqueConstraint('name', name=op.f('uq_client_name'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("language IN ('vi', 'en')", name=op.f('ck_person_language_known')),
    sa.CheckConstraint("phone ~ '^\\+[0-9]{8,15}$'", name=op.f('ck_person_phone_international')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_person_email_lower')),
    sa.CheckConstraint('email IS NOT NULL OR phone IS NOT NULL', name=op.f('ck_person_has_identity')),
    sa.CheckConstraint('length(trim(name)) > 0', name=op.f('ck_person_name_given')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_person_fs_uniquifier')),
    sa.UniqueConstraint('phone', name=op.f('uq_person_phone'))
    )
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('description', sa.String(length=255), nullable=True),
    sa.Column('permissions', sa.UnicodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('checklist',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_checklist_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklist')),
    sa.UniqueConstraint('code', name=op.f('uq_checklist_code'))
    )
    op.create_table('region',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.CheckConstraint('(parent_id IS NULL) = (level = 1)', name=op.f('ck_region_level_of_root')),
    sa.CheckConstraint('length(trim(name)) > 0', name=op.f('ck_region_name_given')),
    sa.CheckConstraint('level BETWEEN 1 AND 4', name=op.f('ck_region_level_range')),
    sa.ForeignKeyConstraint(['client_id', 'parent_id'], ['region.client_id', 'region.id'], name='fk_region_parent'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_region_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_region')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_region_client_id_id')),
    sa.UniqueConstraint('client_id', 'parent_id', 'name', name=op.f('uq_region_client_id_parent_id_name'), postgresql_nulls_not_distinct=True)
    )
    op.create_table('branch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('address', sa.String(length=255), nullable=False),
    sa.Column('format', sa.String(length=60), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('opening_hours', sa.String(length=120), nullable=False),
    sa.Column('timezone', sa.String(length=40), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_branch_position_whole')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_branch_latitude_range')),
    sa.CheckConstraint('length(trim(name)) > 0 AND length(trim(code)) > 0', name=op.f('ck_branch_name_given')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_branch_longitude_range')),
    sa.ForeignKeyConstraint(['client_id', 'region_id'], ['region.client_id', 'region.id'], name='fk_branch_region'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_branch_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
    sa.UniqueConstraint('client_id', 'code', name=op.f('uq_branch_client_id_code')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_branch_client_id_id'))
    )
    op.create_index('ix_branch_region', 'branch', ['client_id', 'region_id'], unique=False)
    op.create_table('version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checklist_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('document', postgresql.JSONB(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state = 'draft' OR (sha256 IS NOT NULL AND published_at IS NOT NULL)", name=op.f('ck_version_published_has_hash')),
    sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_version_state_known')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_version_number_positive')),
    sa.ForeignKeyConstraint(['checklist_id'], ['checklist.id'], name=op.f('fk_version_checklist_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_version_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_version')),
    sa.UniqueConstraint('checklist_id', 'number', name=op.f('uq_version_checklist_id_number'))
    )
    op.create_table('access_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('region_id', sa.Integer(), nullable=True),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("CASE role WHEN 'head_office' THEN client_id IS NOT NULL AND region_id IS NULL AND branch_id IS NULL WHEN 'area_manager' THEN client_id IS NOT NULL AND region_id IS NOT NULL AND branch_id IS NULL WHEN 'branch_manager' THEN client_id IS NOT NULL AND region_id IS NULL AND branch_id IS NOT NULL ELSE client_id IS NULL AND region_id IS NULL AND branch_id IS NULL END", name=op.f('ck_access_grant_reach_fits_role')),
    sa.ForeignKeyConstraint(['client_id', 'branch_id'], ['branch.client_id', 'branch.id'], name='fk_access_grant_branch'),
    sa.ForeignKeyConstraint(['client_id', 'region_id'], ['region.client_id', 'region.id'], name='fk_access_grant_region'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_access_grant_client_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_access_grant_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role'], ['role.name'], name=op.f('fk_access_grant_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_grant')),
    sa.UniqueConstraint('person_id', 'role', 'client_id', 'region_id', 'branch_id', name='uq_access_grant_once', postgresql_nulls_not_distinct=True)
    )
    op.create_index('ix_access_grant_person_id', 'access_grant', ['person_id'], unique=False)
    op.create_table('wave',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('scenario', sa.Text(), nullable=False),
    sa.Column('fee', sa.Integer(), nullable=False),
    sa.Column('expense_cap', sa.Integer(), nullable=False),
    sa.Column('ethics_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ethics_by_id', sa.Integer(), nullable=True),
    sa.Column('ethics_note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state = 'planning' OR (ethics_at IS NOT NULL AND ethics_by_id IS NOT NULL AND length(trim(ethics_note)) > 0)", name=op.f('ck_wave_ethics_gate')),
    sa.CheckConstraint("state IN ('planning', 'open', 'closed')", name=op.f('ck_wave_state_known')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_wave_dates_in_order')),
    sa.CheckConstraint('fee >= 0 AND expense_cap >= 0', name=op.f('ck_wave_money_not_negative')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_wave_client_id')),
    sa.ForeignKeyConstraint(['ethics_by_id'], ['person.id'], name=op.f('fk_wave_ethics_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_wave_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave')),
    sa.UniqueConstraint('client_id', 'id', name=op.f('uq_wave_client_id_id')),
    sa.UniqueConstraint('client_id', 'name', name=op.f('uq_wave_client_id_name'))
    )
    op.create_table('visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('shopper_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('submit_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fee', sa.Integer(), nullable=False),
    sa.Column('expense_cap', sa.Integer(), nullable=False),
    sa.Column('terms', postgresql.JSONB(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('abort_reason', sa.String(length=20), nullable=True),
    sa.Column('abort_note', sa.Text(), nullable=True),
    sa.CheckConstraint("state <> 'aborted' OR abort_reason IS NOT NULL", name=op.f('ck_visit_abort_has_reason')),
    sa.CheckConstraint("state <> 'released' OR released_at IS NOT NULL", name=op.f('ck_visit_released_has_time')),
    sa.CheckConstraint("state IN ('planned', 'cancelled') OR shopper_id IS NOT NULL", name=op.f('ck_visit_shopper_known')),
    sa.CheckConstraint("state IN ('planned', 'offered', 'accepted', 'in_progress', 'submitted', 'returned', 'approved', 'released', 'rejected', 'aborted', 'cancelled')", name=op.f('ck_visit_state_known')),
    sa.CheckConstraint("state IN ('planned', 'offered', 'cancelled') OR (accepted_at IS NOT NULL AND terms IS NOT NULL)", name=op.f('ck_visit_terms_frozen')),
    sa.CheckConstraint("state NOT IN ('approved', 'released') OR approved_at IS NOT NULL", name=op.f('ck_visit_approved_has_time')),
    sa.CheckConstraint("state NOT IN ('submitted', 'returned', 'approved', 'released', 'rejected') OR submitted_at IS NOT NULL", name=op.f('ck_visit_submitted_has_time')),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_visit_window_in_order')),
    sa.CheckConstraint('fee >= 0 AND expense_cap >= 0', name=op.f('ck_visit_money_not_negative')),
    sa.ForeignKeyConstraint(['client_id', 'branch_id'], ['branch.client_id', 'branch.id'], name='fk_visit_branch'),
    sa.ForeignKeyConstraint(['client_id', 'wave_id'], ['wave.client_id', 'wave.id'], name='fk_visit_wave'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_visit_client_id')),
    sa.ForeignKeyConstraint(['shopper_id'], ['person.id'], name=op.f('fk_visit_shopper_id')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_visit_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    op.create_index('ix_visit_branch', 'visit', ['branch_id'], unique=False)
    op.create_index('ix_visit_shopper', 'visit', ['shopper_id', 'state'], unique=False)
    op.create_index('ix_visit_state', 'visit', ['state', 'submitted_at'], unique=False)
    op.create_index('ix_visit_wave', 'visit', ['wave_id', 'state'], unique=False)
    op.create_table('answer',
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=80), nullable=False),
    sa.Column('value', postgresql.JSONB(), nullable=True),
    sa.Column('na', sa.Boolean(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.CheckConstraint('NOT (na AND value IS NOT NULL)', name=op.f('ck_answer_value_or_na')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_answer_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', 'question_id', name=op.f('pk_answer'))
    )
    op.create_table('answer_history',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=80), nullable=False),
    sa.Column('value', postgresql.JSONB(), nullable=True),
    sa.Column('na', sa.Boolean(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_answer_history_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_history'))
    )
    op.create_index('ix_answer_history_visit', 'answer_history', ['visit_id', 'question_id'], unique=False)
    op.create_table('photo',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('refusal', sa.String(length=20), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('screen_key', sa.String(length=64), nullable=True),
    sa.Column('pdf_key', sa.String(length=64), nullable=True),
    sa.Column('grid_key', sa.String(length=64), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('device_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('accuracy', sa.Double(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'stored' OR (screen_key IS NOT NULL AND pdf_key IS NOT NULL AND grid_key IS NOT NULL)", name=op.f('ck_photo_stored_has_copies')),
    sa.CheckConstraint("state IN ('received', 'stored', 'unreadable')", name=op.f('ck_photo_state_known')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_photo_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo'))
    )
    op.create_index('ix_photo_visit', 'photo', ['visit_id', 'question_id'], unique=False)
    op.create_table('return_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=80), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(trim(note)) > 0', name=op.f('ck_return_note_note_given')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_return_note_by_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_return_note_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_note')),
    sa.UniqueConstraint('visit_id', 'round', 'question_id', name=op.f('uq_return_note_visit_id_round_question_id'))
    )
    op.create_table('scorecard',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('is_current', sa.Boolean(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('branch_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=15), nullable=False),
    sa.Column('overall', sa.Numeric(precision=33, scale=30), nullable=True),
    sa.Column('before_knockouts', sa.Numeric(precision=33, scale=30), nullable=True),
    sa.Column('knockouts', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('daypart', sa.String(length=10), nullable=False),
    sa.Column('result', postgresql.JSONB(), nullable=False),
    sa.Column('answers', postgresql.JSONB(), nullable=False),
    sa.Column('photos', postgresql.JSONB(), nullable=False),
    sa.Column('context', postgresql.JSONB(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dispute_until', sa.Date(), nullable=True),
    sa.CheckConstraint("(status = 'scored') = (overall IS NOT NULL)", name=op.f('ck_scorecard_scored_has_score')),
    sa.CheckConstraint("status IN ('scored', 'not_scorable')", name=op.f('ck_scorecard_status_known')),
    sa.CheckConstraint('edition >= 1', name=op.f('ck_scorecard_edition_positive')),
    sa.CheckConstraint('overall BETWEEN 0 AND 100 AND before_knockouts BETWEEN overall AND 100', name=op.f('ck_scorecard_range')),
    sa.CheckConstraint('released_at IS NULL OR context IS NOT NULL', name=op.f('ck_scorecard_released_has_context')),
    sa.ForeignKeyConstraint(['client_id', 'branch_id'], ['branch.client_id', 'branch.id'], name='fk_scorecard_branch'),
    sa.ForeignKeyConstraint(['client_id', 'wave_id'], ['wave.client_id', 'wave.id'], name='fk_scorecard_wave'),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_scorecard_client_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_scorecard_made_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['version.id'], name=op.f('fk_scorecard_version_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_scorecard_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard')),
    sa.UniqueConstraint('number', 'edition', name=op.f('uq_scorecard_number_edition')),
    sa.UniqueConstraint('visit_id', 'edition', name=op.f('uq_scorecard_visit_id_edition'))
    )
    op.create_index('ix_scorecard_branch', 'scorecard', ['branch_id', 'visited_on'], unique=False)
    op.create_index('ix_scorecard_wave_released', 'scorecard', ['wave_id', 'branch_id'], unique=False, postgresql_where='released_at IS NOT NULL')
    op.create_table('submission',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('payload', postgresql.JSONB(), nullable=False),
    sa.Column('payload_sha256', sa.String(length=64), nullable=False),
    sa.Column('receipt', sa.String(length=20), nullable=False),
    sa.CheckConstraint("status IN ('accepted', 'conflict')", name=op.f('ck_submission_status_known')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_submission_by_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_submission_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('receipt', name=op.f('uq_submission_receipt'))
    )
    op.create_index('uq_submission_accepted', 'submission', ['visit_id', 'round'], unique=True, postgresql_where="status = 'accepted'")
    op.create_table('visit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=True),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('data', postgresql.JSONB(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_visit_event_by_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_event_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_event'))
    )
    op.create_index('ix_visit_event_visit', 'visit_event', ['visit_id', 'id'], unique=False)
    op.create_table('scorecard_factor',
    sa.Column('scorecard_id', sa.Integer(), nullable=False),
    sa.Column('factor_id', sa.String(length=80), nullable=False),
    sa.Column('possible', sa.Numeric(precision=33, scale=30), nullable=False),
    sa.Column('score', sa.Numeric(precision=33, scale=30), nullable=True),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_factor_scorecard_id')),
    sa.PrimaryKeyConstraint('scorecard_id', 'factor_id', name=op.f('pk_scorecard_factor'))
    )
    op.create_table('scorecard_file',
    sa.Column('scorecard_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("language IN ('vi', 'en')", name=op.f('ck_scorecard_file_language_known')),
    sa.CheckConstraint('bytes > 0', name=op.f('ck_scorecard_file_not_empty')),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_file_scorecard_id')),
    sa.PrimaryKeyConstraint('scorecard_id', 'language', name=op.f('pk_scorecard_file'))
    )
    op.create_table('scorecard_question',
    sa.Column('scorecard_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('credit', sa.Numeric(precision=33, scale=30), nullable=True),
    sa.Column('possible', sa.Numeric(precision=33, scale=30), nullable=False),
    sa.Column('lost', sa.Numeric(precision=33, scale=30), nullable=False),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_question_scorecard_id')),
    sa.PrimaryKeyConstraint('scorecard_id', 'question_id', name=op.f('pk_scorecard_question'))
    )
    op.create_table('attempt',
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_attempt')),
    prefixes=['UNLOGGED'],
    )
    op.execute("CREATE SEQUENCE scorecard_number")
    role = sa.table("role", sa.column("name", sa.String))
    op.bulk_insert(role, [{"name": name} for name in ROLES])
    op.execute(FUNCTIONS)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table('scorecard_question')
    op.drop_table('scorecard_file')
    op.drop_table('scorecard_factor')
    op.drop_index('ix_visit_event_visit', table_name='visit_event')
    op.drop_table('visit_event')
    op.drop_index('uq_submission_accepted', table_name='submission', postgresql_where="status = 'accepted'")
    op.drop_table('submission')
    op.drop_index('ix_scorecard_wave_released', table_name='scorecard', postgresql_where='released_at IS NOT NULL')
    op.drop_index('ix_scorecard_branch', table_name='scorecard')
    op.drop_table('scorecard')
    op.drop_table('return_note')
    op.drop_index('ix_photo_visit', table_name='photo')
    op.drop_table('photo')
    op.drop_index('ix_answer_history_visit', table_name='answer_history')
    op.drop_table('answer_history')
    op.drop_table('answer')
    op.drop_index('ix_visit_wave', table_name='visit')
    op.drop_index('ix_visit_state', table_name='visit')
    op.drop_index('ix_visit_shopper', table_name='visit')
    op.drop_index('ix_visit_branch', table_name='visit')
    op.drop_table('visit')
    op.drop_table('wave')
    op.drop_index('ix_access_grant_person_id', table_name='access_grant')
    op.drop_table('access_grant')
    op.drop_table('version')
    op.drop_index('ix_branch_region', table_name='branch')
    op.drop_table('branch')
    op.drop_table('region')
    op.drop_table('checklist')
    op.drop_table('role')
    op.drop_table('person')
    op.drop_table('client')
    op.drop_table('attempt')
    op.execute("DROP SEQUENCE scorecard_number")
    op.execute("DROP FUNCTION keep_scorecard, keep_published_version, refuse_change")
