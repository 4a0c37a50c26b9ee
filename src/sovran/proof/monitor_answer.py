# SPDX-License-Identifier: Apache-2.0
"""What the SCS compliance monitor's refusals mean, and what to do about each."""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from sovran.model.printable import printable
from sovran.proof.scs_document import ScsDocument

DELEGATION = "delegation problem?"
"""How the monitor says that an account may submit for others, but not for this subject."""
REFUSALS = {
    "Incorrect username or password": "The monitor does not know the login of `{account}`: check account and password.",
    "Invalid authentication credentials": "The monitor cannot read the login of `{account}`: it takes ASCII only.",
    "Not authenticated": "The monitor saw no login: something between here and {url} took it away.",
    "missing signature": "The monitor saw no signature: something between here and {url} changed what was sent.",
    "verification failed": (
        "The monitor does not accept the signature: the key is none of those that it knows of account `{account}`, so "
        "give its operator the public key."
    ),
    "Permission denied": "Account `{account}` may not submit for {subjects}: submit as that subject, or name it anew.",
    DELEGATION: "Account `{account}` is no delegate of {subjects}: ask the monitor's operator to make it one.",
}
"""Details of an answer with status 401."""
STATUSES = {
    HTTPStatus.FORBIDDEN: "Something before the monitor at {url} forbids this; ask its operator.",
    HTTPStatus.NOT_FOUND: "There is no monitor at {url}: give its base URL, to which /reports is added.",
    HTTPStatus.METHOD_NOT_ALLOWED: "There is no monitor at {url}: give its base URL, to which /reports is added.",
    HTTPStatus.CONFLICT: (
        "The monitor already has this report: nothing was stored again.",
        "The monitor already has at least one of these {count} reports and stored none now: submit the others alone.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The report is too large for what stands before the monitor at {url}.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The monitor at {url} does not take signed YAML; see whether it is another one.",
    HTTPStatus.TOO_MANY_REQUESTS: "The monitor at {url} wants fewer requests; submit it later.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The monitor at {url} failed on this report, which it did not store; tell its "
    "operator the time.",
}


class _Body(msgspec.Struct):
    detail: str = ""


def explain(status: int, content: bytes, documents: Sequence[ScsDocument], account: str, url: str) -> str:
    """One sentence on an answer that does not say that the report was stored."""
    subjects = ", ".join(dict.fromkeys(f"`{printable(document.subject, 60)}`" for document in documents))
    named = {
        "account": printable(account, 60),
        "subjects": subjects,
        "url": printable(url, 200),
        "count": len(documents),
    }
    detail = _detail(content)
    if status == HTTPStatus.UNAUTHORIZED and detail in REFUSALS:
        return REFUSALS[detail].format_map(named)
    if status in STATUSES:
        sentence = STATUSES[HTTPStatus(status)]
        chosen = sentence if isinstance(sentence, str) else sentence[len(documents) > 1]
        return chosen.format_map(named)
    if 300 <= status < 400:
        return f"The monitor at {named['url']} sends elsewhere ({status}); give the address that it has now."
    if 502 <= status <= 504:
        return (
            f"The monitor behind {named['url']} does not answer ({status}), so whether it has the report is not known; "
            "submit it again later: the monitor takes no report twice."
        )
    said = f": {printable(detail, 200)}" if detail else ""
    return f"{named['url']} answered {status}, which does not say that the report was stored{said}."


def _detail(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Body).detail
    except (msgspec.MsgspecError, ValueError):
        return ""
