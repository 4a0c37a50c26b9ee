# SPDX-License-Identifier: Apache-2.0
"""Handing a signed report to the SCS compliance monitor, and what its answers mean.

Source: the monitor's POST /reports as the sheet of the report format has it: HTTP Basic login, content type
application/x-signed-yaml, and as body the SSH signature, an ampersand and the report.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.proof.monitor_address import Address, Login
from sovran.proof.monitor_answer import explain
from sovran.proof.scs_document import ScsDocument, read_documents
from sovran.proof.signed_file import SignedFile, read_signed
from sovran.proof.ssh_key import Malformed
from sovran.proof.ssh_keygen import SshKeygen

CONTENT_TYPE: Final = "application/x-signed-yaml"
_KNOWN = (
    ("Connection refused", "it refuses connections; check the address, and whether it runs"),
    ("Failed to resolve", "its host name does not resolve; check the address and DNS"),
    ("No route to host", "there is no route to its host; check the network"),
    ("Network is unreachable", "its network is unreachable; check the network"),
)
"""What the library says when no connection comes about, in words."""
TO_CONNECT, TO_ANSWER = 10.0, 120.0
"""Seconds."""
MOST_OF_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that the monitor can take, as far as can be seen from here."""

    signed: SignedFile
    documents: tuple[ScsDocument, ...]

    @property
    def body(self) -> bytes:
        """What is sent."""
        return self.signed.signature.text.encode() + b"&" + self.signed.content


def read_submission(path: Path) -> Submission:
    """The report in this file, with the signature beside it.

    Raises NotVerified when it is not signed, or is not what was signed; UsageError when it is no report for the
    monitor, or one that it would refuse.
    """
    signed = read_signed(path, SshKeygen())
    try:
        signed.content.decode("utf-8")
        documents = read_documents(signed.content)
    except (Malformed, UnicodeDecodeError) as error:
        reason = error if isinstance(error, Malformed) else "it is not UTF-8"
        raise UsageError(
            f"{signed.shown} is no report for the SCS compliance monitor ({reason}); submit one of `-o NAME.yaml`."
        ) from None
    if len({document.uuid for document in documents}) < len(documents):
        raise UsageError(f"{signed.shown} holds the same report twice, which the monitor refuses; remove one.")
    return Submission(signed, documents)


def submit(submission: Submission, monitor: Address, login: Login) -> tuple[str, ...]:
    """Send it, once; returns the page of each report on the monitor.

    Raises SovranError with what the monitor's refusal means, or that there was no answer.
    """
    status, content = _send(submission, monitor, login)
    if status == requests.codes.ok and content.strip() == b"null":
        return tuple(f"{monitor.url}/page/report/{document.uuid}" for document in submission.documents)
    raise SovranError(explain(status, content, submission.documents, login.account, monitor.url))


def _send(submission: Submission, monitor: Address, login: Login) -> tuple[int, bytes]:
    """Status and content of the answer."""
    with requests.Session() as session:
        # what speaks to this machine goes through no proxy
        session.trust_env = not monitor.loopback
        try:
            with session.post(
                f"{monitor.url}/reports",
                data=submission.body,
                headers={"Content-Type": CONTENT_TYPE},
                auth=_basic(login),
                allow_redirects=False,
                timeout=(TO_CONNECT, TO_ANSWER),
                stream=True,
            ) as answer:
                return answer.status_code, answer.raw.read(MOST_OF_ANSWER, decode_content=True)
        except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError) as error:
            raise SovranError(_not_sent(monitor, error)) from None
        except (requests.RequestException, HTTPError, OSError) as error:
            if _never_connected(error):
                raise SovranError(_not_sent(monitor, error)) from None
            raise SovranError(
                f"The monitor at {printable(monitor.url, 200)} did not answer, so whether it has the report is not "
                "known; submit it again: the monitor takes no report twice."
            ) from None


def _basic(login: Login) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Puts the login into a request: the library itself takes none beyond Latin-1, and looks into .netrc."""
    token = base64.b64encode(f"{login.account}:{login.password}".encode()).decode()

    def put(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Basic {token}"
        return request

    return put


def _never_connected(error: BaseException) -> bool:
    """Whether no connection came about, so that nothing was sent."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _not_sent(monitor: Address, error: BaseException) -> str:
    text = str(error)
    reason = next((words for sign, words in _KNOWN if sign in text), printable(text, 200))
    return f"Nothing was sent, since the monitor at {printable(monitor.url, 200)} cannot be reached: {reason}"
