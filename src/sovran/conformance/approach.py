# SPDX-License-Identifier: Apache-2.0
"""Before a cloud is judged: a token, as whom it is judged, and what stands in the way; within a limit of time."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sovran.cloud.config.cloud_config import CloudConfig
from sovran.cloud.fetch import INTERRUPTED
from sovran.cloud.interrupt import Interrupt
from sovran.cloud.preflight import preflight
from sovran.cloud.session import Connection, IdentityUnreachable, connect
from sovran.model.errors import UsageError
from sovran.model.report import CloudInfo

Seen = tuple[CloudInfo, tuple[str, ...]]


@dataclass(frozen=True)
class Approach:
    """A cloud that can be asked, or the reason why it cannot."""

    connection: Connection | None
    """None: the cloud's entry itself is unusable."""
    cloud: CloudInfo
    notes: tuple[str, ...] = ()
    """What the preflight found worth knowing."""
    obstacle: str = ""
    """Why nothing can be asked, in one sentence; empty when it can."""
    interrupted: bool = False
    """True when the obstacle is that the user pressed Ctrl-C."""
    seconds: float = 0.0
    """Time spent so far."""

    def interrupted_now(self) -> "Approach":
        """The same cloud after the user pressed Ctrl-C: nothing more is asked."""
        return replace(self, obstacle=INTERRUPTED, interrupted=True)


def approach(
    config: CloudConfig,
    *,
    concurrency: int,
    seconds: float,
    allow_admin: bool = False,
    refuse: bool = True,
    interrupt: Interrupt | None = None,
) -> Approach:
    """Authenticate and look at the token, for `seconds` at most.

    An identity service that does not answer, and Ctrl-C, are obstacles of the cloud's own. Raises UsageError where the
    preflight does: credentials refused, admin rights, no member role; without `refuse` these are obstacles as well.
    """
    connection = connect(config, concurrency=concurrency, timeout=seconds)
    return look_at(connection, seconds=seconds, allow_admin=allow_admin, refuse=refuse, interrupt=interrupt)


def look_at(
    connection: Connection,
    *,
    seconds: float,
    allow_admin: bool = False,
    refuse: bool = True,
    interrupt: Interrupt | None = None,
) -> Approach:
    """As `approach`, on a connection that exists, which may have a token already."""
    began = time.monotonic()
    config = connection.config
    plain = CloudInfo(name=config.name, auth_url=config.auth_url, region=config.region_name or "")
    seen: Seen = (plain, ())
    obstacle, interrupted = "", False
    try:
        seen = _within(seconds, lambda: _look(connection, plain, allow_admin=allow_admin), config, interrupt)
    except IdentityUnreachable as error:
        obstacle = str(error)
    except UsageError as error:
        if refuse:
            raise
        obstacle = str(error)
    except KeyboardInterrupt:
        obstacle, interrupted = INTERRUPTED, True
    spent = time.monotonic() - began
    return Approach(connection, *seen, obstacle, interrupted=interrupted, seconds=spent)


def not_approached(config: CloudConfig) -> Approach:
    """A cloud whose turn did not come, since the user pressed Ctrl-C before; nothing is sent to it."""
    cloud = CloudInfo(name=config.name, auth_url=config.auth_url, region=config.region_name or "")
    connection = connect(config, concurrency=1, timeout=1.0)
    return Approach(connection, cloud, obstacle=INTERRUPTED, interrupted=True)


def unusable(name: str, reason: str) -> Approach:
    """A cloud whose entry cannot be used, for the reason in one sentence; nothing is sent to it."""
    return Approach(None, CloudInfo(name=name), obstacle=reason)


def _look(connection: Connection, plain: CloudInfo, *, allow_admin: bool) -> Seen:
    seen = preflight(connection, allow_admin=allow_admin)
    cloud = CloudInfo(
        name=plain.name,
        auth_url=plain.auth_url,
        region=plain.region,
        project=connection.access.project_name or "",
        roles=tuple(sorted(seen.roles)),
        admin=seen.admin,
    )
    return cloud, seen.notes


def _within(seconds: float, look: Callable[[], Seen], config: CloudConfig, interrupt: Interrupt | None = None) -> Seen:
    """What `look` returns or raises; IdentityUnreachable when it takes longer.

    The libraries only limit the wait for each part of an answer, and not at all the look-up of a name. The thread that
    still waits is left behind: it is a daemon and ends with the process.
    """
    arrived: queue.SimpleQueue[Seen | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            arrived.put(look())
        except BaseException as error:
            arrived.put(error)

    if interrupt:
        interrupt.listen(lambda: arrived.put(KeyboardInterrupt()))
    threading.Thread(target=run, name="preflight", daemon=True).start()
    try:
        answer = arrived.get(timeout=seconds)
    except queue.Empty:
        raise IdentityUnreachable(
            f"Cloud {config.name!r}: the identity service at {config.auth_url} did not answer within {seconds:g} s: "
            "check the address, or raise --timeout."
        ) from None
    if isinstance(answer, BaseException):
        raise answer
    return answer
