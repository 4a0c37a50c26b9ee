# SPDX-License-Identifier: Apache-2.0
"""Answers that do not say that a report was stored: each has one sentence."""

import json

import pytest

from sovran.proof.monitor_answer import REFUSALS, STATUSES, explain
from sovran.proof.scs_document import read_documents
from sovran.reports import scs_yaml
from tests.reports import samples

DOCUMENTS = read_documents(scs_yaml.render([samples.failing()], subject="gx").encode())
URL = "https://monitor.example.org"


def sentence(status: int, content: bytes = b"") -> str:
    found = explain(status, content, DOCUMENTS, "gx-account", URL)
    assert found.endswith(".")
    assert "{" not in found
    assert "\n" not in found
    return found


@pytest.mark.parametrize("detail", REFUSALS)
def test_every_refusal_of_a_login_or_signature(detail: str) -> None:
    assert sentence(401, json.dumps({"detail": detail}).encode()) != sentence(401)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status: int) -> None:
    assert sentence(status) != sentence(418).replace("418", str(int(status)))


def test_the_names_that_matter_are_named() -> None:
    denied = sentence(401, b'{"detail": "Permission denied"}')
    assert "`gx-account` may not submit for `gx`" in denied
    assert URL in sentence(404)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_behind_a_proxy_it_may_have_arrived(status: int) -> None:
    assert f"({status}), so whether it has the report is not known" in sentence(status)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(status: int) -> None:
    assert f"sends elsewhere ({status}); give the address" in sentence(status)


@pytest.mark.parametrize("content", [b'{"detail": "empty reports"}', b"", b"<html>", b'{"detail": [1]}', b"[" * 9999])
def test_200_alone_is_not_enough(content: bytes) -> None:
    assert "answered 200, which does not say that the report was stored" in sentence(200, content)


def test_what_the_monitor_says_besides_is_repeated_safely() -> None:
    assert sentence(401, b'{"detail": "\\u001b[31mnew"}').endswith("was stored: \\x1b[31mnew.")
