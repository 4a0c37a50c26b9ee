# SPDX-License-Identifier: Apache-2.0
"""`sovran submit`: what it refuses before anything is sent, and what it says when there is no answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sovran.reports import json_report, scs_yaml
from tests.cli.running import Command
from tests.proof.contract_server import Account, ContractServer
from tests.proof.keys import KeyPair, make_key, sign
from tests.reports import samples


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    return make_key(tmp_path_factory.mktemp("key") / "id_ed25519")


@pytest.fixture
def report(tmp_path: Path, key: KeyPair, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOVRAN_MONITOR_TOKEN", "gx:s3cret")
    monkeypatch.chdir(tmp_path)
    return written("report.yaml", scs_yaml.render([samples.failing()], subject="gx"), key)


def written(name: str, text: str, key: KeyPair) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    sign(path, key)
    return path


@pytest.fixture
def monitor(key: KeyPair) -> Iterator[ContractServer]:
    with ContractServer({"gx": Account("s3cret", (key.line,))}) as server:
        yield server


def test_the_login_from_a_file(sovran: Command, report: Path, monitor: ContractServer) -> None:
    Path("token").write_text("Z3g6czNjcmV0\n", encoding="utf-8")
    ended = sovran("submit", str(report), "--to", f"{monitor.url}/", "--token-file", "token")
    assert ended.code == 0, ended.err
    assert len(monitor.reports) == 1


def test_no_proxy_sees_what_stays_on_this_machine(
    sovran: Command, report: Path, monitor: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert sovran("submit", str(report), "--to", monitor.url).code == 0


@pytest.mark.parametrize("change", ["unsigned", "tampered", "for git", "signature of another"])
def test_only_what_was_signed_is_sent(
    sovran: Command, report: Path, key: KeyPair, monitor: ContractServer, change: str
) -> None:
    signature = report.with_name("report.yaml.sig")
    if change == "unsigned":
        signature.unlink()
    elif change == "tampered":
        report.write_text(report.read_text(encoding="utf-8").replace(": -1", ": 1"), encoding="utf-8")
    elif change == "for git":
        sign(report, key, "git")
    else:
        signature.write_bytes(sign(written("other", "x", key), key).read_bytes())
    ended = sovran("submit", str(report), "--to", monitor.url)
    assert (ended.code, ended.out, monitor.reports) == (4, "", {})


def test_only_reports_for_the_monitor_are_sent(
    sovran: Command, report: Path, key: KeyPair, monitor: ContractServer
) -> None:
    text = report.read_text(encoding="utf-8")
    foreign = [
        written("r.json", json_report.render([samples.failing()]), key),
        written("words.yaml", "- a\n", key),
        written("twice.yaml", text + text, key),
        written("empty.yaml", "", key),
    ]
    Path("utf16.yaml").write_bytes(text.encode("utf-16"))
    sign(Path("utf16.yaml"), key)
    for path in (*foreign, Path("utf16.yaml")):
        ended = sovran("submit", str(path), "--to", monitor.url)
        assert (ended.code, ended.out) == (2, ""), path
        assert "is no report for the SCS compliance monitor" in ended.err or "holds the same report twice" in ended.err
    assert monitor.reports == {}


def test_the_password_does_not_cross_a_network_in_the_clear(sovran: Command, report: Path) -> None:
    ended = sovran("submit", str(report), "--to", "http://monitor.invalid/")
    assert ended.code == 2
    assert "would carry the password unencrypted" in ended.err


def test_without_a_login(sovran: Command, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOVRAN_MONITOR_TOKEN")
    ended = sovran("submit", str(report), "--to", "http://127.0.0.1:1")
    assert ended.code == 2
    assert "into SOVRAN_MONITOR_TOKEN, or name a file by --token-file" in ended.err


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that treats each connection so; the list has what each sent first."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    seen.append(connection.recv(1024 * 1024))
                    behave(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)


def test_a_connection_that_breaks_leaves_it_open_and_nothing_is_sent_again(sovran: Command, report: Path) -> None:
    with listening(lambda connection: None) as (url, seen):
        ended = sovran("submit", str(report), "--to", url)
    assert (ended.code, ended.out, len(seen)) == (1, "", 1)
    assert "did not answer, so whether it has the report is not known; submit it again" in ended.err


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirection_gets_neither_report_nor_password(sovran: Command, report: Path, status: int) -> None:
    with listening(lambda connection: None) as (elsewhere, seen):
        answer = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere}/reports\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(lambda connection: connection.sendall(answer)) as (url, _):
            ended = sovran("submit", str(report), "--to", url)
    assert (ended.code, seen) == (1, [])
    assert f"sends elsewhere ({status})" in ended.err


def test_an_endless_answer_is_not_read_to_its_end(sovran: Command, report: Path) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + b"x" * 200_000)

    with listening(endless) as (url, _):
        ended = sovran("submit", str(report), "--to", url)
    assert ended.code == 1
    assert "answered 200, which does not say that the report was stored" in ended.err


def test_nobody_there(sovran: Command, report: Path) -> None:
    ended = sovran("submit", str(report), "--to", "http://127.0.0.1:1")
    assert ended.code == 1
    assert ended.err == (
        "sovran: Nothing was sent, since the monitor at http://127.0.0.1:1 cannot be reached: it refuses connections; "
        "check the address, and whether it runs\n"
    )
