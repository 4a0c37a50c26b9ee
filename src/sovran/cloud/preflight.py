# SPDX-License-Identifier: Apache-2.0
"""Says at once what stands in the way of judging a cloud with these credentials, and what to know before it."""

import difflib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from keystoneauth1.access import AccessInfo
from requests.utils import get_environ_proxies, select_proxy

from sovran.cloud.config.cloud_config import without_userinfo
from sovran.cloud.resolution import unresolved
from sovran.cloud.session import Connection
from sovran.model.errors import UsageError

Catalog = list[dict[str, Any]]

ADMIN_ROLES = frozenset({"admin", "manager"})
MEMBER_ROLES = frozenset({"member", "_member_"})

MAX_SKEW = 30.0
"""Seconds by which the cloud's clock may differ unmentioned."""
EXPIRES_SOON = 600.0
"""Seconds of a token's remaining life under which it is mentioned."""
RESOLUTION_TIMEOUT = 3.0
"""Seconds for looking up all hosts of the catalog together."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the token gives, and what the reader of a verdict should know."""

    roles: tuple[str, ...]
    admin: bool
    """True when judged with rights that an ordinary member lacks (only with `allow_admin`)."""
    notes: tuple[str, ...]
    """One sentence each; none of them keeps the run from judging."""


def preflight(connection: Connection, *, allow_admin: bool) -> Preflight:
    """Authenticate and return what is to be known before judging; the token request is the only one sent.

    Raises UsageError with every reason in one sentence when the credentials cannot judge: admin or manager role
    without `allow_admin`, no project in the token, no member role, no catalog, a region that the catalog does not
    have. A catalog without identity is a note: it is for scs-0123-service-identity to fail. Raises what
    `Connection.access` raises when there is no token.
    """
    access = connection.access
    roles = tuple(sorted(access.role_names or ()))
    admin = bool({role.lower() for role in roles} & ADMIN_ROLES)
    catalog = _services(access)
    problems = [*_scope_problems(access), *_role_problems(access, roles, admin and not allow_admin)]
    if access.scoped:
        problems += _catalog_problems(catalog, connection.config.region_name)
    if problems:
        raise UsageError(f"Cloud {connection.config.name!r} cannot be judged like this: {'; '.join(problems)}.")
    notes = [
        *_clock_notes(connection),
        *_token_notes(connection),
        *_catalog_notes(connection, catalog),
        *_endpoint_notes(_endpoints(connection, catalog)),
    ]
    return Preflight(roles, admin, tuple(notes))


def _scope_problems(access: AccessInfo) -> Iterator[str]:
    if access.project_scoped:
        return
    if access.system_scoped:
        held = "is scoped to the whole system, whose rights no tenant has"
    elif access.domain_scoped:
        held = f"is scoped to the domain {access.domain_name!r} and to no project"
    else:
        held = "is scoped to no project"
    yield f"the token {held}, so it does not show what a tenant gets (name a project with project_name)"


def _role_problems(access: AccessInfo, roles: tuple[str, ...], refused: bool) -> Iterator[str]:
    lowered = {role.lower() for role in roles}
    held = ", ".join(roles) or "none"
    if refused:
        yield (
            f"the user has the roles {held}, and an admin sees what tenants do not, such as private flavors, so that "
            "a cloud passes falsely (use an ordinary member's entry, or --allow-admin, which marks the report)"
        )
    elif access.project_scoped and not lowered & (MEMBER_ROLES | ADMIN_ROLES):
        yield f"the user lacks the role 'member' in this project and has: {held} (have 'member' assigned to it)"


def _catalog_problems(catalog: Catalog | None, region: str | None) -> Iterator[str]:
    if catalog is None:
        yield "the service catalog is malformed (tell whoever runs the cloud)"
    elif not catalog:
        yield "the token comes without a service catalog (ask whoever runs the cloud for endpoints in this project)"
    else:
        regions = _regions(catalog)
        if region and region not in regions:
            near = difflib.get_close_matches(region, regions, n=3, cutoff=0.5)
            hint = (
                f"did you mean {' or '.join(map(repr, near))}?" if near else f"it has {', '.join(regions) or 'none'};"
            )
            yield f"the catalog has no region {region!r} ({hint} correct region_name)"


def _clock_notes(connection: Connection) -> Iterator[str]:
    skew = _skew(connection)
    if abs(skew) > MAX_SKEW:
        direction = "ahead of" if skew > 0 else "behind"
        yield (
            f"The cloud's clock is {_duration(abs(skew))} {direction} this machine's: "
            "one of them is wrong, and ages of images and tokens are off by as much."
        )


def _token_notes(connection: Connection) -> Iterator[str]:
    config, expires = connection.config, connection.access.expires
    if expires is not None:
        left = expires.timestamp() - (time.time() + _skew(connection))
        if left < EXPIRES_SOON:
            then = "cannot be renewed" if config.auth_type in ("token", "v3token") else "will be renewed"
            yield f"The token expires in {_duration(max(left, 0))} and {then} if the run takes longer."
    if config.verify is False:
        yield "TLS certificates are not checked (insecure, or verify: false): what answers may not be the cloud."


def _catalog_notes(connection: Connection, catalog: Catalog | None) -> Iterator[str]:
    if not any(service["type"] == "identity" for service in catalog or []):
        yield "The catalog lists no identity service: clients that look it up there fail, until it is registered."
    regions = _regions(catalog or [])
    if not connection.config.region_name and len(regions) > 1:
        yield (
            f"No region is named and the catalog has {', '.join(regions)}: "
            "the first endpoint of each service is judged; set region_name."
        )


def _endpoint_notes(endpoints: Iterable[tuple[str, str]]) -> Iterator[str]:
    users: dict[str, list[str]] = {}
    for service, url in endpoints:
        host = _host(url)
        if host is None:
            yield f"The endpoint of {service} is no URL ({without_userinfo(url)!r}): its facts cannot be fetched."
        elif not select_proxy(url, get_environ_proxies(url)):
            # a proxy looks names up itself
            users.setdefault(host, []).append(service)
    for host, reason in sorted(unresolved(users, RESOLUTION_TIMEOUT).items()):
        services = ", ".join(sorted(set(users[host])))
        yield f"The host {host!r} of {services} does not resolve ({reason}): its facts cannot be fetched."


def _endpoints(connection: Connection, catalog: Catalog | None) -> Iterator[tuple[str, str]]:
    """Yield (service type, URL) as a run uses them: the override, else the catalog's in the region and interface."""
    config = connection.config
    for service in catalog or []:
        kind = str(service["type"])
        override = config.endpoint_override(kind)
        if override:
            yield kind, override
            continue
        region, wanted = config.region_for(kind), config.interface_for(kind)
        local = [one for one in service["endpoints"] if one.get("url") and region in (None, one["region_name"])]
        for interface in [wanted] if isinstance(wanted, str) else wanted:
            # publicURL is how identity v2 wrote public
            urls = [one["url"] for one in local if one.get("interface") == interface.removesuffix("URL")]
            if urls:
                yield from ((kind, str(url)) for url in urls)
                break


def _services(access: AccessInfo) -> Catalog | None:
    """Return the catalog in identity v3 form, empty when the token has none, None when it is malformed."""
    if not access.has_service_catalog():
        return []
    try:
        return access.service_catalog.normalize_catalog()
    except (TypeError, AttributeError, ValueError):
        return None


def _regions(catalog: Catalog) -> list[str]:
    named = (endpoint["region_name"] for service in catalog for endpoint in service["endpoints"])
    return sorted({str(name) for name in named if name})


def _skew(connection: Connection) -> float:
    """Seconds the cloud's clock is ahead: by the Date header of the token's answer, else by its time of issue."""
    clock = connection.identity_clock
    if clock is not None:
        return clock.skew
    issued: datetime | None = connection.access.issued
    return 0.0 if issued is None else issued.timestamp() - time.time()


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _duration(seconds: float) -> str:
    """Return a length of time to read: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min"
    return f"{hours // 24} d {hours % 24} h"
