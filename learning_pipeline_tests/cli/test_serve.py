"""The Ops API as a process of its own, over real sockets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from learning_pipeline_tests.cli.conftest import CommandLine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "learning_pipeline.cli", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, text=True) as running:
        assert running.stderr
        assert f"http://127.0.0.1:{port}/docs (no people: questions only)" in running.stderr.readline()
        wait_for(port, running)
        yield f"http://127.0.0.1:{port}"
        running.terminate()
        running.communicate(timeout=20)


def wait_for(port: int, running: subprocess.Popen[str]) -> None:
    while running.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)


def status(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request) as said:
            return said.status, json.loads(said.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def test_it_answers_on_loopback_and_to_its_own_names_only(server: str) -> None:
    assert status(f"{server}/health") == (200, {"status": "ok"})
    assert status(f"{server}/overrides") == (200, [])
    code, said = status(f"{server}/overrides", Host="evil.example")
    assert (code, said["code"]) == (400, "E_LEARN_BAD_INPUT")


def test_a_head_that_does_not_end_is_cut_off(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"GET /overrides HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000)
        assert raw.recv(64).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_an_address_that_others_reach_needs_people(empty: CommandLine, host: str) -> None:
    said = empty("serve", "--host", host)
    assert said.exit_code == 1
    assert said.err == (
        f"E_LEARN_BAD_INPUT: --host {host}: others can reach it; expected people with tokens, "
        "`serve --add NAME` makes one\n"
    )
    assert not empty.home.exists()


def test_a_token_file_that_others_may_read_is_refused(empty: CommandLine) -> None:
    assert len(empty("serve", "--add", "Ada").out.strip()) >= 43
    people: Path = empty.home / "people"
    people.chmod(0o644)
    said = empty("serve", "--host", "0.0.0.0")
    assert (said.exit_code, said.err.count("\n")) == (1, 1)
    assert "has mode 0644; `chmod 600" in said.err
