#!/bin/sh
# Songs that playlists hold together with one: related.sh ['Ode to Joy']
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/related" \
    --get --data-urlencode "song=${1:-Ode to Joy}" --data limit=5
