"""Files of the room: the visits as CSV."""

from flask import Response, request, stream_with_context

from audit.db import now
from audit.insights import address, export
from audit.insights.blueprint import bp, readers
from audit.insights.network_views import asked_regions, asked_wave
from audit.security import me
from audit.trail.services import record_apart


@bp.get("/network/visits.csv")
@readers
def visits_csv() -> Response:
    """The released visits of a wave, with the page's filter, or of all waves (`?wave=all` or none)."""
    everything = request.args.get("wave", "all") in ("all", "")
    wave = None if everything else asked_wave()
    wanted = address.wanted(())
    if wave is None:
        selection = export.Selection()
    else:
        asked_regions(wave, wanted)
        selection = export.Selection(wave, wanted.words, wanted.region_id)
    name = "visits.csv" if wave is None else f"visits-{wave.id}.csv"
    about = {"client_id": wave.client_id, "wave": wave.name} if wave is not None else {}
    record_apart("export.downloaded", me(), now(), what="visits", **about)
    return Response(
        stream_with_context(export.visits_csv(me(), selection)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
