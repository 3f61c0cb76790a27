"""The texts that the form's scripts show; `{name}` stands for what a script puts in."""

from audit.i18n import gettext as _


def phrases() -> dict[str, str]:
    """Every text by its name, in the language of the request."""
    return {
        **_line(),
        **_ends(),
        "progress": _("{answered} of {of} answered"),
        "grouped": _("Write the number without separators for thousands, for example 1500."),
        "number": _("Write a number, for example 3 or 2.5."),
        "order": _("The end cannot be before the start: check both times."),
        "room": _("Room for {count} more characters"),
        "tooLong": _("Too long by {count} characters"),
        "photo": _("Photo {number}"),
        "photoHere": _("on this phone"),
        "photoSent": _("sent"),
        "photoRemoved": _("This photo was removed on another device."),
        "photoChip": _("photo"),
        "photoFailed": _("The photo could not be kept. Please take it again."),
        "full": _(
            "This phone's storage is full. Your answers are kept; make room, then add the photo again."
        ),
        "notKept": _("The phone could not keep this; its storage may be full. Make room, then try again."),
        "remove": _("Remove photo {number}"),
        "removeSure": _("Remove this photo?"),
        "again": _("Start this clock again from zero?"),
        "otherDevice": _("On another device at {time}: {answer}"),
        "otherWindow": _("In another window at {time}: {answer}"),
        "take": _("Take this one instead"),
        "isReady": _("Ready to submit"),
        "isOwing": _("Not complete yet"),
        "answerFirst": _("Answer what is missing first; then the button opens."),
        "chooseReason": _("Choose what happened."),
    }


def _line() -> dict[str, str]:
    """The line about where the work is, by what the draft says of itself."""
    return {
        "line_saving": _("Saving…"),
        "line_unsaved": _("NOT SAVED – keep this page open, trying again"),
        "line_saved": _("Saved on this phone"),
        "line_sending": _("Sent {sent}/{of}"),
        "line_safe": _("Safe: all is with us"),
        "line_queued": _("Waiting to be sent – saved on this phone"),
        "line_submitted": _("Submitted at {time}"),
        "line_stopping": _("Waiting to be sent – saved on this phone"),
        "line_stopped": _("Noted, thank you"),
        "line_conflict": _("Needs a look – everything is kept"),
        "line_withdrawn": _("No longer open – what you filled in is kept"),
        "line_closed": _("No longer open – what you filled in is kept"),
        "lineOffline": _("No network – saved on this phone"),
        "lineSignedOut": _("Saved on this phone – sign in again to send"),
        "lineOther": _("Somebody else is signed in – sign in again to send"),
        "lineTrouble": _("Our server has trouble – trying again by itself"),
        "lineTooOld": _("Old version – update"),
    }


def _ends() -> dict[str, str]:
    """What stands on the last screen, by the draft's state."""
    return {
        "done_queued": _("Ready, waiting to be sent"),
        "done_queued_text": _(
            "Everything is on this phone and is sent by itself as soon as there is network."
            " You can put the phone away."
        ),
        "done_submitted": _("Submitted"),
        "done_submitted_text": _("We received it at {time}. Keep this number until it is paid."),
        "done_conflict": _("Needs a look"),
        "done_conflict_text": _(
            "This visit was already submitted from elsewhere. What you filled in here is kept with us too;"
            " an editor looks at both."
        ),
        "done_withdrawn": _("No longer open"),
        "done_withdrawn_text": _("This visit was taken back. What you filled in stays on this phone."),
        "done_stopping": _("Noted, waiting to be sent"),
        "done_stopping_text": _("It is sent by itself as soon as there is network. Thank you for trying."),
        "done_stopped": _("Noted"),
        "done_stopped_text": _("Thank you for trying; it does not count against you."),
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
        "look": _("Look at it"),
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
