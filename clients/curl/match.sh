#!/bin/sh
# Which songs texts stand for: match.sh ['{"songs": ["greensleeves"]}']
set -eu
example='{"songs": ["ode to joy", "No such song"]}'
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/match" \
    --header 'Content-Type: application/json' --data "${1:-$example}"
