#!/bin/sh
# Compiles the translations that are newer than what was compiled from them.
set -eu
cd "$(dirname "$0")/.."
for source in audit/translations/*/LC_MESSAGES/messages.po; do
    [ -e "$source" ] || continue
    compiled=${source%.po}.mo
    if [ ! -e "$compiled" ] || [ -n "$(find "$source" -newer "$compiled")" ]; then
        .venv/bin/pybabel --quiet compile --input-file "$source" --output-file "$compiled"
    fi
done
