"""Why a file cannot be shown as a photo: a code for programs, a sentence for the shopper."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from audit.errors import AuditError
from audit.i18n import lazy_gettext as _


class PhotoRefused(AuditError):
    """The file cannot be shown as a photo: a code for programs, a sentence for the shopper. 413 or 422."""

    status = 422

    def __init__(self, code: str, **limits: int) -> None:
        super().__init__(_SENTENCES[code](limits), code=code, **limits)
        if code == "too_large":
            self.status = 413


_SENTENCES: Final[dict[str, Callable[[Mapping[str, int]], Any]]] = {
    "too_large": lambda p: _(
        "This photo is larger than %(limit)s MB. Lower the camera's resolution or send a smaller copy.", **p
    ),
    "empty": lambda _limits: _("This file is empty. Choose the photo again, or take a new one."),
    "not_an_image": lambda _limits: _(
        "This file is not a photo that can be read here. Send a JPEG, PNG, WebP or HEIC photo."
    ),
    "broken_data": lambda _limits: _(
        "This photo is damaged or did not arrive whole. Send it again; if that fails, take a new one."
    ),
    "broken_header": lambda _limits: _(
        "This photo cannot be opened. Open it on your phone, save a copy and send the copy."
    ),
    "too_many_pixels": lambda p: _(
        "This photo has more than %(limit)s megapixels. Lower the resolution or send a smaller copy.", **p
    ),
    "too_long": lambda p: _(
        "This photo is longer than %(limit)s pixels on one side. Send a normal photo, not a panorama.", **p
    ),
    "too_small": lambda p: _(
        "This photo is shorter than %(limit)s pixels on one side. Send the original, not its thumbnail.", **p
    ),
    "animated": lambda _limits: _("This file moves or holds several pictures. Send one still photo."),
}
CODES: Final = frozenset(_SENTENCES)
