"""Every table, for whoever needs the whole schema (migrations, the guard against drift)."""

import audit.accounts.models
import audit.api.models
import audit.attempts
import audit.branches.models
import audit.checklists.models
import audit.followup.models
import audit.mails.models
import audit.payments.models
import audit.reports.models
import audit.review.layers
import audit.review.lines
import audit.review.models
import audit.trail.models
import audit.visits.models
import audit.waves.models  # noqa: F401
