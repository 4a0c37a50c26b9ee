# SPDX-License-Identifier: Apache-2.0
"""Where the monitor is and by which login, before anything is sent."""

import base64
from pathlib import Path

import pytest

from sovran.model.errors import UsageError
from sovran.proof.monitor_address import SETTING, address, login


@pytest.mark.parametrize(
    ("url", "base", "loopback"),
    [
        ("https://monitor.example.org", "https://monitor.example.org", False),
        ("https://monitor.example.org/", "https://monitor.example.org", False),
        ("https://monitor.example.org/under/reports/", "https://monitor.example.org/under", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("http://127.8.8.8", "http://127.8.8.8", True),
        ("http://localhost:8080/", "http://localhost:8080", True),
        ("http://[::1]:8080/", "http://[::1]:8080", True),
    ],
)
def test_addresses(url: str, base: str, loopback: bool) -> None:
    found = address(url)
    assert (found.url, found.loopback) == (base, loopback)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://monitor.example.org/", "would carry the password unencrypted; use https, or say --allow-http"),
        ("http://localhost.example.org/", "would carry the password unencrypted"),
        ("http://127.0.0.1.example.org/", "would carry the password unencrypted"),
        ("http://0.0.0.0/", "would carry the password unencrypted"),
        ("https://me:secret@monitor.example.org/", "has a login in it"),
        ("https://secret@monitor.example.org/", "has a login in it"),
        ("monitor.example.org", "is no address of a monitor"),
        ("ftp://monitor.example.org", "is no address of a monitor"),
        ("https:///reports", "is no address of a monitor"),
        ("https://monitor.example.org/?x=1", "is no address of a monitor"),
        ("https://monitor.example.org:99999/", "malformed"),
        ("https://[::1", "malformed"),
        ("", "is no address of a monitor"),
    ],
)
def test_what_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        address(url)
    assert "secret" not in str(caught.value)


def test_http_beyond_this_machine_is_a_decision() -> None:
    assert address("http://monitor.example.org/", allow_http=True).url == "http://monitor.example.org"


@pytest.mark.parametrize("plain", ["cloud:pass word:with:colons", "cloud:p"])
def test_a_login_is_plain_or_in_base64_in_the_environment_or_a_file(tmp_path: Path, plain: str) -> None:
    path = tmp_path / "token"
    for token in (plain, base64.b64encode(plain.encode()).decode()):
        path.write_text(f"{token}\n", encoding="utf-8")
        for found in (login(None, {SETTING: token}), login(path, {SETTING: "other:x"})):
            assert f"{found.account}:{found.password}" == plain


@pytest.mark.parametrize("token", ["s3cret", "s3cret:", ":s3cret", "s3cret:a\x00b", "czNjcmV0", "::", "YTpi\nYTpi"])
def test_what_is_no_login_is_not_repeated(tmp_path: Path, token: str) -> None:
    path = tmp_path / "token"
    path.write_text(token, encoding="utf-8")
    for file, environ in ((path, {}), (None, {SETTING: token})):
        with pytest.raises(UsageError, match="does not hold `account:password`, or that in base64") as caught:
            login(file, environ)
        assert "s3cret" not in str(caught.value)


def test_without_a_login(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"put `account:password`, .* into SOVRAN_MONITOR_TOKEN"):
        login(None, {})
    with pytest.raises(UsageError, match=r"There is no file .*gone"):
        login(tmp_path / "gone", {SETTING: "a:b"})


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(login(None, {SETTING: "a:s3cret"}))
