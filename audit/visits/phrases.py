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


def list_words() -> dict[str, str]:
    """What the list of visits says about this phone's drafts."""
    return {
        "total": _("Not sent completely: visits: {visits} · answers: {answers} · photos: {photos}"),
        "allSafe": _("Everything you have filled in on this phone has reached us."),
        "unsent": _("Saved on this phone, not sent yet: answers: {answers} · photos: {photos}"),
        "safe": _("Everything filled in so far has reached us."),
        "refused": _("One answer needs a correction: open the form."),
        "queued": _("Submitted on this phone at {at}. It is sent by itself as soon as there is network."),
        "stopping": _("“Could not be done” is noted on this phone ({at}) and is sent by itself."),
        "submitted": _("Submitted at {at}, receipt number {receipt}"),
        "submittedBefore": _("Submitted at {at}"),
        "stopped": _("“Could not be done” has reached us."),
        "conflict": _(
            "Already submitted from elsewhere. What you filled in here has been kept too; the agency decides."
        ),
        "closed": _("This visit is no longer open. What you filled in stays on this phone: save a copy."),
        "chipSubmitted": _("Submitted"),
        "chipStopped": _("Could not be completed"),
        "chipQueued": _("Waiting to be sent"),
        "chipAttention": _("Needs attention"),
        "ready": _("Opens without network too."),
        "others": _("Visits of another account that wait on this phone: {n}"),
        "evict": _(
            "Unsent for more than 3 days. The phone may delete it after 7 days without use:"
            " open this page where there is network and send it today."
        ),
        "sending": _("Sending…"),
        "offline": _("No network. It is sent by itself as soon as there is some."),
        "signedOut": _("You are signed out, so nothing can be sent. Sign in again; everything is kept."),
        "trouble": _("Our side does not answer just now. It is tried again by itself; everything is kept."),
        "tooOld": _("This page is too old to send. Reload it once where there is network."),
        "broken": _("This browser keeps nothing on the phone. Open the page in Chrome or Safari."),
        "copy": _("Save a copy"),
        "copyFailed": _("The copy could not be made. Please try again."),
        "photo": _("Photo"),
        "noLook": _("The answers can be read again where there is network."),
    }
