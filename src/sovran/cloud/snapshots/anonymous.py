# SPDX-License-Identifier: Apache-2.0
"""Replaces what says which cloud a snapshot is of: names, hosts and ids, each by the same stand-in everywhere."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sovran.cloud.snapshots.snapshot import Snapshot
from sovran.model.errors import UsageError

_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}(-?)(?:[0-9a-fA-F]{4}\1){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])")
"""UUIDs, with hyphens as in Nova, or without as in Keystone."""


def anonymous(snapshot: Snapshot) -> Snapshot:
    """The snapshot with stand-ins for the cloud's name, project, regions, own hosts and all UUIDs; without notes.

    Names of flavors, images and networks stay, since standards speak of them; so do hosts that are not the cloud's own,
    such as the sources of images. Raises UsageError for a snapshot that no run made: nested without end.
    """
    replaced = _Replacement(snapshot)
    try:
        tree = replaced.tree(msgspec.json.decode(msgspec.json.encode(snapshot)))
    except RecursionError:
        raise UsageError(
            "The snapshot is nested deeper than any answer of a cloud; it cannot be made anonymous."
        ) from None
    tree["cloud"] |= {"name": "cloud", "project": "project", "region": replaced.region(snapshot.cloud.region)}
    if principal := tree["principal"]:
        principal |= {"project": "project", "region": replaced.region(principal["region"])}
        for service in principal["services"]:
            for endpoint in service["endpoints"]:
                endpoint["region"] = replaced.region(endpoint["region"])
    tree |= {"notes": [], "anonymous": True}
    return msgspec.json.decode(msgspec.json.encode(tree), type=Snapshot)


class _Replacement:
    """Stand-ins, numbered in the order in which they are needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        urls = [snapshot.cloud.auth_url]
        services = snapshot.principal.services if snapshot.principal else ()
        urls += [endpoint.url for service in services for endpoint in service.endpoints]
        self._hosts = _stand_ins(filter(None, map(_host, urls)))
        longest_first = sorted(self._hosts, key=lambda host: (-len(host), host))
        alternatives = "|".join(map(re.escape, longest_first)) or r"(?!)"
        self._host_pattern = re.compile(rf"(?i)(?<![\w-])(?:{alternatives})(?![\w-]|\.\w)")
        self._ids: dict[str, int] = {}
        self._regions: dict[str, str] = {}
        self._quoted_name = repr(snapshot.cloud.name)

    def region(self, name: str | None) -> str | None:
        """The stand-in of a region; empty and None stay."""
        return self._regions.setdefault(name, f"region-{len(self._regions) + 1}") if name else name

    def tree(self, value: Any) -> Any:
        """The same JSON value with stand-ins in every text, names of mappings too."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {self._text(name): self.tree(one) for name, one in value.items()}
        return [self.tree(one) for one in value] if isinstance(value, list) else value

    def _text(self, text: str) -> str:
        text = self._host_pattern.sub(lambda found: self._hosts[found[0].lower()], text)
        text = _ID.sub(self._id, text)
        return text.replace(self._quoted_name, "'cloud'")

    def _id(self, found: re.Match[str]) -> str:
        number = self._ids.setdefault(found[0].replace("-", "").lower(), len(self._ids) + 1)
        plain = f"{number:032x}"
        return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:])) if found[1] else plain


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _stand_ins(hosts: Iterable[str]) -> dict[str, str]:
    """Each host, and each domain above it of two labels or more, to its stand-in: `a.b.org` and `*.b.org` still fit."""
    found: dict[str, str] = {}

    def domain(name: str) -> str:
        if name not in found:
            label, _, above = name.partition(".")
            number = len(found) + 1
            found[name] = f"n{number}.{domain(above)}" if label and "." in above else f"n{number}.invalid"
        return found[name]

    for host in hosts:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            domain(host)
            continue
        number = len(found) + 1
        # addresses reserved for documentation (RFC 5737, RFC 3849)
        found.setdefault(host, f"192.0.2.{number % 256}" if address.version == 4 else f"2001:db8::{number:x}")
    return found
