# SPDX-License-Identifier: Apache-2.0
"""Steps of the probe of object storage, and what its answers mean, by S3 and by Swift."""

from sovran.cloud.acting.answer import ActingFailed, Answer, OverQuota
from sovran.probes.s3_client import code
from sovran.probes.steps import CannotTell

KEYS = "make EC2 credentials"
BUCKET_MADE, PUT, GET, MULTIPART, LIST, PRESIGNED, UNSIGNED, FOREIGN, WRONG, WRONG_URL, DELETE, BUCKET_GONE = (
    "S3: make a bucket",
    "S3: put an object",
    "S3: get the object",
    "S3: put an object in two parts",
    "S3: list the objects",
    "S3: get the object by a presigned URL",
    "S3: the object is denied to who signs nothing",
    "S3: the object is denied to a key that nobody has",
    "S3: the object is denied to a wrong secret",
    "S3: the object is denied to a presigned URL with a wrong signature",
    "S3: delete the object",
    "S3: delete the bucket",
)
SWIFT_MADE, SWIFT_PUT, SWIFT_GET, SWIFT_LIST, SWIFT_DENIED, SWIFT_GONE = (
    "Swift: make a container",
    "Swift: put an object",
    "Swift: get the object",
    "Swift: list the objects",
    "Swift: the object is denied without a token",
    "Swift: delete the object and the container",
)
S3_STEPS = (PUT, GET, MULTIPART, LIST, PRESIGNED, DELETE, BUCKET_GONE)
DENIALS = (UNSIGNED, FOREIGN, WRONG, WRONG_URL)
SWIFT_STEPS = (SWIFT_PUT, SWIFT_GET, SWIFT_LIST, SWIFT_GONE)
SIZE = 4096
"""Bytes of an object."""
NO_ROOM = ("EntityTooLarge", "QuotaExceeded", "SlowDown", "TooManyRequests", "XMinioStorageFull")
"""S3 error codes that say nothing of what the service can do: objects are small here, so that a quota is meant."""
TOLD_APART = 64
"""Bytes, of which no answer holds these by chance."""


def ok(answer: Answer) -> Answer:
    """The answer, if it is a good one; raises OverQuota, Refused or NoAnswer."""
    if answer.ok:
        return answer
    raise OverQuota(answer) if code(answer) in NO_ROOM else answer.failure


def same(answer: Answer, content: bytes) -> None:
    """Raise unless it is a good answer with this content."""
    if ok(answer).body != content:
        raise ActingFailed(f"{answer.asked} gave back other bytes than those that were put")


def denied(answer: Answer, content: bytes) -> None:
    """Raise unless the content was refused; that something is not found, or not signed well, is a refusal as good.

    An answer that holds neither the content nor a refusal, such as a page of a portal, tells nothing: CannotTell.
    """
    if any(part in answer.body for part in (content[:TOLD_APART], content[-TOLD_APART:])):
        raise ActingFailed(f"{answer.asked} gave the object (HTTP {answer.status}), and ought to have been denied")
    if (answer.status and not answer.refused) or code(answer) in NO_ROOM or answer.over_quota:
        raise CannotTell(f"{answer.asked} ended with HTTP {answer.status}, neither a denial nor the object")
    if not answer.refused:
        raise answer.failure


def gone(answer: Answer, what: str) -> None:
    """Raise unless what was deleted is refused now: ActingFailed while it is still given."""
    if answer.ok:
        raise ActingFailed(f"{answer.asked} still gives the {what} after it was deleted")
    if not answer.status:
        raise answer.failure
    if not answer.refused:
        raise CannotTell(f"{answer.asked} ended with HTTP {answer.status}, so that it is not seen to be gone")
