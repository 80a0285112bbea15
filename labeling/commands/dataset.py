"""The commands `saywhen export` and `saywhen hydrate`: export files and datasets, check them, and restore their texts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from labeling import extras
from labeling.commands.console import PATH, with_project
from labeling.dataset.plan import SHAPES
from labeling.dataset.refusals import KINDS
from labeling.errors import DatasetError
from labeling.quantities import many

if TYPE_CHECKING:
    from labeling.store.contract import Store


@click.command()
@with_project
@click.option(
    "--dataset",
    is_flag=True,
    help="Build a folder with splits, formats, a dataset card and a manifest instead of one file.",
)
@click.option(
    "--from",
    "source",
    metavar="WHOSE",
    help="gold, all (everyone's annotations), or an annotator's name.  [default: all; gold for a dataset]",
)
@click.option("--gold", is_flag=True, help="Short for --from gold.")
@click.option(
    "--submitted", is_flag=True, help="Only submitted work; for gold, only articles without unresolved disagreements."
)
@click.option(
    "--shape",
    type=click.Choice(SHAPES),
    default="articles",
    show_default=True,
    help="One line per article, record, and so on. Sentences, paragraphs and tokens only with --dataset.",
)
@click.option("--format", "formats", multiple=True, metavar="FORMAT", help="Add this format; repeatable.")
@click.option(
    "--splits",
    is_flag=False,
    flag_value="default",
    metavar="NAME",
    help="Use the splits of this name (see saywhen splits).",
)
@click.option(
    "--anonymous", is_flag=True, help="Use pseudonyms for annotators, and leave out their comments and notes."
)
@click.option("--without-texts", is_flag=True, help="Only offsets and hashes; “saywhen hydrate” restores the texts.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(KINDS),
    help="Build the dataset despite this problem; the card lists it.",
)
@click.option("--title", help="The title of the dataset in its card.")
@click.option("--licence", help="The license of texts and annotations, e.g. cc-by-4.0.")
@click.option("--to", "folder", type=PATH, help="The folder to export to.  [default: exports/ next to the project]")
@click.option(
    "--check", "checked", type=PATH, metavar="DATASET", help="Check a dataset against its manifest and the project."
)
def export(project: Path, **options: Any) -> None:
    """Export the project to one JSONL file or, with --dataset, to a citable training dataset."""
    from labeling.web.location import exports_path
    from labeling.web.server import open_store

    checked, folder = options.pop("checked"), options.pop("folder")
    if checked:
        _check(checked, open_store())
        return
    if options.pop("gold"):
        if options["source"] not in (None, "gold"):
            raise DatasetError(f"--gold and --from {options['source']} contradict each other; use one of them")
        options["source"] = "gold"
    write = _write_dataset if options.pop("dataset") else _write_file
    write(open_store(), folder or exports_path(), options)


def _write_file(store: Store, folder: Path, options: dict[str, Any]) -> None:
    from labeling.services.export import SHAPES as FILES
    from labeling.services.export import Shape, write_export

    source, submitted, shape = options.pop("source") or "all", options.pop("submitted"), options.pop("shape")
    if asked := next((name for name, value in options.items() if value), None):
        raise DatasetError(f"--{asked.replace('_', '-')} needs --dataset")
    if shape not in FILES:
        raise DatasetError(f"--shape {shape} needs --dataset")
    if source not in ("all", "gold"):
        raise DatasetError("--from with an annotator's name needs --dataset")
    with click.progressbar(length=store.count(), label="Exporting", file=sys.stderr) as bar:
        named = folder if folder.suffix == ".jsonl" and not folder.is_dir() else None
        path = write_export(
            store,
            named.parent if named else folder,
            cast(Shape, shape),
            submitted=submitted,
            gold=source == "gold",
            tick=lambda done: bar.update(done - bar.pos),
        )
        bar.update(bar.length - bar.pos if bar.length else 0)
    click.echo(str(path.replace(named) if named else path))


def _write_dataset(store: Store, folder: Path, options: dict[str, Any]) -> None:
    from labeling.dataset.plan import Plan
    from labeling.services.dataset_build import build

    texts = not options.pop("without_texts")
    plan = Plan(**{**options, "source": options["source"] or "gold"}, texts=texts)
    built = build(store, folder, plan, tick=_ticker())
    _done()
    for split, counts in built.counts.items():
        click.echo(f"{split}: {many(counts.articles, 'article')}, {many(counts.lines, 'line')}", err=True)
    if built.aside:
        click.echo(
            f"in no split, because they would connect two splits: {many(built.aside, 'article')} (listed in manifest.json)",
            err=True,
        )
    for name, losses in built.losses.items():
        for loss in losses:
            click.echo(f"{name}: {loss['what']} ({loss['times']:,})", err=True)
    for kind, times in built.allowed.items():
        click.echo(f"accepted: {times:,} × {kind}", err=True)
    if not built.charts:
        click.echo(f"The card has no charts; they need the chart renderer: {extras.command('charts')}", err=True)
    click.echo(str(built.path))


def _check(folder: Path, store: Store) -> None:
    from labeling.services.dataset_verify import faults_of_files, faults_of_project, faults_of_votes

    found = faults_of_files(folder)
    for finding in found:
        click.echo(f"{finding.file}: {finding.what}")
    if not found:
        click.echo("All files match the manifest.")
    minorities = faults_of_votes(folder)
    for finding in minorities:
        click.echo(f"{finding.file}: {finding.what}")
    differing = faults_of_project(folder, store, tick=_ticker())
    _done()
    for finding in differing:
        click.echo(f"{finding.file}: {finding.what}")
    if not differing:
        click.echo("The project produces the same bytes.")
    if found or minorities or differing:
        raise SystemExit(1)


@click.command()
@click.argument("dataset", type=PATH)
@click.option("--texts", multiple=True, required=True, type=PATH, help="Files and folders with the articles.")
@click.option("--to", "folder", type=PATH, help="The folder to write to.  [default: DATASET-with-texts]")
def hydrate(dataset: Path, texts: tuple[Path, ...], folder: Path | None) -> None:
    """Restore the texts in a dataset that was exported without them."""
    from labeling.services.dataset_verify import hydrate

    target = folder or dataset.with_name(f"{dataset.name}-with-texts")
    for fault in hydrate(dataset, texts, target):
        click.echo(str(fault), err=True)
    click.echo(str(target))


def _ticker() -> Callable[[str, int, int], None]:
    """Return a function that shows progress on a terminal."""
    shown = sys.stderr.isatty()

    def tick(what: str, done: int, total: int) -> None:
        if shown:
            click.echo(
                f"\r\033[K{what} … {done:,} of {total:,}" if total > 1 else f"\r\033[K{what} …", nl=False, err=True
            )

    return tick


def _done() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
