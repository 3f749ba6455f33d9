#!/bin/sh
# Which songs texts stand for: match.wget.sh ['{"songs": ["greensleeves"]}']
set -eu
example='{"songs": ["ode to joy", "No such song"]}'
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/match" \
    --header='Content-Type: application/json' --post-data="${1:-$example}"
