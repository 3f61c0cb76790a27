"""Sums of factors, sections and questions over whole waves: what the network page's first reader waits for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SUMS = ("total", "possible", "lost")


def filling() -> tuple[str, ...]:
    """What is there already."""
    return (
        """
INSERT INTO wave_part (wave_id, kind, part_id, visits, n, branches, met, partly, total, possible, lost, moves)
SELECT part.wave_id, part.kind, part.part_id, cell.n, part.n, count(*), sum(part.met), sum(part.partly),
       sum(part.total), sum(part.possible), sum(part.lost), bool_or(part.possible > 0 OR part.lost <> 0)
FROM cell_part part JOIN cell USING (wave_id, branch_id)
WHERE cell.n > 0
GROUP BY part.wave_id, part.kind, part.part_id, cell.n, part.n
""",
    )


def upgrade() -> None:
    op.create_table(
        "wave_part",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("part_id", sa.String(length=80), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("visits", "n", "branches", "met", "partly")),
        *(sa.Column(name, sa.Numeric(), nullable=False) for name in SUMS),
        sa.Column("moves", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('factor', 'section', 'question')", name=op.f("ck_wave_part_kind_known")),
        sa.CheckConstraint(
            "branches > 0 AND visits > 0 AND n BETWEEN 0 AND visits", name=op.f("ck_wave_part_counts")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_part_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "kind", "part_id", "visits", "n", name=op.f("pk_wave_part")),
    )
    for statement in filling():
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("wave_part")
