# SPDX-License-Identifier: Apache-2.0
"""Opens one authenticated session to a cloud, with a connection pool as wide as the run is concurrent."""

import logging
import threading
import time
import warnings
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import requests
from keystoneauth1.access import AccessInfo
from keystoneauth1.session import Session, TCPKeepAliveAdapter
from urllib3.exceptions import InsecureRequestWarning

from sovran import __version__
from sovran.cloud.authentication import (
    AuthenticationNotAllowed,
    AuthenticationRejected,
    CredentialsRefused,
    IdentityUnreachable,
    NotAnIdentityApi,
    authenticate,
)
from sovran.cloud.cloud_config import CloudConfig

__all__ = [
    "AuthenticationNotAllowed",
    "AuthenticationRejected",
    "Connection",
    "CredentialsRefused",
    "IdentityUnreachable",
    "NotAnIdentityApi",
    "connect",
]

HOSTS = 64
"""How many hosts keep pooled connections: one per service and port is usual, requests' default of 10 is too few."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in one answer's Date header beside the local time at its receipt, both in seconds since 1970."""

    remote: float
    local: float

    @property
    def skew(self) -> float:
        """Seconds by which the cloud's clock is ahead of the local one; negative when behind."""
        return self.remote - self.local


class CountingAdapter(TCPKeepAliveAdapter):
    """Sends over a pool of the wanted size, counts what is sent and keeps the clock of the last answer."""

    def __init__(self, concurrency: int) -> None:
        self._lock = threading.Lock()
        self.requests_sent = 0
        self.clock: Clock | None = None
        super().__init__(pool_connections=HOSTS, pool_maxsize=max(concurrency, 1))

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Count and send one request; a redirect or a renewed token is one more."""
        with self._lock:
            self.requests_sent += 1
        response = super().send(request, *args, **kwargs)
        date = response.headers.get("Date")
        if date:
            try:
                self.clock = Clock(parsedate_to_datetime(date).timestamp(), time.time())
            except (TypeError, ValueError, OverflowError):
                # a clock that cannot be read is as good as none
                self.clock = None
        return response


class Connection:
    """A cloud's configuration with its keystoneauth session; usable from many threads at once."""

    def __init__(self, config: CloudConfig, session: Session, adapter: CountingAdapter) -> None:
        self.config = config
        self.session = session
        self._adapter = adapter
        self._identity_clock: Clock | None = None

    @property
    def requests_sent(self) -> int:
        """HTTP requests sent so far: discovery, token request, redirects and everything after them."""
        return self._adapter.requests_sent

    @cached_property
    def access(self) -> AccessInfo:
        """The token's roles, project, user, domain and catalog; the first use asks the identity service.

        Raises the exceptions of `authentication.authenticate`.
        """
        access = authenticate(self.session, self.config)
        self._identity_clock = self._adapter.clock
        return access

    @property
    def identity_clock(self) -> Clock | None:
        """The clocks as of the answer that brought the token; None before that or without a Date header."""
        return self._identity_clock

    def close(self) -> None:
        """Close every pooled connection; the session can still be used and opens new ones."""
        self.session.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def connect(config: CloudConfig, *, concurrency: int, timeout: float) -> Connection:
    """Return a connection to `config` without sending anything yet.

    `concurrency` is how many requests may be under way at once (each keeps a pooled connection), `timeout` the
    seconds to wait for a connection and for each part of an answer. Nothing is retried; keystoneauth renews a token
    that expires.
    """
    # without a handler Python prints keystoneauth's warnings beside our one sentence
    logging.getLogger("keystoneauth").addHandler(logging.NullHandler())
    if config.verify is False:
        # the preflight says it once; urllib3 would say it per request
        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
    adapter = CountingAdapter(concurrency)
    http = requests.Session()
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    session = Session(
        auth=config.auth_plugin,
        session=http,
        verify=config.verify,
        cert=config.cert,
        timeout=timeout,
        app_name="sovran",
        app_version=__version__,
    )
    return Connection(config, session, adapter)
