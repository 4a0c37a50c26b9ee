# SPDX-License-Identifier: Apache-2.0
"""Opens one authenticated session to a cloud, with a connection pool as wide as the run is concurrent."""

import io
import logging
import math
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import requests
from keystoneauth1.access import AccessInfo
from keystoneauth1.discover import EndpointData
from keystoneauth1.identity import BaseIdentityPlugin
from keystoneauth1.session import Session, TCPKeepAliveAdapter
from urllib3.exceptions import HTTPError, InsecureRequestWarning, ReadTimeoutError

from sovran import __version__
from sovran.cloud.authentication import (
    AuthenticationNotAllowed,
    AuthenticationRejected,
    CredentialsRefused,
    IdentityUnreachable,
    NotAnIdentityApi,
    authenticate,
)
from sovran.cloud.bodies import Endless, at_most, read_body
from sovran.cloud.config.cloud_config import CloudConfig

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
MOST_BYTES = 16 * 1024 * 1024
"""Of a token's answer or a version document, decompressed; the largest catalogs are a hundredth of that."""
RENEWED_FOR = 60.0
"""Seconds after which a renewed token may be renewed again: one refused sooner has not expired."""
LEAST_SECONDS = 0.001
"""A request that is begun gets that much time at least: less is no limit that sockets know."""


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

    def __init__(self, concurrency: int, seconds: float) -> None:
        """`seconds`: for one whole answer that is not streamed."""
        self._lock = threading.Lock()
        self._seconds = seconds
        self.requests_sent = 0
        self.clock: Clock | None = None
        super().__init__(pool_connections=HOSTS, pool_maxsize=max(concurrency, 1))

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Count and send one request; a redirect or a renewed token is one more.

        What is not streamed (tokens, version documents) is read here, within MOST_BYTES and the time of one request.
        """
        with self._lock:
            self.requests_sent += 1
        began = time.monotonic()
        response = super().send(request, True, *args, **kwargs)
        if not stream:
            _read_here(response, deadline=began + self._seconds)
        date = response.headers.get("Date")
        if date:
            try:
                self.clock = Clock(parsedate_to_datetime(date).timestamp(), time.time())
            except (TypeError, ValueError, OverflowError):
                # a clock that cannot be read is as good as none
                self.clock = None
        return response


def _read_here(response: requests.Response, *, deadline: float) -> None:
    """Read a body now and let `response` have it; raises requests' exceptions, which keystoneauth understands."""
    try:
        body = read_body(response, deadline=deadline, take=at_most(MOST_BYTES))
    except ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout(error) from error
    except (Endless, HTTPError, OSError) as error:
        response.raw.close()
        raise requests.exceptions.ConnectionError(error) from error
    response.raw.release_conn()
    response.raw = io.BytesIO(body)


class Connection:
    """A cloud's configuration with its keystoneauth session; usable from many threads at once."""

    def __init__(self, config: CloudConfig, session: Session, adapter: CountingAdapter) -> None:
        self.config = config
        self.session = session
        self._adapter = adapter
        self._identity_clock: Clock | None = None
        self._renewal = threading.Lock()
        self._renewed_at = -math.inf

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

    def endpoint(self, **wanted: Any) -> EndpointData | None:
        """What keystoneauth finds out about an endpoint (see its `get_endpoint_data`); None: there is none.

        Raises keystoneauth's exceptions.
        """
        plugin = self.config.auth_plugin
        assert isinstance(plugin, BaseIdentityPlugin)  # noqa: S101 - `authenticate` refuses others
        return plugin.get_endpoint_data(self.session, **wanted)

    def get(
        self, url: str, headers: dict[str, str], *, with_token: bool, redirects: int, deadline: float
    ) -> requests.Response:
        """Ask `url` and return the answer with its body unread; a token that is refused (401) is renewed once.

        `deadline`: of time.monotonic, for each part of the answer. Raises keystoneauth's exceptions.
        """

        def ask() -> requests.Response:
            left = max(deadline - time.monotonic(), LEAST_SECONDS)
            return self._request("GET", url, headers, None, with_token=with_token, redirects=redirects, seconds=left)

        return self._with_renewal(ask) if with_token else ask()

    def send(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: bytes | Iterable[bytes] | None,
        *,
        seconds: float,
        with_token: bool = True,
    ) -> requests.Response:
        """Send a request that may act and return the answer with its body unread.

        It is sent once, and again only with a renewed token when the first was refused (401), which says that nothing
        was done; `data` that can be read once is then not sent again. `seconds`: for each part of the answer. Raises
        keystoneauth's exceptions.
        """

        def ask() -> requests.Response:
            return self._request(method, url, headers, data, with_token=with_token, redirects=0, seconds=seconds)

        return self._with_renewal(ask) if with_token and (data is None or isinstance(data, bytes)) else ask()

    def _request(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: bytes | Iterable[bytes] | None,
        *,
        with_token: bool,
        redirects: int,
        seconds: float,
    ) -> requests.Response:
        response: requests.Response = self.session.request(
            url,
            method,
            headers=headers,
            data=data,
            authenticated=with_token,
            allow_reauth=False,
            raise_exc=False,
            redirect=redirects or False,
            timeout=seconds,
            log=False,
            stream=True,
        )
        return response

    def _with_renewal(self, ask: Callable[[], requests.Response]) -> requests.Response:
        response = ask()
        if response.status_code == requests.codes.unauthorized:
            used = str(response.request.headers.get("X-Auth-Token", ""))
            if self._renewed(used):
                response.close()
                return ask()
        return response

    def _renewed(self, refused: str) -> bool:
        """Whether there is another token than the refused one, which is given up; raises keystoneauth's exceptions.

        Answers that come together bring one new token, not one each; one that is refused while still new stays.
        """
        plugin = self.config.auth_plugin
        with self._renewal:
            if plugin.get_token(self.session) != refused:
                return True
            if time.monotonic() < self._renewed_at + RENEWED_FOR:
                return False
            self._renewed_at = time.monotonic()
            plugin.invalidate()
            return plugin.get_token(self.session) != refused

    def forget_token(self) -> None:
        """Let the next request ask for a new token, and that one be renewed if it is refused too."""
        with self._renewal:
            self._renewed_at = -math.inf
            self.config.auth_plugin.invalidate()

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
    seconds to wait for a connection and for each part of an answer. Nothing is retried but what a
    token that has expired spoilt, once it is renewed.
    """
    # without a handler Python prints keystoneauth's warnings beside our one sentence
    logging.getLogger("keystoneauth").addHandler(logging.NullHandler())
    if config.verify is False:
        # the preflight says it once; urllib3 would say it per request
        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
    session = Session(
        auth=config.auth_plugin,
        session=requests.Session(),
        verify=config.verify,
        cert=config.cert,
        timeout=timeout,
        app_name="sovran",
        app_version=__version__,
    )
    return _over(session, config, concurrency, timeout)


def adopt(session: Session, config: CloudConfig, *, concurrency: int, timeout: float) -> Connection:
    """Return a connection over a session that another program opened, with the token it has; nothing is sent.

    `config` must name the session's own plugin. Requests of that program go over our pool from now on, and have our
    `timeout`.
    """
    session.timeout = timeout
    return _over(session, config, concurrency, timeout)


def _over(session: Session, config: CloudConfig, concurrency: int, timeout: float) -> Connection:
    adapter = CountingAdapter(concurrency, timeout)
    http = session.session
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    return Connection(config, session, adapter)
