"""What a password must be, and how it is kept."""

import re
import unicodedata

from flask_security import hash_password

from audit.accounts.identity import folded
from audit.i18n import gettext as _

SHORTEST = 10
LONGEST = 200

# Stems of the most used passwords, in Vietnamese and English; figures and signs around them do not help.
STEMS = """
abc abcd abcde abcdef abcdefgh abcdefghij admin administrator anhyeuem anhnhoem asdf asdfgh asdfghjkl baobao
batman changeme chelsea congaicon daigia default dragon emyeuanh football gialai google hanoi haiphong
iloveyou khongbiet khongco letmein login manchester matkhau matkhaumoi mysteryaudit nguyen passw password
princess qazwsx qazwsxedc qwer qwert qwerty qwertyuiop saigon secret shopper sunshine superman test testing
tinhyeu user vietcombank vietnam viettel welcome yeuem zaq zxcvbn zxcvbnm
"""
COMMON = frozenset(STEMS.split())
RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def hash_once(password: str) -> str:
    """The argon2 hash of a password; needs the application. Many people of a demo may share one."""
    return str(hash_password(unicodedata.normalize("NFKD", password)))  # as the library compares it


def problem(password: str, about: tuple[str | None, ...] = ()) -> str | None:
    """Why a password cannot be taken, in words, or None; `about` is the person's name, mail and phone."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        return str(_("Take at least %(count)s characters, for example three words.", count=SHORTEST))
    if len(password) > LONGEST:
        return str(_("Take at most %(count)s characters.", count=LONGEST))
    if _is_common(password):
        return str(_("This password is among those tried first. Take another, for example three words."))
    if _tells(password, about):
        return str(_("The password contains your name, mail address or phone number. Take something else."))
    return None


def _is_common(password: str) -> bool:
    bare = folded(password).replace(" ", "")
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", bare).replace("@", "a").replace("0", "o").replace("$", "s")
    digits = re.sub(r"\D", "", bare)
    return (
        stem in COMMON
        or re.sub(r"[\W\d_]", "", bare) in COMMON
        or any(bare in run for run in RUNS)
        or (digits == bare and any(bare in run * 2 for run in RUNS[:2]))
        or re.fullmatch(r"(.{1,4}?)\1+.{0,3}", bare) is not None
    )


def _tells(password: str, about: tuple[str | None, ...]) -> bool:
    bare = re.sub(r"[^a-z0-9]", "", folded(password))
    for fact in about:
        for part in {folded(fact or "").partition("@")[0], folded(fact or "")}:
            known = re.sub(r"[^a-z0-9]", "", part.removeprefix("+84"))
            if len(known) >= 5 and known in bare:
                return True
    return False
