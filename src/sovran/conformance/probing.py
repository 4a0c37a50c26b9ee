# SPDX-License-Identifier: Apache-2.0
"""Whether and how the run of a cloud may act: from what the user asked for to what the probes of one cloud get."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sovran.model.errors import SovranError, UsageError
from sovran.probes.registry import BY_FACT, probes_named, unwanted

if TYPE_CHECKING:
    # a replay imports this module too, and shall not load what talks to clouds
    from sovran.cloud.config.cloud_config import CloudConfig
    from sovran.cloud.session import Connection
    from sovran.probes.run import Acting

PERSONAS = ("admin", "foreign", "manager", "member", "reader")
"""What users other than the judged one can be in a run."""
NOT_WANTED = "`--no-probes` was given"
USUAL_PORTS = (80, 443)
_VERSION = re.compile(r"/v\d+(\.\d+)?$")


@dataclass(frozen=True)
class Probing:
    """What the user allows the probes; one for all clouds of a run."""

    seconds: float
    """For all probes of a cloud, without their cleanup."""
    only: tuple[str, ...] = ()
    """Names of the probes that may act; empty: all but those that are opted in to."""
    personas: "tuple[tuple[str, CloudConfig], ...]" = ()
    """Name of a persona and its credentials; each is used on the cloud that it is of."""
    project: str = ""
    """Name of the project to act in; empty: the judged one."""
    tell: Callable[[str], None] = lambda _: None
    note: Callable[[str], None] = lambda _: None
    """Is told, in a sentence, which personas are of no use."""
    refuse: bool = True
    """Whether credentials that cannot act in the project end the run; False: they end the probes of their cloud."""

    def check(self, auth_urls: Iterable[str], facts: Collection[type]) -> None:
        """Raise UsageError for a persona of a cloud that is none of the judged ones, which have these identity URLs;
        note those that no probe takes which may act for one of the `facts`.
        """
        judged = tuple(auth_urls)
        for role, persona in self.personas:
            if not any(_same_cloud(persona.auth_url, url) for url in judged):
                where = persona.auth_url or "its identity service"
                raise UsageError(
                    f"`--persona {role}={persona.name}`: {where} is that of no cloud that is judged; name an entry of "
                    "clouds.yaml for the same cloud"
                )

        probes = [probe for fact, probe in BY_FACT.items() if fact in facts and not unwanted(probe, self.only)]
        taken = {role for probe in probes for role in probe.personas}
        idle = [f"`--persona {role}={persona.name}`" for role, persona in self.personas if role not in taken]
        if idle:
            are, them = ("are", "them") if len(idle) > 1 else ("is", "it")
            self.note(f"{' and '.join(idle)} {are} not used: no probe of this run takes {them}")

    def acting(self, connection: "Connection") -> "Acting":
        """What the probes of this cloud get; nothing is sent yet.

        Raises UsageError when the credentials cannot act in the project.
        """
        from sovran.cloud.config.clouds_yaml import read_cloud
        from sovran.cloud.session import connect
        from sovran.probes.run import Acting

        config = connection.config
        personas: defaultdict[str, list[Connection]] = defaultdict(list)
        for role, persona in self.personas:
            if _same_cloud(persona.auth_url, config.auth_url):
                # in another region it would not find what it shall be kept from
                here = replace(persona, region_name=config.region_name)
                personas[role].append(connect(here, concurrency=16, timeout=60.0))
        other = None
        if self.project:
            other = connect(read_cloud(config.name, config.region_name, self.project), concurrency=16, timeout=60.0)
            try:
                _ = other.access
            except SovranError as error:
                raise UsageError(
                    f"the probes cannot act in project {self.project!r}: is there such a project, and has this user a "
                    f"role in it? {error}"
                ) from None
        return Acting(self.seconds, frozenset(self.only), personas, other, self.project, self.tell)


def read_probing(
    names: Sequence[str],
    personas: Sequence[str],
    *,
    project: str,
    seconds: float,
    tell: Callable[[str], None],
    note: Callable[[str], None] = lambda _: None,
) -> Probing:
    """What the command line says: names of probes, `PERSONA=ENTRY` of clouds.yaml, a project.

    Raises UsageError for a probe, a persona or an entry that there is not.
    """
    probes_named(tuple(names))
    found = []
    for text in personas:
        role, equals, entry = text.partition("=")
        if not equals or role not in PERSONAS or not entry:
            known = ", ".join(PERSONAS)
            raise UsageError(
                f"`--persona {text}` is not PERSONA=ENTRY: name one of {known}, and an entry of clouds.yaml"
            )
        # what reads clouds.yaml is slow to load
        from sovran.cloud.config.clouds_yaml import read_cloud

        found.append((role, read_cloud(entry)))
    return Probing(seconds, tuple(names), tuple(found), project, tell, note)


def _same_cloud(one: str, other: str) -> bool:
    """Whether two identity URLs are of the same cloud: the same host, port and path, but for the version."""
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, int, str]:
    parts = urlsplit(url)
    try:
        port = parts.port or 0
    except ValueError:
        port = -1
    path = _VERSION.sub("", parts.path.rstrip("/")).rstrip("/")
    return (parts.hostname or "").lower(), 0 if port in USUAL_PORTS else port, path
