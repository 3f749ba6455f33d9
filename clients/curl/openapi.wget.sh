#!/bin/sh
# The description of the API, in OpenAPI 3.1.
set -eu
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/openapi.json"
