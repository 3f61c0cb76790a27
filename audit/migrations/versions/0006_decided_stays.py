"""What was decided stays decided: settled alarms and answered appeals."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a decision stays' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
DECIDED = {"alarm": "OLD.state <> 'raised'", "appeal": "OLD.granted IS NOT NULL"}


def upgrade() -> None:
    op.execute(FUNCTION)
    for table, decided in DECIDED.items():
        op.execute(
            f"CREATE TRIGGER keep_decision BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW WHEN ({decided}) EXECUTE FUNCTION keep_decision()"
        )


def downgrade() -> None:
    for table in DECIDED:
        op.execute(f"DROP TRIGGER keep_decision ON {table}")
    op.execute("DROP FUNCTION keep_decision()")
