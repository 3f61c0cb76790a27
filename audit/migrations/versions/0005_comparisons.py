"""What comparisons read: sections, comments and photos of scorecards, sums by cell; tokens and wave reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("scorecard_section", "scorecard_comment", "scorecard_photo")

# An exact fraction such as "14/3" with thirty decimals, as the program stores it.
_FRACTION = """round(
    split_part({0}, '/', 1)::numeric(1000, 90)
    / CASE WHEN {0} LIKE '%/%' THEN split_part({0}, '/', 2)::numeric ELSE 1 END, 30)"""
_SECTIONS = f"""
INSERT INTO scorecard_section (scorecard_id, section_id, possible, score)
SELECT card.id, part ->> 'id', {_FRACTION.format("(part ->> 'possible')")}, {_FRACTION.format("(part ->> 'score')")}
FROM scorecard card, jsonb_array_elements(card.result -> 'sections') part
WHERE card.result ? 'sections'
"""
_PLAIN = r"""btrim(regexp_replace(regexp_replace(normalize(replace(lower({0}), 'đ', 'd'), NFD),
    '[\u0300-\u036f]', '', 'g'), '\s+', ' ', 'g'))"""
_COMMENTS = f"""
INSERT INTO scorecard_comment (scorecard_id, question_id, part, text, search)
SELECT card.id, answer.key, written.part, written.words, {_PLAIN.format("written.words")}
FROM scorecard card
  JOIN version ON version.id = card.version_id,
  jsonb_each(card.answers) answer,
  LATERAL (
    SELECT 'comment' AS part, answer.value ->> 'comment' AS words
    UNION ALL
    SELECT 'value', answer.value ->> 'value'
    FROM jsonb_array_elements(version.document -> 'questions') question
    WHERE question ->> 'id' = answer.key AND question ->> 'type' = 'text'
  ) written
WHERE card.released_at IS NOT NULL AND length(trim(written.words)) > 0
  AND NOT EXISTS (
    SELECT FROM jsonb_path_query(card.result, '$.questions[*]') line
    WHERE line ->> 'id' = answer.key AND line ->> 'state' = 'hidden'
  )
"""
_PHOTOS = """
INSERT INTO scorecard_photo (scorecard_id, place, question_id)
SELECT card.id, photo.number - 1, photo.value ->> 'question'
FROM scorecard card, jsonb_array_elements(card.photos) WITH ORDINALITY photo (value, number)
WHERE card.released_at IS NOT NULL
"""
_CELLS = """
INSERT INTO cell (wave_id, branch_id, client_id, n, unscored, incidents, total, squares, overall, revision)
SELECT wave_id, branch_id, client_id, count(before_knockouts),
       count(*) FILTER (WHERE before_knockouts IS NULL),
       count(*) FILTER (WHERE before_knockouts IS NOT NULL AND knockouts > 0),
       coalesce(sum(before_knockouts), 0), coalesce(sum(before_knockouts * before_knockouts), 0),
       coalesce(sum(overall), 0), nextval('cell_revision')
FROM scorecard WHERE released_at IS NOT NULL AND is_current
GROUP BY wave_id, branch_id, client_id
"""
_PARTS = """
INSERT INTO cell_part (wave_id, kind, part_id, branch_id, n, met, partly, total, possible, lost)
SELECT card.wave_id, '{kind}', line.{kind}_id, card.branch_id, {sums}
FROM scorecard card JOIN scorecard_{kind} line ON line.scorecard_id = card.id
WHERE card.released_at IS NOT NULL AND card.is_current AND card.status = 'scored'
GROUP BY card.wave_id, line.{kind}_id, card.branch_id
"""
_SCORES = "count(line.score), 0, 0, coalesce(sum(line.score), 0), sum(line.possible), 0"
_CREDITS = """count(line.credit), count(*) FILTER (WHERE line.credit = 1),
    count(*) FILTER (WHERE line.credit > 0 AND line.credit < 1), coalesce(sum(line.credit), 0),
    sum(line.possible), sum(line.lost)"""


def filling() -> list[str]:
    """The statements that write what a release would have written of scorecards released before."""
    sums = {"factor": _SCORES, "section": _SCORES, "question": _CREDITS}
    parts = [_PARTS.format(kind=kind, sums=columns) for kind, columns in sums.items()]
    return [_SECTIONS, _COMMENTS, _PHOTOS, _CELLS, *parts]


def upgrade() -> None:
    op.add_column("branch", sa.Column("channel", sa.String(10), nullable=False, server_default="onsite"))
    op.alter_column("branch", "channel", server_default=None)
    op.create_check_constraint(
        op.f("ck_branch_channel_known"), "branch", "channel IN ('onsite', 'phone', 'online')"
    )
    op.execute("CREATE SEQUENCE cell_revision AS integer")
    _create_lines()
    _create_cells()
    _create_made()
    for statement in filling():
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("api_token", "wave_report", "cell_part", "cell", *APPEND_ONLY):
        op.drop_table(table)
    op.execute("DROP SEQUENCE cell_revision")
    op.drop_constraint(op.f("ck_branch_channel_known"), "branch", type_="check")
    op.drop_column("branch", "channel")


def _create_lines() -> None:
    op.create_table(
        "scorecard_comment",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.CheckConstraint("part IN ('comment', 'value')", name=op.f("ck_scorecard_comment_part_known")),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_scorecard_comment_text_given")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_comment_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "question_id", "part", name=op.f("pk_scorecard_comment")),
    )
    op.create_index(
        "ix_scorecard_comment_question", "scorecard_comment", ["question_id", "scorecard_id"], unique=False
    )
    op.create_table(
        "scorecard_photo",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=80), nullable=False),
        sa.CheckConstraint("place >= 0", name=op.f("ck_scorecard_photo_place_not_negative")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_photo_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "place", name=op.f("pk_scorecard_photo")),
    )
    op.create_index(
        "ix_scorecard_photo_question", "scorecard_photo", ["question_id", "scorecard_id"], unique=False
    )
    op.create_table(
        "scorecard_section",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.String(length=80), nullable=False),
        sa.Column("possible", sa.Numeric(precision=33, scale=30), nullable=False),
        sa.Column("score", sa.Numeric(precision=33, scale=30), nullable=True),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_scorecard_section_scorecard_id")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "section_id", name=op.f("pk_scorecard_section")),
    )


def _create_cells() -> None:
    op.create_table(
        "cell",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("unscored", sa.Integer(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("squares", sa.Numeric(), nullable=False),
        sa.Column("overall", sa.Numeric(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("incidents BETWEEN 0 AND n", name=op.f("ck_cell_incidents_range")),
        sa.CheckConstraint("n >= 0 AND unscored >= 0 AND n + unscored > 0", name=op.f("ck_cell_counts")),
        sa.ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_cell_branch"
        ),
        sa.ForeignKeyConstraint(["client_id", "wave_id"], ["wave.client_id", "wave.id"], name="fk_cell_wave"),
        sa.PrimaryKeyConstraint("wave_id", "branch_id", name=op.f("pk_cell")),
    )
    op.create_index("ix_cell_branch", "cell", ["branch_id", "wave_id"], unique=False)
    op.create_table(
        "cell_part",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("part_id", sa.String(length=80), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("partly", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("possible", sa.Numeric(), nullable=False),
        sa.Column("lost", sa.Numeric(), nullable=False),
        sa.CheckConstraint("kind IN ('factor', 'section', 'question')", name=op.f("ck_cell_part_kind_known")),
        sa.CheckConstraint(
            "n >= 0 AND met >= 0 AND partly >= 0 AND met + partly <= n", name=op.f("ck_cell_part_counts")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id", "branch_id"],
            ["cell.wave_id", "cell.branch_id"],
            name="fk_cell_part_cell",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wave_id", "kind", "part_id", "branch_id", name=op.f("pk_cell_part")),
    )
    op.create_index("ix_cell_part_cell", "cell_part", ["branch_id", "wave_id"], unique=False)


def _create_made() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_token_expires_later")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_api_token_name_given")),
        sa.ForeignKeyConstraint(
            ["client_id", "region_id"], ["region.client_id", "region.id"], name="fk_api_token_region"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_api_token_client_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_token_sha256")),
    )
    op.create_index("ix_api_token_person", "api_token", ["person_id", "id"], unique=False)
    op.create_table(
        "wave_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("selection", postgresql.JSONB(), nullable=False),
        sa.Column("branch_ids", postgresql.JSONB(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_wave_report_language_known")),
        sa.CheckConstraint(
            "(sha256 IS NULL) = (finished_at IS NULL) AND (sha256 IS NULL) = (bytes IS NULL)",
            name=op.f("ck_wave_report_finished_has_file"),
        ),
        sa.CheckConstraint("done BETWEEN 0 AND steps", name=op.f("ck_wave_report_progress_range")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wave_report_person_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_report_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_report")),
    )
    op.create_index("ix_wave_report_person", "wave_report", ["person_id", "id"], unique=False)
