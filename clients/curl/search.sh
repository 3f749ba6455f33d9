#!/bin/sh
# Titles that begin with a text or hold it: search.sh ['ode to']
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs" \
    --get --data-urlencode "q=${1:-ode to}" --data limit=5
