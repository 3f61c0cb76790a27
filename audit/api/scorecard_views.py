"""The released visits one by one."""

from audit.api import paging, scorecards, waves
from audit.api.door import current_token
from audit.api.endpoints import BRANCHES, NUMBER, PIECES, WAVE, Parameter, get
from audit.api.rows import Scorecards
from audit.branches.channels import CHANNELS
from audit.branches.queries import region_for
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights.selection import identity, words
from audit.security import me
from audit.waves.queries import wave_for

EVERY_WAVE = Parameter(WAVE.name, "Id of the wave; without it those of all waves.", WAVE.schema)
EVERY_VERSION = Parameter("version", "Id of a published version: visits scored by it.", NUMBER)


@get("/scorecards", Scorecards, EVERY_WAVE, EVERY_VERSION, *BRANCHES, *PIECES)
def scorecards_list() -> Scorecards:
    """Released visits with their scores by factor, each in its current edition."""
    found, following = scorecards.rows(me(), _wanted(), paging.wanted())
    return Scorecards(data=found, next_cursor=following)


def _wanted() -> scorecards.Wanted:
    """NotFound for a wave, version, region or channel out of reach."""
    client_id, wave_id, region_id = current_token().client_id, identity("wave"), identity("region")
    if wave_id is not None:
        wave_for(me(), wave_id)
    if region_id is not None and region_for(me(), region_id).client_id != client_id:
        raise NotFound(_("There is no such region."))
    version_id = identity("version")
    if version_id is not None and not waves.has_version(me(), version_id):
        raise NotFound(_("There is no such version."))
    channel = words("channel")
    if channel and channel not in CHANNELS:
        raise NotFound(_("There is no such channel."))
    return scorecards.Wanted(client_id, wave_id, region_id, words("format"), channel, words("q"), version_id)
