# SPDX-License-Identifier: Apache-2.0
"""Requests to an S3 service, signed as botocore signs them, sent as everything else that probes send."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from sovran.cloud.acting.answer import Answer
from sovran.model.printable import printable

if TYPE_CHECKING:
    from sovran.cloud.acting.actor import Actor

DEFAULT_REGION = "us-east-1"
_REGION = re.compile(rb"<Region>([A-Za-z0-9._-]{1,64})</Region>")
_CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,64})</Code>")
_SIGNED = re.compile(r"\?[^\s\"')]*X-Amz-[^\s\"')]*")
_MESSAGE = re.compile(rb"<Message>([^<]{1,200})</Message>")


@dataclass(frozen=True)
class Keys:
    """An access key and its secret."""

    access: str
    secret: str

    def __repr__(self) -> str:
        return f"Keys({self.access})"


class S3Client:
    """One S3 endpoint, addressed by path (not by names of virtual hosts)."""

    def __init__(self, actor: "Actor", url: str, keys: Keys) -> None:
        self._actor = actor
        self._url = url.rstrip("/")
        self._keys = keys
        self._region = DEFAULT_REGION

    def call(
        self,
        method: str,
        path: str,
        query: str = "",
        content: bytes = b"",
        *,
        keys: Keys | None = None,
        cleaning: bool = False,
    ) -> Answer:
        """Send one request with a signature, by `keys` other than the client's where given.

        The query is quoted already. A refusal that names the region to sign for is followed once: nothing was done
        then. `cleaning` goes on after the end of the run. Raises Stopped otherwise.
        """
        answer = self._send(method, path, query, content, keys or self._keys, cleaning)
        region = _REGION.search(answer.body)
        if keys is None and answer.refused and region and region[1].decode() != self._region:
            self._region = region[1].decode()
            answer = self._send(method, path, query, content, self._keys, cleaning)
        return answer

    def unsigned(self, method: str, path: str) -> Answer:
        """Send one request without a signature. Raises Stopped."""
        return _told(self._actor.send(method, self._url + quote(path), {}, b"", asked=f"S3 {method} unsigned"))

    def presigned(self, method: str, path: str, *, seconds: int = 60, keys: Keys | None = None) -> Answer:
        """Send one request by an address that carries its signature, valid for `seconds`, by `keys` other than the
        client's where given. Raises Stopped.
        """
        from botocore.auth import S3SigV4QueryAuth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method, self._url + quote(path))
        keys = keys or self._keys
        S3SigV4QueryAuth(Credentials(keys.access, keys.secret), "s3", self._region, expires=seconds).add_auth(request)
        answer = self._actor.send(method, request.prepare().url, {}, b"", asked=f"S3 {method} by a presigned URL")
        # the reasons of libraries hold the address, which is as good as a key while it is valid
        return _told(replace(answer, reason=_SIGNED.sub("?(signature)", answer.reason)))

    def _send(self, method: str, path: str, query: str, content: bytes, keys: Keys, cleaning: bool) -> Answer:
        # loaded here: a tenth of a second that only this probe needs
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        url = self._url + quote(path) + (f"?{query}" if query else "")
        request = AWSRequest(method, url, data=content)
        S3SigV4Auth(Credentials(keys.access, keys.secret), "s3", self._region).add_auth(request)
        headers = dict(request.headers.items())
        asked = f"S3 {method} {printable(query.partition('=')[0], 40)}".strip()
        return _told(self._actor.send(method, url, headers, content, asked=asked, cleaning=cleaning))


def code(answer: Answer) -> str:
    """The S3 error code of an answer, e.g. `AccessDenied`; empty where there is none."""
    found = None if answer.ok else _CODE.search(answer.body)
    return found[1].decode() if found else ""


def _told(answer: Answer) -> Answer:
    """The answer, with the service's own words as the body's fault text."""
    message = _MESSAGE.search(answer.body)
    if answer.ok or not code(answer):
        return answer
    words = f"{code(answer)}: {message[1].decode(errors='replace')}" if message else code(answer)
    return replace(answer, words=printable(words, 200))
