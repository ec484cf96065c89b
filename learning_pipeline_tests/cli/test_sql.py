"""Queries for people and machines."""

from __future__ import annotations

import csv
import io
import json

import pytest

from learning_pipeline_tests.cli.conftest import CommandLine

ODD = """
SELECT [1, NULL] AS numbers, [TIMESTAMPTZ '2024-03-04 12:00:00+00'] AS times, 1.50::DECIMAL(5, 2) AS money,
       'nan'::DOUBLE AS nothing, 'inf'::DOUBLE AS endless, {'a': DATE '2024-03-04', 'b': [0.5::DECIMAL(2, 1)]} AS inner,
       MAP {DATE '2024-03-04': 1} AS by_day, '\\xff'::BLOB AS bytes, INTERVAL 90 MINUTE AS wait, TIME '10:00' AS hour,
       NULL AS missing, true AS sure, 1::HUGEINT AS huge, 'ü "x", \n[red]' AS words, 1 AS twice, 2 AS twice
"""


@pytest.mark.parametrize("how", ["table", "csv", "json"])
def test_a_query_before_any_run_says_what_to_do(empty: CommandLine, how: str) -> None:
    said = empty("sql", "SELECT 1", "--format", how)
    assert (said.exit_code, said.out) == (1, "")
    assert said.err.startswith(f"E_LEARN_BAD_INPUT: {empty.home}/warehouse.duckdb: no warehouse yet; ")
    assert said.err.count("\n") == 1
    assert not empty.home.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELEC 1", 'query: Parser Error: syntax error at or near "SELEC"'),
        ("FROM no.such_table", 'query: Catalog Error: Table with name "no.such_table" does not exist'),
        ("SELECT no_column FROM events.decisions", "query: Binder Error: Referenced column"),
        ("SELECT 'x'::INT", "query: Conversion Error"),
        ("", "query: expected SQL, was empty"),
        ("  -- nothing", "query: expected SQL, was empty"),
        ("DELETE FROM events.decisions", "query: "),
        ("CREATE TABLE x (a INT)", "query: "),
        ("COPY (SELECT 1) TO '/tmp/learning_pipeline_never.csv'", "query: Permission Error"),
        ("SET enable_external_access = true", "query: "),
    ],
)
def test_a_query_that_is_wrong_or_would_write_is_one_line_on_stderr(root: CommandLine, query: str, words: str) -> None:
    said = root("sql", query)
    assert (said.exit_code, said.out) == (1, "")
    assert said.err.startswith(f"E_LEARN_BAD_INPUT: {words}")
    assert said.err.count("\n") == 1


def test_a_table_is_read_in_all_formats(root: CommandLine) -> None:
    query = "SELECT signal_id, decided_at, entry_price FROM events.decisions ORDER BY signal_id LIMIT 3"
    as_json = json.loads(root("sql", query, "--format", "json").out)
    as_csv = list(csv.DictReader(io.StringIO(root("sql", query, "--format", "csv").out)))
    as_table = root("sql", query).out
    assert len(as_json) == len(as_csv) == 3
    for found, text in zip(as_json, as_csv, strict=True):
        assert text == {name: "" if value is None else str(value) for name, value in found.items()}
        assert found["decided_at"].endswith("Z")
        assert found["signal_id"] in as_table


def test_json_holds_every_type(root: CommandLine) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    (found,) = json.loads(root("sql", ODD, "--format", "json").out, parse_constant=refuse)
    assert found == {
        "numbers": [1, None], "times": ["2024-03-04T12:00:00Z"], "money": 1.5, "nothing": None, "endless": None,
        "inner": {"a": "2024-03-04", "b": [0.5]}, "by_day": {"2024-03-04": 1}, "bytes": "ff", "wait": "1:30:00",
        "hour": "10:00:00", "missing": None, "sure": True, "huge": 1, "words": 'ü "x", \n[red]',
        "twice": 1, "twice_2": 2,
    }  # fmt: skip


def test_csv_holds_every_type(root: CommandLine) -> None:
    names, values = csv.reader(io.StringIO(root("sql", ODD, "--format", "csv").out))
    found = dict(zip(names, values, strict=True))
    assert (found["numbers"], found["sure"], found["missing"]) == ("[1, null]", "true", "")
    assert found["words"] == 'ü "x", \n[red]'


def test_no_rows_are_valid_in_all_formats(root: CommandLine) -> None:
    query = "SELECT signal_id FROM events.decisions WHERE false"
    assert json.loads(root("sql", query, "--format", "json").out) == []
    assert root("sql", query, "--format", "csv").out == "signal_id\n"
    assert root("sql", query).out.startswith("signal_id")


def test_data_can_neither_style_nor_break_a_table(root: CommandLine) -> None:
    said = root("sql", "SELECT '[/x] [red]a[/red]' AS \"[b]name\", chr(27) || '[2J' AS escape")
    assert said.exit_code == 0
    assert "[/x] [red]a[/red]" in said.out
    assert "[b]name" in said.out
    assert "\x1b" not in said.out


def test_a_table_too_wide_for_the_terminal_is_shown_as_records(root: CommandLine) -> None:
    query = "FROM analysis.guard_effectiveness LIMIT 2"
    narrow = root("sql", query).out
    assert [line.split()[:2] for line in narrow.splitlines() if line.startswith("row ")] == [["row", "1"], ["row", "2"]]
    assert "\nmarginal_net_saved_usd  " in narrow
    assert max(map(len, narrow.splitlines())) <= 80
    wide = CommandLine(root.home, columns=600)("sql", query).out
    assert len(wide.splitlines()) == 4


def test_an_unknown_format_is_a_usage_error(root: CommandLine) -> None:
    assert root("sql", "SELECT 1", "--format", "xml").exit_code == 2
