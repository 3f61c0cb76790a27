"""Pictures of forms beside a visit, taken in few and seldom; and pictures handed out, asked for anew each time."""

import hashlib
import time
from collections.abc import Sequence

from flask import Response, request
from limits import RateLimitItem, parse
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import Person
from audit.errors import Invalid, TooOften
from audit.i18n import gettext as _
from audit.security import limiter
from audit.visits.evidence import clean_copy
from audit.visits.photos import MAX_BYTES

SENDINGS = parse("30 per hour")  # of one person, with a photo in them


def take(files: Sequence[FileStorage], kept: list[str], most: int, by: Person) -> None:
    """Keep a clean copy of each file and add its storage key to `kept`; no lock is held meanwhile, please.

    Counted before any byte of a picture is read: Invalid names `photos`. TooOften after many in an hour.
    """
    if len(kept) + len(files) > most:
        raise Invalid(_("At most %(most)s photos.", most=most), field="photos")
    if not files:
        return
    count(
        by,
        SENDINGS,
        "evidence",
        _("You have sent many photos in a short time. Please wait a little, then send again."),
    )
    for file in files:
        try:
            kept.append(clean_copy(file.stream.read(MAX_BYTES + 1)))
        except Invalid as refused:
            raise Invalid(refused.message, code=refused.code, field="photos") from refused


def count(by: Person, limit: RateLimitItem, what: str, sentence: str) -> None:
    """Count one more of `what` by this person; TooOften with this sentence beyond the limit."""
    if limiter.enabled and not limiter.limiter.hit(limit, what, str(by.id)):
        wait = limiter.limiter.get_window_stats(limit, what, str(by.id)).reset_time - time.time()
        raise TooOften(sentence, retry_after=max(1, round(wait)))


def picture(data: bytes) -> BaseResponse:
    """A JPEG whose reader's right was checked: kept by the browser, but shown only after asking here again."""
    answer = Response(data, mimetype="image/jpeg")
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    answer.set_etag(hashlib.sha256(data).hexdigest())
    return answer.make_conditional(request)
