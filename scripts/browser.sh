#!/bin/sh
# What the tests drive and look with: a Chromium and poppler's tools.
set -eu
cd "$(dirname "$0")/.."
found=
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's chromium-browser is only a pointer to a snap; it does not run headless in a container.
    if command -v $name >/dev/null 2>&1 && $name --version >/dev/null 2>&1; then
        found=$name
        break
    fi
done
[ -n "$found" ] || scripts/apt.sh "The browser tests need Chromium" chromium
command -v pdftotext >/dev/null 2>&1 || scripts/apt.sh "The tests of PDFs need poppler" poppler-utils
