#!/bin/sh
# Titles that begin with a text or hold it; wget does not encode it: search.wget.sh ['ode%20to']
set -eu
wget --quiet --output-document=- --content-on-error \
    "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs?q=${1:-ode%20to}&limit=5"
