"""The queue's own tables."""

from alembic import op

from audit import jobs

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    jobs.create_schema(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("The queue's tables are not taken back: restore a backup instead.")
