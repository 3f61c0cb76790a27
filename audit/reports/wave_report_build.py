"""From the figures of a wave to its report: the first page, the parts, the method. Reads no database."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights.charts.svg import svg
from audit.insights.sheet import Kind, Sheet, printed
from audit.insights.sheets.sections import weakest_words
from audit.insights.words import (
    false_alarms_note,
    few_words,
    overall_words,
    whole,
)
from audit.reports import wave_report_branches
from audit.reports.wave_report import Chart, Figure, Part, Report
from audit.reports.wave_report_figures import Figures
from audit.reports.wave_report_tables import ends, table

Row = Mapping[str, Any]
Findings = list[tuple[str, Sequence[str]]]
NAMED = 8  # branches that page 1 names
WORST = 5  # questions on page 1
LISTED = 15  # questions in the part on the network
WIDTH = 182  # millimetres of a page between its margins
PIXELS = 688  # the same, as charts count
ESTIMATES = {
    "name": 52,
    "visited": 18,
    "existing": 18,
    "n": 18,
    "mean": 18,
    "range": 18,
    "incidents": 20,
    "overall": 20,
}
PARTS = {"name": 74, "mean": 20, "n": 20, "branches": 22, "possible": 24, "network": 22}


def made_of(figures: Figures) -> Report:
    """The report, in the language that is set; draws its charts."""
    return Report(
        language=figures.language,
        client=figures.client,
        wave=figures.wave,
        days=figures.days,
        selection=figures.selection,
        made=figures.made,
        made_iso=figures.made_iso,
        number=figures.number,
        headline=figures.headline,
        figures=_key_figures(figures),
        findings=_findings(figures),
        parts=[_network(figures), _regions(figures), *wave_report_branches.parts_of(figures)],
        facts=[*figures.facts, (_("Not counted"), _not_counted(figures))],
        method=_method(ranks=figures.ranks),
        charts={name: svg(document, PIXELS).encode() for name, document in figures.documents.items()},
    )


def _key_figures(figures: Figures) -> list[Figure]:
    shown = figures.shown
    mean = "–" if shown.mean is None else whole(shown.mean)
    row = {"low": shown.low, "high": shown.high}
    known = shown.low is not None
    between = _("90 %% range: %(range)s", range=ends(row)) if known else _("error not known yet")
    scored = ngettext("%(num)s branch", "%(num)s branches", shown.branches)
    return [
        Figure(_("Mean score, average branch"), mean, between if shown.mean is not None else ""),
        Figure(_("Scored visits"), str(shown.visits), _("at %(branches)s", branches=scored)),
        Figure(_("Visits with a knock-out"), str(shown.incidents), overall_words(shown.overall)),
        Figure(
            _("Branches not visited"),
            str(shown.existing - shown.branches),
            _("of %(all)s", all=shown.existing),
        ),
    ]


def _findings(figures: Figures) -> Findings:
    sheets = figures.sheets
    compared = [one for one in (figures.network_words, figures.change) if one]
    found: Findings = [(_("The network"), compared)] if compared else []
    weakest = weakest_words(sheets["sections"].rows)
    if weakest:
        found.append((_("On the journey"), [weakest]))
    losses = [_loss(row) for row in sheets["questions"].rows[:WORST] if row["lost"] > 0]
    if losses:
        found.append((_("Where most points were lost"), losses))
    if figures.ranks and figures.shown.mean is not None:
        found.append((_("Which branches stand out"), _outstanding(sheets["branches"])))
    return [*found, (_("How far the visits have come"), [_coverage(sheets["coverage"])])]


def _loss(row: Row) -> str:
    return _(
        "%(lost)s points a visit: question %(number)s, %(text)s (met in %(met)s/%(n)s visits)",
        lost=printed(row["lost"], Kind.POINTS),
        number=row["number"],
        text=row["question"],
        met=row["met"],
        n=row["n"],
    )


def _outstanding(branches: Sheet) -> list[str]:
    """Who is pointed out, by what; with the warning that belongs to it."""
    groups = [
        (_("Clearly below the network"), "_flag", "below"),
        (_("Clearly above the network"), "_flag", "above"),
        (_("Clearly down since the wave before"), "_turn", "down"),
        (_("Clearly up since the wave before"), "_turn", "up"),
    ]
    found = []
    for title, key, value in groups:
        names = [row["branch"] for row in branches.rows if row[key] == value]
        if names:
            more = len(names) - NAMED
            rest = ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else ""
            found.append(f"{title} ({len(names)}): {', '.join([*names[:NAMED], *([rest] if rest else [])])}")
    if not found:
        return [
            _("No branch is clearly different: that is not enough for a conclusion, not a proof of equality.")
        ]
    return [*found, false_alarms_note()]


def _coverage(coverage: Sheet) -> str:
    row = coverage.rows[0]
    if row["done"] is None:
        return _(
            "%(released)s of %(planned)s planned visits released.",
            released=row["released"],
            planned=row["planned"],
        )
    return _(
        "%(done)s of %(planned)s planned visits carried out, %(released)s of them released; %(to_come)s to come,"
        " %(late)s of them late; %(aborted)s aborted, %(rejected)s rejected.",
        **{
            key: row[key] for key in ("done", "planned", "released", "to_come", "late", "aborted", "rejected")
        },
    )


def _network(figures: Figures) -> Part:
    sheets = figures.sheets
    questions = sheets["questions"]
    listed = {
        "number": 16,
        "question": 68,
        "lost": 18,
        "possible": 18,
        "n": 13,
        "met": 13,
        "partly": 18,
        "missed": 18,
    }
    return Part(
        figures.selection or _("Network"),
        [one for one in (figures.headline, figures.network_words, figures.change, figures.knockouts) if one]
        + ([figures.stability] if figures.stability else []),
        tables=[
            table(sheets["factors"], PARTS),
            table(sheets["sections"], PARTS),
            table(
                questions, listed, rows=questions.rows[:LISTED], title=_("Questions that lost most points")
            ),
        ],
        pages=2,
    )


def _regions(figures: Figures) -> Part:
    sheets = figures.sheets
    charts = [Chart("regions", _words_of(sheets["regions"]))] if "regions" in figures.documents else []
    more = [sheets[name] for name in ("formats", "channels") if len(sheets[name].rows) > 1]
    coverage = {
        "name": 46,
        "planned": 20,
        "done": 22,
        "released": 20,
        "to_come": 18,
        "late": 16,
        "aborted": 20,
        "rejected": 20,
    }
    rows = len(sheets["regions"].rows) + len(sheets["coverage"].rows)
    return Part(
        _("Regions"),
        charts=charts,
        tables=[
            table(sheets["regions"], ESTIMATES),
            *(table(one, ESTIMATES) for one in more),
            table(sheets["coverage"], coverage),
        ],
        pages=1 + rows // 30,
    )


def _words_of(sheet: Sheet) -> str:
    """What a chart of estimates shows, for who cannot see it."""
    said = [
        f"{row['name']}: {printed(row['mean'], Kind.ESTIMATE)} ({ends(row)}, n = {row['n']})"
        for row in sheet.rows
    ]
    return "; ".join(said)


def _not_counted(figures: Figures) -> str:
    row = figures.sheets["coverage"].rows[0]
    unscored = figures.shown.unscored
    if row["done"] is None:
        return _(
            "%(waiting)s visits not released, %(unscored)s released without a score; earlier editions of scorecards",
            waiting=row["planned"] - row["released"],
            unscored=unscored,
        )
    return _(
        "%(waiting)s visits carried out and not released yet, %(aborted)s aborted, %(rejected)s rejected,"
        " %(unscored)s released without a score; earlier editions of scorecards",
        waiting=row["done"] - row["released"],
        aborted=row["aborted"],
        rejected=row["rejected"],
        unscored=unscored,
    )


def _method(*, ranks: bool) -> list[str]:
    found = [
        _(
            "A visit is worth 100 points. Only released visits count, each with the newest edition of its scorecard."
            " Comparisons use the score before visit knock-outs; knock-outs are counted and named beside it."
        ),
        _(
            "A branch’s mean is the mean of its visits. The network, a region, a format: the mean of their branches,"
            " each counting the same, however often it was visited."
        ),
        _(
            "A range holds the true value nine times in ten. How much two visits to one branch differ by chance is"
            " measured once, over the whole network and up to three earlier waves scored by the same rules."
        ),
        few_words(1) + ".",
    ]
    if ranks:
        found.append(
            _(
                "Ranks are given as a range only. A branch is pointed out where chance hardly explains its distance;"
                " nothing said does not mean equal."
            )
        )
    return [*found, _("Every number is rounded once, when it is printed, half away from zero.")]
