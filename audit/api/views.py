"""The addresses of the interface; the other modules of views add theirs to the same blueprint."""

from flask import Response, jsonify

from audit.api import door, figure_views, openapi, paging, rated_views, scorecard_views, waves
from audit.api.door import bp
from audit.api.endpoints import PIECES, get
from audit.api.rows import TokenAnswer, Waves
from audit.security import me

__all__ = ["bp", "figure_views", "rated_views", "scorecard_views"]


@bp.get("/openapi.json", endpoint="openapi")
def description() -> Response:
    """What there is, for programs that read descriptions; open, as it holds no figures."""
    return jsonify(openapi.document())


@get("/token", TokenAnswer)
def token() -> TokenAnswer:
    """What this token reads, and until when."""
    found = door.current_token()
    return TokenAnswer(
        name=found.name,
        client_code=found.client.code,
        client=found.client.name,
        region_id=found.region_id,
        region=found.region.name if found.region else None,
        expires_at=found.expires_at,
    )


@get("/waves", Waves, *PIECES)
def waves_list() -> Waves:
    """The opened waves of the client, in the order in which they were made."""
    rows, following = paging.piece(waves.rows(me()), lambda row: row.id, paging.wanted())
    return Waves(data=rows, next_cursor=following)
