#!/bin/sh
# Songs that playlists hold together with one; wget does not encode it: related.wget.sh ['Ode%20to%20Joy']
set -eu
wget --quiet --output-document=- --content-on-error \
    "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/related?song=${1:-Ode%20to%20Joy}&limit=5"
