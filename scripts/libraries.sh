#!/bin/sh
# The libraries that PDFs need (Pango, HarfBuzz, fontconfig).
set -eu
cd "$(dirname "$0")/.."
loads() {
    .venv/bin/python -W error -c 'import weasyprint' >/dev/null 2>&1
}
if ! loads; then
    scripts/apt.sh "PDFs need Pango" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig
    loads || {
        .venv/bin/python -W error -c 'import weasyprint' || true
        echo "WeasyPrint cannot load its libraries; the lines above say which." >&2
        exit 1
    }
fi
