"""The texts that the form's scripts show; `{name}` stands for what a script puts in."""

from audit.i18n import gettext as _


def phrases() -> dict[str, str]:
    """Every text by its name, in the language of the request."""
    return {
        "saved": _("Saved at {time}"),
        "saving": _("Saving…"),
        "waiting": _("Not saved yet – trying again"),
        "refused": _("One answer could not be saved: see below"),
        "signedOut": _("Not saved: please sign in again"),
        "closed": _("Not saved: this visit is no longer open"),
        "restored": _("Restored from this phone"),
        "progress": _("{answered} of {of} answered"),
        "sending": _("Sending {percent} %"),
        "photoFailed": _("Not sent yet – trying again"),
        "photoSent": _("Photo saved"),
        "removeSure": _("Remove this photo?"),
        "remove": _("Remove photo"),
        "view": _("View photo"),
        "leave": _("A photo is still being sent."),
        "grouped": _("Write the number without separators for thousands, for example 1500."),
        "number": _("Write a number, for example 3 or 2.5."),
        "order": _("The end cannot be before the start: check both times."),
        "minutes": _("{minutes} min {seconds} s"),
    }
