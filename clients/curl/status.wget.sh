#!/bin/sh
# How the last training ended, and what is loaded since when.
set -eu
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/status"
