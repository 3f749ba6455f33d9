#!/bin/sh
# How the last training ended, and what is loaded since when.
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/status"
