"""The commands `saywhen ops` and `saywhen save`: the log of a person's work on an article, out and in."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import IO

import click
import orjson

from labeling.commands.console import with_project
from labeling.errors import OpError


@click.command("ops")
@click.argument("article")
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="The annotator.")
def show_ops(article: str, project: Path, annotator: str) -> None:
    """Print the log of a person's work on an article, one op per line."""
    from labeling.web.server import open_store

    for op in open_store().log(annotator, article):
        click.echo(orjson.dumps(op).decode())


@click.command()
@click.argument("article")
@click.argument("file", type=click.File("rb"), default="-")
@with_project
@click.option("--as", "annotator", required=True, metavar="NAME", help="The annotator.")
def save(article: str, file: IO[bytes], project: Path, annotator: str) -> None:
    """Save ops, one per line, to a person's work on an article. If a line can't be read, nothing is saved."""
    import pydantic

    from labeling.annotation import ops
    from labeling.web.server import open_store

    message = []
    for number, line in enumerate(file, 1):
        try:
            message.append(ops.load({**orjson.loads(line), "number": number}))
        except (orjson.JSONDecodeError, TypeError) as fault:
            raise OpError(f"line {number}: not a JSON object ({fault}); nothing was saved") from None
        except pydantic.ValidationError as fault:
            first = fault.errors()[0]
            raise OpError(
                f"line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}; nothing was saved"
            ) from None
    store = open_store()
    answer = store.append(store.sign_in(annotator), article, f"cli-{secrets.token_hex(12)}", 0, message)
    for refusal in answer.refused:
        click.echo(f"refused: line {refusal['number']}: {refusal['reason']}", err=True)
    click.echo(f"{len(message) - len(answer.refused)} saved, {len(answer.refused)} refused, revision {answer.revision}")
    if answer.refused:
        raise SystemExit(1)
