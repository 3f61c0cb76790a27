"""Drafts, publishing, retiring, importing; the built-in checklists."""

import re
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from audit.accounts.models import Person
from audit.branches.saving import invalid, saving
from audit.checklists.document import Document, composed, digest, parse
from audit.checklists.models import Checklist, Version, VersionState
from audit.checklists.sentences import sentences
from audit.db import db
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.scoring import exact
from audit.scoring.visit import DEFAULT_WEIGHTS
from audit.trail.services import record

_CODE = re.compile(r"[a-z0-9-]{2,40}")


def install_builtin(at: datetime, by: Person | None = None) -> dict[str, Version]:
    """Publish each shipped checklist that is missing as its version 1; the first versions by code."""
    installed = {}
    folder = files("audit").joinpath("checklists", "builtin")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".json"):
            continue
        code = file.name.removesuffix(".json")
        first = select(Version).join(Version.checklist).where(Checklist.code == code, Version.number == 1)
        version = db.session.scalar(first)
        if version is None:
            version = import_draft(parse(file.read_bytes()), at, checklist=None, code=code)
        if version.state == VersionState.DRAFT:
            publish(version, by, at)
        installed[code] = version
    return installed


def create_checklist(code: str, at: datetime) -> Checklist:
    """A new checklist without versions; Invalid when the code is taken or badly formed."""
    if not _CODE.fullmatch(code):
        raise invalid("code", _("The code has 2 to 40 small letters without accents, digits or hyphens."))
    checklist = Checklist(code=code, created_at=at)
    with saving({"uq_checklist_code": ("code", _("Another checklist already has this code."))}):
        db.session.add(checklist)
    return checklist


def import_draft(document: Document, at: datetime, *, checklist: Checklist | None, code: str = "") -> Version:
    """A document as a new draft of a checklist, or of a new one with this code; Invalid lists problems."""
    document = composed(document)
    refuse_problems(document)
    if checklist is None:
        checklist = create_checklist(code, at)
    return _add_draft(checklist, document, at)


def new_draft(checklist: Checklist, from_version: Version, at: datetime) -> Version:
    """A draft that begins as a copy of a version of the same checklist; one that is still such a copy will do."""
    if from_version.checklist_id != checklist.id:
        raise Invalid(_("The version to copy belongs to another checklist."), field="version")
    return _add_draft(checklist, composed(from_version.document), at)


def _add_draft(checklist: Checklist, document: Document, at: datetime) -> Version:
    # Two drafts begun at once would otherwise want the same number.
    db.session.execute(select(Checklist.id).where(Checklist.id == checklist.id).with_for_update())
    drafts = select(Version).where(Version.checklist_id == checklist.id, Version.state == VersionState.DRAFT)
    for draft in db.session.scalars(drafts.options(undefer(Version.document))):
        if draft.document == document:
            return draft  # sent twice
    last = (
        db.session.scalar(select(func.max(Version.number)).where(Version.checklist_id == checklist.id)) or 0
    )
    version = Version(
        checklist=checklist, number=last + 1, state=VersionState.DRAFT, document=document, created_at=at
    )
    db.session.add(version)
    db.session.flush()
    return version


def save_draft(version: Version, document: Document) -> Version:
    """Replace a draft's document; it may still have problems, publishing tells. Conflict once published."""
    _lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("A published version never changes. Start a new draft from it."))
    version.document = composed(document)
    db.session.flush()
    return version


def set_weights(version: Version, weights: Mapping[str, str]) -> Version:
    """Change a draft's weights; `weights` maps a factor's id to what was typed. Invalid by field."""
    read = {id_: _weight(id_, text) for id_, text in weights.items()}
    _lock(version)  # before reading: two admins must not undo each other
    document = composed(version.document)
    factors = [
        {**factor, "weight": read.get(factor["id"], factor["weight"])} for factor in document["factors"]
    ]
    used = {question.get("factor") for question in document["questions"]}
    if not any(exact.number(factor["weight"]) and factor["id"] in used for factor in factors):
        raise Invalid(_("At least one factor with questions needs a weight above 0."))
    return save_draft(version, {**document, "factors": factors})


def _weight(factor: str, text: str) -> int | str:
    """A weight as the document holds it: an integer, or the text of an exact number."""
    known = exact.number(text.strip().replace(",", ".")) if len(text) <= 20 else None
    if known is None or known < 0:
        raise invalid(f"weight-{factor}", _("Write a number from 0 up, for example 79, 0.5 or 1/3."))
    return known.numerator if known.denominator == 1 else exact.text(known)


def publish(version: Version, by: Person | None, at: datetime) -> Version:
    """Freeze a draft. Invalid lists every problem in `problems`; Conflict when it is no draft (any more)."""
    by_id = by.id if by is not None else None
    _lock(version)
    if version.state != VersionState.DRAFT:
        raise Conflict(_("This version has already been published."))
    refuse_problems(version.document)
    # All in one statement: from the next one on the database refuses any change.
    version.sha256 = digest(version.document)
    version.state = VersionState.PUBLISHED
    version.published_at = at
    version.published_by_id = by_id
    db.session.flush()
    _record("checklist.published", version, by, at)
    return version


def _record(kind: str, version: Version, by: Person | None, at: datetime) -> None:
    known = version.checklist
    record(kind, by, at, client_id=known.client_id, checklist=known.code, version=version.number)


def refuse_problems(document: Mapping[str, Any]) -> None:
    """Invalid when the document may not be published; its details list a sentence for each problem."""
    found = sentences(document)
    if found:
        raise Invalid(_("The checklist has mistakes that must be corrected first."), problems=found)


def retire(version: Version, by: Person, at: datetime) -> Version:
    """Keep new waves from using a published version; those that use it go on. Conflict for other states."""
    _lock(version)
    if version.state != VersionState.PUBLISHED:
        raise Conflict(_("Only a published version can be retired."))
    version.state = VersionState.RETIRED
    db.session.flush()
    _record("checklist.retired", version, by, at)
    return version


def _lock(version: Version) -> None:
    row = select(Version).where(Version.id == version.id).options(undefer(Version.document))
    db.session.scalars(row.with_for_update().execution_options(populate_existing=True)).one()


def preset(version: Version, name: str) -> dict[str, str] | None:
    """The weights of a preset for a version's factors: "default" (only for the five defaults) or "equal"."""
    ids = [factor["id"] for factor in version.document.get("factors", [])]
    if name == "equal":
        return dict.fromkeys(ids, "1")
    if name == "default" and set(ids) == set(DEFAULT_WEIGHTS):
        return {id_: str(DEFAULT_WEIGHTS[id_]) for id_ in ids}
    return None
