"""For whom a message spoke when it was written, fingerprints of released scorecards, knock-outs of visits alone,
and sessions that were signed out."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A fingerprint comes with the release and stays, like the rest.
KEEP_SCORECARD = """
CREATE OR REPLACE FUNCTION keep_scorecard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  movable text[] := ARRAY['is_current', 'released_at', 'dispute_until', 'context'{own}];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL THEN
    movable := movable || ARRAY['answers', 'photos'];
  END IF;
  IF TG_OP = 'UPDATE'
     AND (to_jsonb(NEW) - movable) = (to_jsonb(OLD) - movable)
     AND (OLD.released_at IS NULL OR (NEW.released_at = OLD.released_at
          AND NEW.dispute_until IS NOT DISTINCT FROM OLD.dispute_until
          AND NEW.context IS NOT DISTINCT FROM OLD.context{same})) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a scorecard never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
SAME = """
          AND (OLD.sha256 IS NULL OR NEW.sha256 = OLD.sha256)"""

# Who has or had no role at the client spoke for the agency: nobody else may write.
BY_AGENCY = """
UPDATE message SET by_agency = EXISTS (
  SELECT 1 FROM access_grant held WHERE held.person_id = message.by_id AND held.role IN ('admin', 'editor')
) OR NOT EXISTS (
  SELECT 1 FROM access_grant held WHERE held.person_id = message.by_id
    AND held.role IN ('branch_manager', 'area_manager', 'head_office')
)
"""

# Knock-outs of a factor are in the score before knock-outs already (scoring.md 3).
KNOCKOUTS = """
UPDATE scorecard SET knockouts = (
  SELECT count(*) FROM jsonb_array_elements(result -> 'knockouts') fired WHERE fired ->> 'scope' = 'visit'
)
WHERE knockouts > 0
"""
INCIDENTS = """
UPDATE cell SET incidents = found.count, revision = nextval('cell_revision')
FROM (
  SELECT wave_id, branch_id,
         count(*) FILTER (WHERE before_knockouts IS NOT NULL AND knockouts > 0) AS count
  FROM scorecard WHERE released_at IS NOT NULL AND is_current
  GROUP BY wave_id, branch_id
) found
WHERE found.wave_id = cell.wave_id AND found.branch_id = cell.branch_id AND found.count <> cell.incidents
"""


RELEASED = """
SELECT card.id, card.number, card.edition, card.reason, card.status, card.daypart, card.visit_id AS visit,
       card.client_id AS client, card.wave_id AS wave, card.branch_id AS branch, card.made_by_id AS made_by,
       version.sha256 AS checklist, card.overall, card.before_knockouts, card.visited_on, card.dispute_until,
       card.made_at, card.released_at, card.result, card.answers, card.photos, card.context
FROM scorecard card JOIN version ON version.id = card.version_id
WHERE card.released_at IS NOT NULL AND card.id > :after ORDER BY card.id LIMIT 500
"""


def plain(value: Any) -> Any:
    """As JSON has it: a whole number has no point, a moment is UTC's, a score has thirty decimals."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal):
        return f"{value:.30f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, (bool, int, float, str)) else value.isoformat()


def fingerprint(row: dict[str, Any]) -> str:
    """Of what was released, as the program takes it at a release."""
    said = json.dumps(
        plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(said.encode()).hexdigest()


def take_fingerprints(connection: sa.Connection) -> None:
    """Of all that is released, some hundreds at a time."""
    last = 0
    while True:
        rows = [dict(row) for row in connection.execute(sa.text(RELEASED), {"after": last}).mappings()]
        if not rows:
            return
        last = rows[-1]["id"]
        found = [{"id": row.pop("id"), "sha256": fingerprint(row)} for row in rows]
        connection.execute(sa.text("UPDATE scorecard SET sha256 = :sha256 WHERE id = :id"), found)


def rewriting(table: str, trigger: str, statement: str) -> tuple[str, ...]:
    """A change of rows that only a migration may change."""
    return (
        f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        statement,
        f"ALTER TABLE {table} ENABLE TRIGGER {trigger}",
    )


def filling() -> tuple[str, ...]:
    """What is there already."""
    return (
        *rewriting("message", "append_only", BY_AGENCY),
        *rewriting("scorecard", "keep_scorecard", KNOCKOUTS),
        INCIDENTS,
    )


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_session")),
    )
    op.add_column("message", sa.Column("by_agency", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.alter_column("message", "by_agency", server_default=None)
    op.add_column("scorecard", sa.Column("sha256", sa.String(length=64), nullable=True))
    op.execute(KEEP_SCORECARD.format(own=", 'sha256'", same=SAME))
    for statement in filling():
        op.execute(statement)
    take_fingerprints(op.get_bind())


def downgrade() -> None:
    op.execute(KEEP_SCORECARD.format(own="", same=""))
    op.drop_column("scorecard", "sha256")
    op.drop_column("message", "by_agency")
    op.drop_table("ended_session")
