"""Deliveries against a real server on loopback, kind and hostile."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from learning_pipeline.stores.home import Home
from learning_pipeline.stores.webhook import Untold, post

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ALERTS = [{"alert_id": "2024-06-01 drift m", "detail": "it moved"}, {"alert_id": "2024-06-02 drift m", "detail": "so"}]
NOW = dt.datetime(2024, 6, 3, tzinfo=dt.UTC)


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that hears each request out and answers as told; its address and what it heard."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            with one:
                heard.append(_heard(one))
                try:
                    answer(one)
                except OSError:
                    continue  # the other side hung up, which is what is tested

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook?key=secret", heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _heard(one: socket.socket) -> bytes:
    said = b""
    while b"\r\n\r\n" not in said:
        said += one.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += one.recv(65536)
    return head + b"\r\n\r\n" + body


def test_a_document_arrives_as_json() -> None:
    with server(lambda one: one.sendall(OK)) as (url, heard):
        assert post(url, {"alerts": ALERTS}, 2.0) is None
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?key=secret HTTP/1.1")
    assert b"application/json" in head
    assert json.loads(body) == {"alerts": ALERTS}


def test_a_redirect_is_not_followed() -> None:
    with server(lambda one: one.sendall(OK)) as (elsewhere, heard_elsewhere):
        moved = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
        with server(lambda one: one.sendall(moved)) as (url, _):
            assert post(url, {}, 2.0) == "the server said 307"
    assert heard_elsewhere == []


def drip(one: socket.socket) -> None:
    one.sendall(b"HTTP/1.1 200 OK\r\n")
    for k in range(200):
        one.sendall(f"X-{k}: y\r\n".encode())
        time.sleep(0.05)


def hold_on(one: socket.socket) -> None:
    for _ in range(200):
        one.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, hold_on, lambda one: time.sleep(1.5)], ids=["drips", "holds on", "is silent"])
def test_no_server_keeps_us_longer_than_the_timeout(answer: Callable[[socket.socket], None]) -> None:
    with server(answer) as (url, _):
        begun = time.monotonic()
        why = post(url, {}, 0.4)
        assert time.monotonic() - begun < 3
    assert why is not None
    assert why.startswith("no answer that can be used")
    assert "secret" not in why


@pytest.mark.parametrize(
    "answer", [b"", b"\x00\xff\xfe garbage\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A" * 100_000]
)
def test_nonsense_is_no_delivery(answer: bytes) -> None:
    with server(lambda one: one.sendall(answer)) as (url, _):
        assert post(url, {}, 2.0) is not None


def test_an_answer_without_end_is_not_read() -> None:
    def endless(one: socket.socket) -> None:
        one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            one.sendall(b"x" * 65536)

    with server(endless) as (url, _):
        begun = time.monotonic()
        assert post(url, {}, 5.0) is None
        assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/x", "nonsense", "http://", "http://h:999999/", "//x"]
)
def test_only_http_is_spoken(url: str) -> None:
    why = post(url, {}, 1.0)
    assert why is not None
    assert why.startswith("webhook_url:")


def test_nobody_there_is_a_reason_not_an_exception() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/\r\nX: y", {}, 1.0) is not None
    assert post(f"http://127.0.0.1:{port}/", {}, 1.0) == "no answer that can be used (ConnectionRefusedError)"


def test_an_alert_waits_until_it_is_told_and_is_told_once(tmp_path: Path) -> None:
    untold = Untold(Home.at(tmp_path))
    untold.add(ALERTS[:1])
    untold.add(ALERTS)
    assert untold.waiting() == ALERTS
    untold.note_told(ALERTS[:1], NOW)
    assert Untold(Home.at(tmp_path)).waiting() == ALERTS[1:]
    untold.add(ALERTS)
    assert untold.waiting() == ALERTS[1:]
