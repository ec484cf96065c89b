"""Commands that take a bot's own files."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from learning_pipeline.cli.app import HomeOption, JsonOption, app, refusals_in_one_line
from learning_pipeline.cli.terminal import tell
from learning_pipeline.stores.home import Home

if TYPE_CHECKING:
    from learning_pipeline.contracts.imported import Imported

import_app = typer.Typer(no_args_is_help=True, help="A bot's own files into events and bars; they are only read.")
app.add_typer(import_app, name="import")

PathsArgument = Annotated[list[Path], typer.Argument(help="Files or folders.", show_default=False)]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 1 if any line is quarantined.")]
ReportOption = Annotated[bool, typer.Option("--report", help="Then run what is due and write the report.")]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="Name of the bot; by default told from the files.", show_default=False)
]


TimeframeOption = Annotated[
    str | None,
    typer.Option("--timeframe", help="Such as 1h, of what the files give none.", show_default=False),
]


class Kind(StrEnum):
    """What the rows of a table are."""

    trades = "trades"
    signals = "signals"


@import_app.command()
@refusals_in_one_line
def freqtrade(
    paths: PathsArgument,
    pickles: Annotated[
        bool,
        typer.Option("--pickles", help="Also read rejected signals from the pickles of backtests, in a locked room."),
    ] = False,
    strategy: Annotated[
        list[str] | None, typer.Option("--strategy", help="Only this strategy; may be repeated.", show_default=False)
    ] = None,
    source: SourceOption = None,
    report: ReportOption = False,
    home: HomeOption = None,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """A freqtrade user_data folder: backtest zips, tradesv3.sqlite, candles, decision logs."""
    from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported  # noqa: PLC0415  # not for all

    options = FreqtradeOptions(pickles=pickles, strategies=tuple(strategy or ()), source=source)
    _import(imported(paths, options), home, strict=strict, report=report, as_json=as_json)


@import_app.command()
@refusals_in_one_line
def nautilus(
    paths: PathsArgument,
    source: SourceOption = None,
    timeframe: TimeframeOption = None,
    report: ReportOption = False,
    home: HomeOption = None,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """NautilusTrader's reports (CSV, Parquet), event lines (JSON), and bar catalog."""
    from learning_pipeline.adapters.nautilus import imported  # noqa: PLC0415  # only who imports pays for it

    _import(imported(paths, source, timeframe), home, strict=strict, report=report, as_json=as_json)


@import_app.command()
@refusals_in_one_line
def csv(
    kind: Annotated[Kind, typer.Argument(help="What a row is.", show_default=False)],
    paths: PathsArgument,
    source: Annotated[str, typer.Option("--source", help="Name of the bot.", show_default=False)],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OURS=THEIRS", help="A column called otherwise; may be repeated.", show_default=False
        ),
    ] = None,
    timeframe: TimeframeOption = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Of times without one: UTC, Europe/Berlin.", show_default=False)
    ] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option("--feature", help="A column of numbers known at the signal; may be repeated.", show_default=False),
    ] = None,
    report: ReportOption = False,
    home: HomeOption = None,
    strict: StrictOption = False,
    as_json: JsonOption = False,
) -> None:
    """Trades or signals of any bot from CSV or Parquet, with a small map of columns."""
    from learning_pipeline.adapters.tabular import imported  # noqa: PLC0415  # only who imports pays for it

    found = imported(paths, kind.value, _map(columns or []), source, timeframe, timezone, feature or ())
    _import(found, home, strict=strict, report=report, as_json=as_json)


@import_app.command("freqtrade-mixin")
def freqtrade_mixin() -> None:
    """Print the class that lets a freqtrade strategy write its decisions; save it beside the strategy."""
    from learning_pipeline.adapters.freqtrade.mixin_file import mixin_text  # noqa: PLC0415  # only this command

    tell(mixin_text().rstrip())


def _map(columns: list[str]) -> dict[str, str]:
    pairs = [column.partition("=") for column in columns]
    wrong = [ours + sign + theirs for ours, sign, theirs in pairs if not (ours and theirs)]
    if wrong:
        raise typer.BadParameter(f"expected OURS=THEIRS, such as pnl_usd=profit, was {wrong[0]!r}", param_hint="--map")
    return {ours: theirs for ours, _, theirs in pairs}


def _import(imported: Iterator[Imported], home: Path | None, *, strict: bool, report: bool, as_json: bool) -> None:
    from learning_pipeline.cli.imports import import_found  # noqa: PLC0415  # Dagster is slow to import

    if not import_found(Home.at(home), imported, strict=strict, report=report, as_json=as_json):
        raise typer.Exit(1)
