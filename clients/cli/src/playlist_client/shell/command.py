"""The command ``shell``."""

import typer

from playlist_client.options import Options, with_options


@with_options
def shell(*, options: Options) -> None:
    """Choose songs line by line, and ask what goes with them.

    A line is a title, completed from what the API knows, or a command such as /send; /help lists them. A title is
    checked at once: close matches are listed for one that is unknown. Ctrl-C empties the line or stops waiting, Ctrl-D
    leaves. Lines from a pipe work too.
    """
    # A third of the start of every command, were it imported for all of them.
    from playlist_client.shell.prompt import talk  # noqa: PLC0415

    with options.reached() as base_url:
        code = talk(base_url, options.timeout_s, options.form)
    raise typer.Exit(code)
