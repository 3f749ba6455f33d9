"""What a request asks for, read from its query and checked against the limits."""

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from playlist_api.errors import InvalidRequestError
from playlist_api.parsing import shown


def check_keys(query: MultiDict[str, str], *known: str) -> None:
    """Check that a query has no other keys than the known ones, and none twice.

    Raises:
        InvalidRequestError: it has.
    """
    for name, values in query.lists():
        if name not in known:
            expected = f"the known ones are {', '.join(known)}" if known else "there are none here"
            raise InvalidRequestError(f"{shown(name)} is not a known key of the query: {expected}.")
        if len(values) > 1:
            raise InvalidRequestError(f"{name} is in the query {len(values)} times, expected once.")


def text_from_query(query: Mapping[str, str], name: str, max_length: int) -> str:
    """Read a text of the query; "" where it is not given.

    Raises:
        InvalidRequestError: longer than a song may be.
    """
    text = query.get(name, "")
    if len(text) > max_length:
        raise InvalidRequestError(
            f"{name} has {len(text)} characters, expected at most {max_length}: send a shorter one."
        )
    return text.strip()


def whole_number_from_query(query: Mapping[str, str], name: str, default: int, at_most: int, at_least: int = 1) -> int:
    """Read a whole number of the query within bounds, both inclusive.

    Raises:
        InvalidRequestError: not a whole number, or out of bounds.
    """
    text = query.get(name)
    if text is None:
        return default
    # The pattern's length bound keeps int() from work, and from refusing thousands of digits in its own way.
    if not re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII) or not at_least <= int(text) <= at_most:
        raise InvalidRequestError(
            f"{name} is {shown(text)}, expected a whole number from {at_least} to {at_most}, such as {name}={default}."
        )
    return int(text)
