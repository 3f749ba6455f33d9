"""The rival: the same validation, look-up and answer as the product's, by FastAPI and pydantic.

What FastAPI offers to be fast is used: the answer is made by hand, so that it is not validated once more on its way
out, and nothing is counted; uvicorn writes its access log where that is asked for.
"""

import os
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from playlist_api.recommend import names_of, recommend
from playlist_api.settings import Settings
from playlist_model import FolderStore

_settings = Settings()
_model = FolderStore(Path(os.environ["PLAYLIST_MODEL_DIR"])).load_current()

Song = Annotated[str, StringConstraints(max_length=_settings.max_song_length, strip_whitespace=True)]


class Wanted(BaseModel):
    """The body, with the product's limits."""

    model_config = ConfigDict(extra="forbid", strict=True)

    songs: list[Song] = Field(max_length=_settings.max_songs)
    limit: int = Field(default=10, ge=1, le=100)
    explain: bool = False


app = FastAPI(openapi_url=None)


@app.post("/def")
def recommend_in_a_thread(wanted: Wanted) -> JSONResponse:
    return _answer(wanted)


@app.post("/async")
async def recommend_in_the_loop(wanted: Wanted) -> JSONResponse:
    return _answer(wanted)


def _answer(wanted: Wanted) -> JSONResponse:
    recommendation = recommend(_model, dict.fromkeys(wanted.songs), wanted.limit)
    content = {
        "songs": names_of(_model.songs, recommendation.song_ids),
        "version": _settings.version,
        "model_date": _model.manifest.model_date,
    }
    return JSONResponse(content, headers={"Playlist-Source": recommendation.source})
