"""What a device says of a photo and of an answer: its clock, the age of the position, where a picture came from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

POSITION_ERRORS = "'denied', 'unavailable', 'timeout', 'unsupported', 'not_asked'"


def upgrade() -> None:
    for table in ("answer", "answer_history"):
        op.add_column(table, sa.Column("device_at", sa.DateTime(timezone=True)))
    for column in (
        sa.Column("position_age", sa.Float()),
        sa.Column("position_error", sa.String(12)),
        sa.Column("clock_offset", sa.Float()),
        sa.Column("source", sa.String(8)),
        sa.Column("file_name", sa.String(255)),
        sa.Column("original_bytes", sa.Integer()),
    ):
        op.add_column("photo", column)
    op.create_check_constraint(op.f("ck_photo_source_known"), "photo", "source IN ('camera', 'gallery')")
    op.create_check_constraint(
        op.f("ck_photo_position_error_known"), "photo", f"position_error IN ({POSITION_ERRORS})"
    )


def downgrade() -> None:
    for rule in ("ck_photo_source_known", "ck_photo_position_error_known"):
        op.drop_constraint(op.f(rule), "photo", type_="check")
    for column in (
        "position_age",
        "position_error",
        "clock_offset",
        "source",
        "file_name",
        "original_bytes",
    ):
        op.drop_column("photo", column)
    for table in ("answer", "answer_history"):
        op.drop_column(table, "device_at")
