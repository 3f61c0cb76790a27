"""Every table, for whoever needs the whole schema (migrations, the guard against drift)."""

import audit.accounts.models
import audit.attempts
import audit.branches.models
import audit.checklists.models
import audit.review.models
import audit.visits.models
import audit.waves.models  # noqa: F401
