# SPDX-License-Identifier: Apache-2.0
"""SCS-0101: random numbers in guests."""

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.facts.images import Images
from sovran.cloud.facts.networks import Networks
from sovran.cloud.outcome import Outcome
from sovran.guest.records import Entropy, Fips
from sovran.model.finding import Examined, Finding, Undecided
from sovran.probes.guest import CANONICAL, GuestProbe, TriedGuest
from sovran.probes.official_guest import canonical_image, frugal_flavor
from sovran.rules.guest_evidence import note, record_of, resource, seen_by, silence, value_of
from sovran.rules.registry import Answer

FULL_POOL = "256"
"""What entropy_avail always says from Linux 5.18 on."""
BLOCKS, FAILURES = 1000, 5
"""Of 20,000 bits; so many of them may fail in the official suite."""
DEVICE = "/dev/random"


def official_entropy(
    probe: Outcome[GuestProbe], images: Outcome[Images], flavors: Outcome[Flavors], networks: Outcome[Networks]
) -> Answer:
    """Passes when the server that the official suite would start reads exactly 256 in entropy_avail. Where that server
    could not be started, or did not tell, nothing is decided.
    """
    guest, entropy = _canonical(probe, images, flavors, networks)
    yield Examined(resource(guest))
    there = entropy.entropy_avail.strip()
    if not there:
        raise Undecided(f"the guest on {guest.where} could not read entropy_avail")
    if there != FULL_POOL:
        yield Finding(
            message=f"entropy_avail of the guest on {guest.where} is {there}, not {FULL_POOL}",
            resource=resource(guest),
            field="entropy_avail",
            expected=FULL_POOL,
            seen=there,
        )


def official_fips(
    probe: Outcome[GuestProbe], images: Outcome[Images], flavors: Outcome[Flavors], networks: Outcome[Networks]
) -> Answer:
    """Passes when at most 5 of 1000 blocks from /dev/random fail the tests of FIPS 140-2 in the server that the
    official suite would start. Fewer blocks decide only where more than 5 of them failed.
    """
    guest, entropy = _canonical(probe, images, flavors, networks)
    yield Examined(resource(guest))
    test = next((test for test in entropy.tests if test.source == DEVICE), None)
    if test is None:
        raise Undecided(f"the guest on {guest.where} tested no block of {DEVICE}")
    said = f"{test.failures} of {test.blocks} blocks failed"
    yield note(guest, f"{DEVICE}: {said}: {_by_test(test)}", field=DEVICE, seen=said)
    if test.blocks < BLOCKS and test.failures <= FAILURES:
        raise Undecided(f"only {test.blocks} of {BLOCKS} blocks of {DEVICE} were tested in the guest on {guest.where}")
    if test.blocks > BLOCKS and test.failures > FAILURES:
        raise Undecided(f"{said} in the guest on {guest.where}; how many of the first {BLOCKS} is not known")
    if test.failures > FAILURES:
        yield Finding(
            message=f"{said} the tests of FIPS 140-2 in the guest on {guest.where}",
            resource=resource(guest),
            field=DEVICE,
            expected=f"at most {FAILURES} of {BLOCKS}",
            seen=said,
        )


def _by_test(test: Fips) -> str:
    return f"monobit {test.monobit}, poker {test.poker}, runs {test.runs}, long run {test.long_run}"


def _canonical(
    probe: Outcome[GuestProbe], images: Outcome[Images], flavors: Outcome[Flavors], networks: Outcome[Networks]
) -> tuple[TriedGuest, Entropy]:
    """The guest that stands for the suite's one server, and what it told about random numbers.

    Raises NotTried where no probe acted, and Undecided wherever the suite would fail itself: no image, no flavor for
    it, no external network, no server, nothing told.
    """
    whole = seen_by(probe, "whether a server of the official suite's image has entropy")
    image = canonical_image(value_of(images))
    if image is None:
        raise Undecided("there is no image that the official suite could take")
    flavor = frugal_flavor(value_of(flavors), image)
    if flavor is None:
        raise Undecided(f"no flavor has the {image.min_ram} MiB of RAM that the image {image.name} asks for")
    if not any(network.external for network in value_of(networks).items):
        raise Undecided("there is no external network, without which the official suite does not start its server")
    guests = whole.of(CANONICAL)
    if not guests:
        raise Undecided(whole.left_out.get(CANONICAL) or whole.problem or "no guest of the suite's image was started")
    guest = guests[0]
    if (guest.image.id, guest.flavor.id) != (image.id, flavor.id):
        took = f"{guest.image.name} with {guest.flavor.name}"
        raise Undecided(f"the guest was started of {took}, the suite would take {image.name} with {flavor.name}")
    entropy = record_of(guest, Entropy)
    if entropy is None:
        raise Undecided(silence(guest, "entropy") or f"the guest on {guest.where} told nothing about entropy")
    return guest, entropy
