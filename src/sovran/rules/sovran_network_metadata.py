# SPDX-License-Identifier: Apache-2.0
"""What guests are told about themselves: metadata service, config drive, user-data."""

from collections.abc import Iterator

from sovran.cloud.outcome import Outcome
from sovran.guest.records import Metadata, Names, Source
from sovran.model.finding import Finding
from sovran.probes.guest import GuestProbe, TriedGuest
from sovran.rules.guest_evidence import Open, finding, note, per_guest, record_of
from sovran.rules.registry import Answer
from sovran.rules.scs_0127_guests import reaches_internet, told

SERVICE, DRIVE = "metadata service", "config drive"
SUCCESS = range(200, 300)
UNANSWERED = 0
NO_ANSWER = "no answer"
"""What a guest says of a service that does not answer at all."""


def service_answers(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when guests read their metadata from the link-local address of the metadata service. Where nothing answers
    there, and nothing else beyond the guest's own network either, nothing is decided.
    """

    def look(guest: TriedGuest, metadata: Metadata) -> Iterator[Finding | Open]:
        why = metadata.service.error or NO_ANSWER
        if metadata.service.present:
            return
        if why == NO_ANSWER and not _heard(guest):
            yield Open(f"the guest on {guest.where} got no answer from the metadata service, nor from anything else")
        else:
            yield finding(
                guest,
                f"the metadata service gives a guest no metadata: {why}",
                field=SERVICE,
                expected="the guest's metadata",
                seen=why,
            )

    yield from per_guest(probe, Metadata, "whether the metadata service answers guests", look)


def _heard(guest: TriedGuest) -> bool:
    """Whether anything beyond its own network answered the guest."""
    names = record_of(guest, Names)
    answered = names is not None and any(query.rcode for one in told(names) for query in one.queries)
    return answered or reaches_internet(guest)


def link_local_only(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when an address other than the link-local one gives metadata. Holds only where the link-local one does."""

    def look(guest: TriedGuest, metadata: Metadata) -> Iterator[Finding | Open]:
        serving = [url for url, status in metadata.other_paths.items() if status in SUCCESS]
        for url in serving:
            yield finding(
                guest,
                f"metadata is served at {url} too",
                field=url,
                expected="no metadata",
                seen=str(metadata.other_paths[url]),
            )
        if not serving and (not metadata.other_paths or not metadata.service.present):
            yield Open(
                f"the guest on {guest.where} asked no other address, or the metadata service does not answer at all"
            )

    yield from per_guest(probe, Metadata, "whether metadata is served elsewhere", look)


def not_fooled(probe: Outcome[GuestProbe]) -> Answer:
    """Fails when the metadata service gives other metadata than the guest's own to a request with a forged
    X-Forwarded-For. Holds when it gives the same, or refuses.
    """

    def look(guest: TriedGuest, metadata: Metadata) -> Iterator[Finding | Open]:
        status, own, forged = metadata.forged_status, metadata.service.stable, metadata.forged_stable
        if not metadata.service.present or not own or status is None or status == UNANSWERED:
            yield Open(f"the guest on {guest.where} got no answer to a forged request, or none at all")
        elif status in SUCCESS and not own.keys() & forged.keys():
            yield Open(f"what the guest on {guest.where} got to a forged request could not be read")
        elif differing := _differing(own, forged):
            yield finding(
                guest,
                f"a request with X-Forwarded-For: {metadata.forged_address} is told another {', '.join(differing)}",
                field="X-Forwarded-For",
                expected="the guest's own metadata",
                seen=f"another {', '.join(differing)}",
            )

    yield from per_guest(probe, Metadata, "whether forged requests are told other metadata", look)


def sources_agree(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when the metadata service and the config drive tell the same in all keys that both have and that do not
    change by the time; keys that only one has are noted.
    """

    def look(guest: TriedGuest, metadata: Metadata) -> Iterator[Finding | Open]:
        service, drive = metadata.service, metadata.config_drive
        if not service.present or not drive.present or not service.stable or not drive.stable:
            lacking = DRIVE if service.present else SERVICE
            yield Open(f"the guest on {guest.where} has no {lacking} to compare", evidence=not guest.config_drive)
            return
        if single := sorted(service.stable.keys() ^ drive.stable.keys()):
            yield note(guest, f"only one tells {', '.join(single)}", field=DRIVE, seen=", ".join(single))
        if differing := _differing(service.stable, drive.stable):
            seen = ", ".join(differing)
            yield finding(
                guest,
                f"metadata service and config drive tell a guest different things: {seen}",
                field=differing[0],
                expected="the same",
                seen=seen,
            )

    yield from per_guest(probe, Metadata, "whether metadata service and config drive agree", look)


def _differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Keys that both have with different values."""
    return sorted(key for key in one.keys() & other.keys() if one[key] != other[key])


def user_data_exact(probe: Outcome[GuestProbe]) -> Answer:
    """Holds when the user-data that a guest reads, from the metadata service and the config drive as far as it has
    them, is what was sent, byte for byte.
    """

    def look(guest: TriedGuest, metadata: Metadata) -> Iterator[Finding | Open]:
        sources = {SERVICE: metadata.service, DRIVE: metadata.config_drive}
        asked = {name: source for name, source in sources.items() if source.present}
        if not guest.sent_user_data_sha256:
            yield Open(f"the guest on {guest.where} was sent no user-data", evidence=True)
        elif not asked:
            yield Open(f"the guest on {guest.where} has neither metadata service nor config drive")
        else:
            for name, source in asked.items():
                yield from _compared(guest, name, source)

    yield from per_guest(probe, Metadata, "whether user-data arrives byte for byte", look)


def _compared(guest: TriedGuest, name: str, source: Source) -> Iterator[Finding | Open]:
    if source.user_data_bytes is None or (source.user_data_bytes >= 0 and not source.user_data_sha256):
        yield Open(
            f"the guest on {guest.where} did not read its user-data from the {name}: {source.error or 'no reason'}"
        )
    elif source.user_data_sha256 != guest.sent_user_data_sha256:
        there = "none" if source.user_data_bytes < 0 else f"other {source.user_data_bytes} bytes"
        yield finding(
            guest,
            f"of {guest.sent_user_data_bytes} bytes of user-data the {name} gives {there}",
            field=f"user-data of the {name}",
            expected=f"{guest.sent_user_data_bytes} bytes, sha256 {guest.sent_user_data_sha256[:12]}...",
            seen=there,
        )
