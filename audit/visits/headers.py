"""What a device says beside the body: its clock, its program, the facts of a photo."""

import hashlib
import re
from datetime import datetime
from urllib.parse import unquote

from flask import request

from audit.errors import AuditError
from audit.i18n import gettext as _
from audit.visits import jsonbody
from audit.visits.evidence import Taken
from audit.visits.jsonbody import Clock
from audit.visits.models import POSITION_ERRORS, SOURCES
from audit.visits.position import Position

LEAST_CLIENT = 1  # the oldest edition of the protocol that is still understood
LONGEST_NAME = 255
LARGEST_FILE = 2**31 - 1
_EDITION = re.compile(r"[0-9]{1,6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"[0-9]{1,10}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class ClientTooOld(AuditError):
    """The program on the phone speaks an edition that is no longer understood. 426."""

    status = 426
    code = "client_too_old"


class Mismatch(AuditError):
    """The bytes are not those announced: send them again. 400."""

    code = "sha_mismatch"


def check_client() -> None:
    """Refuse an old program; one that does not say is taken for the present one."""
    told = request.headers.get("X-Client")
    if told is None or (_EDITION.fullmatch(told) and int(told) >= LEAST_CLIENT):
        return
    raise ClientTooOld(_("This form is out of date. Reload the page once; what is on this phone is kept."))


def clock(at: datetime, told: object = None) -> Clock:
    """The device's clock by X-Device-Now, else by `told` of the body. Never by what was frozen earlier."""
    header = request.headers.get("X-Device-Now")
    if header is not None:
        return Clock(at, jsonbody.moment(header, "X-Device-Now"))
    return Clock(at, jsonbody.moment(told, "device_now"))


def question() -> str:
    """The question that a photo belongs to."""
    found = unquote(request.headers.get("X-Question-Id", ""))
    if not 0 < len(found) <= jsonbody.LONGEST_ID:
        raise jsonbody.wrong("X-Question-Id", _("the id of a question"))
    return found


def check_hash(data: bytes) -> None:
    """Compare the body with X-Content-SHA256, where that is given."""
    announced = request.headers.get("X-Content-SHA256")
    if announced is None:
        return
    if not _SHA256.fullmatch(announced.lower()):
        raise jsonbody.wrong("X-Content-SHA256", _("64 hexadecimal digits"))
    if hashlib.sha256(data).hexdigest() != announced.lower():
        raise Mismatch(_("The photo did not arrive whole. It is sent again."))


def taken(at: datetime) -> Taken:
    """The facts of a photo. What makes no sense is left out: a photo is worth more than its facts."""
    place = Position.read(request.headers.get("X-Position"))
    error, source = request.headers.get("X-Position-Error"), request.headers.get("X-Source")
    return Taken(
        at=jsonbody.moment(request.headers.get("X-Taken-At"), "X-Taken-At"),
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        accuracy=place.accuracy if place else None,
        age=place.age if place else None,
        error=error if error in POSITION_ERRORS and place is None else None,
        clock_offset=clock(at).offset,
        source=source if source in SOURCES else None,
        file_name=_file_name(),
        original_bytes=_original_bytes(),
    )


def _file_name() -> str | None:
    told = unquote(request.headers.get("X-File-Name", "")).replace("\\", "/").rsplit("/", 1)[-1]
    return _CONTROL.sub("", told).strip()[:LONGEST_NAME] or None


def _original_bytes() -> int | None:
    told = request.headers.get("X-Original-Size", "")
    return int(told) if _SIZE.fullmatch(told) and int(told) <= LARGEST_FILE else None
