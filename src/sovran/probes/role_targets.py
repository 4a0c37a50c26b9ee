# SPDX-License-Identifier: Apache-2.0
"""Makes what all personas try their operations on, once per project, each service beside the others."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from sovran.cloud.acting.answer import ActingFailed
from sovran.cloud.acting.kinds import BUCKET, KINDS
from sovran.cloud.at_once import at_once
from sovran.probes.role_table import Target
from sovran.probes.templates import filled

if TYPE_CHECKING:
    # rules name what probes see, and a replay of it shall not load what talks to clouds
    from sovran.cloud.acting.actor import Actor

WAIT = 60.0
"""Seconds for one of them to become what it has to be."""


class Targets:
    """What one user made: the words by which operations speak of it, and why some are not there."""

    def __init__(self, actor: "Actor", prefix: str = "") -> None:
        """`prefix` begins the words."""
        self._actor = actor
        self._prefix = prefix
        self.words = {f"{prefix}project": actor.project}
        self.lacking: dict[str, str] = {}
        """Word to why there is no such thing."""

    def chains(self, wanted: Iterable[Target], shared: dict[str, str]) -> "dict[str, partial[None]]":
        """For each target that stands alone the making of it and of those that take it; `shared`: further words."""
        several = tuple(wanted)
        return {self.named(one.word): partial(self._make, one, several, shared) for one in several if not one.after}

    def named(self, word: str) -> str:
        """The word by which operations speak of what this user made."""
        return f"{self._prefix}{word}"

    def _make(self, target: Target, all_: tuple[Target, ...], shared: dict[str, str]) -> None:
        word = self.named(target.word)
        try:
            self._one(target, word, shared)
        except ActingFailed as error:
            self.lacking[word] = str(error)
        except KeyError as missing:
            self.lacking[word] = f"needs what there is not: {missing.args[0]}"
        at_once({one.word: partial(self._make, one, all_, shared) for one in all_ if one.after == target.word})

    def _one(self, target: Target, word: str, shared: dict[str, str]) -> None:
        kind = KINDS[target.kind]
        mine = {name.removeprefix(self._prefix): value for name, value in self.words.items()} | shared
        if kind is BUCKET:
            self.words[word] = self._container()
            return
        made = self._actor.create(
            kind,
            "target",
            lambda name: filled(target.body, {**mine, "name": name}),
        )
        if target.until:
            self._actor.wait(made, until=target.until, seconds=WAIT)
        self.words |= {word: made.id, f"{word}_name": made.name}

    def _container(self) -> str:
        """A container with one object, which goes with it; returns its name."""
        name = self._actor.name("target")
        promised = self._actor.promise(BUCKET, name)
        for path in (f"/{name}", f"/{name}/object"):
            content = b"sovran" if path.endswith("/object") else b""
            answer = self._actor.call("PUT", BUCKET.service, path, content=content)
            if not answer.ok:
                if answer.refused and not content:
                    self._actor.forget(promised)
                raise answer.failure
            if not content:
                self._actor.keep(promised)
        account = f"AUTH_{self._actor.project}"
        # not every object store has accounts in its addresses, and without them nobody can ask for a foreign one
        if self._actor.call("GET", BUCKET.service, f"/../{account}/{name}").ok:
            self.words[f"{self._prefix}account"] = account
        return name


def make(mine: Targets, theirs: Targets | None, wanted: Iterable[Target], shared: dict[str, str]) -> None:
    """Make the targets of the judged user, and of the foreign one where there is one, side by side."""
    several = tuple(wanted)
    chains = mine.chains(several, shared)
    if theirs:
        later = theirs.chains((one for one in several if one.both), shared)
        # of one kind not two at once: services make more at a project's first one, and some do that badly
        chains = {word: partial(_both, first, later.pop(theirs.named(word), None)) for word, first in chains.items()}
    at_once(chains)


def _both(first: "partial[None]", second: "partial[None] | None") -> None:
    first()
    if second:
        second()
