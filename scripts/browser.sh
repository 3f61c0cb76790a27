#!/bin/sh
# What the tests drive and look with: a Chromium and poppler's tools.
set -eu
cd "$(dirname "$0")/.."
works() {
    # Ubuntu's package chromium-browser is only a pointer to a snap; where snaps do not run, it prints no version.
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v $name >/dev/null 2>&1 && $name --version >/dev/null 2>&1; then return 0; fi
    done
    return 1
}
if ! works; then
    scripts/apt.sh "The browser tests need Chromium" chromium
    works || {
        echo "The Chromium that was installed does not start. Install Google Chrome, then run make again." >&2
        exit 1
    }
fi
command -v pdftotext >/dev/null 2>&1 || scripts/apt.sh "The tests of PDFs need poppler" poppler-utils
