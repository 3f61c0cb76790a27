"""The form that imports a document."""

from flask_wtf.file import FileField
from wtforms import TextAreaField

from audit.checklists.document import LARGEST, Document, parse
from audit.checklists.models import Checklist
from audit.errors import Invalid
from audit.fields import ChoiceField, TextField, at_most
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l


class ImportForm(Form):
    """A document as a file or pasted, for an existing checklist or a new one."""

    target = ChoiceField(_l("Becomes"), choices=[], default="")
    code = TextField(_l("Code of the new checklist"), [at_most(40)])
    file = FileField(_l("JSON file"))
    text = TextAreaField(_l("or paste the JSON here"))

    def offer(self, checklists: list[Checklist]) -> None:
        """Offer the checklists that a draft can be added to."""
        drafts = [(str(known.id), _("a new draft of “%(code)s”", code=known.code)) for known in checklists]
        self.target.choices = [("", _("a new checklist")), *drafts]

    def read(self) -> Document:
        """The document that was sent; Invalid when there is none, or it cannot be read."""
        sent = self.file.data
        raw: bytes | str = sent.read(LARGEST + 1) if sent and sent.filename else (self.text.data or "")
        if isinstance(raw, bytes) and len(raw) <= LARGEST:
            # A browser sends a file only once: what could not be taken stays in the box below.
            self.text.data = raw.decode("utf-8", "replace")
        if not raw.strip():
            raise Invalid(_("Choose a file or paste the JSON."), field="text")
        return parse(raw)
