# SPDX-License-Identifier: Apache-2.0
"""What is going to be booted: of what the order asks for and the cloud offers, as much as the quotas leave."""

from dataclasses import dataclass, field
from pathlib import Path

from sovran.cloud.facts.availability_zones import read_compute_zones, read_volume_zones
from sovran.cloud.facts.flavors import Flavor, Flavors, read_flavors
from sovran.cloud.facts.images import Image, Images, read_images
from sovran.cloud.outcome import Failure, Ok
from sovran.model.errors import SovranError, UsageError
from sovran.model.printable import printable
from sovran.probes.guest import CANONICAL, FURTHER, OWN, PEER, FlavorUsed, ImageUsed
from sovran.probes.guests import flavors as flavor_choice
from sovran.probes.guests import images as image_choice
from sovran.probes.guests import own_image
from sovran.probes.guests.order import ALL_ZONES, CANONICAL_IMAGE, OWN_IMAGE, Order
from sovran.probes.guests.wanted import Wanted
from sovran.probes.official_guest import canonical_image, frugal_flavor, volume_gib
from sovran.probes.probe import Stage

LEAST_RAM = 128
"""MiB that any guest gets."""


@dataclass
class Choice:
    """What is going to be booted."""

    guests: list[Wanted] = field(default_factory=list)
    """In the order in which they matter."""
    peer: Wanted | None = None
    """The neighbour of the guest that comes first."""
    fallback: Wanted | None = None
    """What takes the place of the own image where it cannot be uploaded."""
    file: Path | None = None
    """That is uploaded as the own image."""
    volume_zones: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """What the cloud has."""

    images: Images
    flavors: Flavors
    volumes: bool
    """Whether root disks can be volumes."""


def offer(stage: Stage) -> Offer | Failure:
    """What the cloud has, or why it does not tell."""
    images, flavors = read_images(stage.reader), read_flavors(stage.reader)
    if not isinstance(images, Ok):
        return images
    if not isinstance(flavors, Ok):
        return flavors
    return Offer(images.value, flavors.value, stage.has("block-storage"))


def choose(stage: Stage, order: Order, offered: Offer) -> Choice:
    """The guests; raises UsageError for what the cloud does not have, SovranError where it does not tell its zones."""
    choice = Choice()
    zones = _zones(stage, order)
    if any(zones):
        told = read_volume_zones(stage.reader)
        choice.volume_zones = frozenset(zone.name for zone in told.value.items) if isinstance(told, Ok) else frozenset()
    for word in order.images:
        for one in _of_image(choice, order, offered, word):
            several = [
                Wanted(one.role, one.image, one.flavor, one.volume_gib, zone, host)
                for zone in (zones if word != CANONICAL_IMAGE else zones[:1])
                for host in order.hosts or ("",)
                for _ in range(order.count if word != CANONICAL_IMAGE else 1)
            ]
            for wanted in several:
                choice.guests.append(_as(wanted, choice))
    first = next(iter(choice.guests), None)
    # nothing but random numbers is asked of the guest that stands for the official suite's
    if order.peer and first and first.role != CANONICAL:
        choice.peer = Wanted(PEER, first.image, first.flavor, first.volume_gib, first.zone)
    return choice


def _as(wanted: Wanted, choice: Choice) -> Wanted:
    """With its role: each but FURTHER is there once."""
    taken = {one.role for one in choice.guests}
    role = wanted.role if wanted.role not in taken else FURTHER
    return Wanted(role, wanted.image, wanted.flavor, wanted.volume_gib, wanted.zone, wanted.host)


def _zones(stage: Stage, order: Order) -> tuple[str, ...]:
    """Empty text: any zone."""
    if not order.zones:
        return ("",)
    told = read_compute_zones(stage.reader)
    if not isinstance(told, Ok):
        raise SovranError(f"the zones of the compute service are not known: {told.reason}")
    there = [zone.name for zone in told.value.items if zone.available]
    found: list[str] = []
    for word in order.zones:
        if word != ALL_ZONES and word not in there:
            raise UsageError(f"`--az {word}`: the compute service offers {', '.join(there) or 'no zone'}")
        found += there if word == ALL_ZONES else [word]
    return tuple(dict.fromkeys(found))


def _of_image(choice: Choice, order: Order, offered: Offer, word: str) -> list[Wanted]:
    """A guest of one image for each flavor."""
    if word == CANONICAL_IMAGE:
        return _official(choice, order, offered)
    if word == OWN_IMAGE or _is_file(word):
        return _own(choice, order, offered, word)
    image = image_choice.by_word(offered.images, word)
    return _with_flavors(choice, order, offered, FURTHER, image_choice.used(image), image_choice.disk_gib(image))


def _is_file(word: str) -> bool:
    return word.endswith(".qcow2") or "/" in word


def _official(choice: Choice, order: Order, offered: Offer) -> list[Wanted]:
    image = canonical_image(offered.images)
    if image is None:
        choice.left_out[CANONICAL] = "this cloud offers no image to everybody"
        return []
    if order.flavors:
        return _with_flavors(choice, order, offered, CANONICAL, image_choice.used(image), image_choice.disk_gib(image))
    flavor = frugal_flavor(offered.flavors, image)
    if flavor is None:
        choice.left_out[CANONICAL] = f"no flavor has the {image.min_ram} MiB of RAM that the image {_name(image)} takes"
        return []
    gib = volume_gib(image) if offered.volumes else 0
    if not gib and flavor.disk_gb < image_choice.disk_gib(image):
        choice.left_out[CANONICAL] = f"the flavor {flavor.name} has no disk for it, and there are no volumes"
        return []
    choice.notes.append(f"image {_name(image)} with flavor {printable(flavor.name, 80)}: the official suite's choice")
    return [Wanted(CANONICAL, image_choice.used(image), flavor_choice.used(flavor), gib)]


def _own(choice: Choice, order: Order, offered: Offer, word: str) -> list[Wanted]:
    architecture = image_choice.architecture(offered.images)
    try:
        choice.file = Path(word) if word != OWN_IMAGE else own_image.built(architecture, download=order.download)
    except SovranError as error:
        choice.notes.append(f"an image of the cloud runs the guest's program by cloud-init: {error}")
        return _instead(choice, order, offered)
    choice.notes.append("sovran's own guest image is uploaded" if word == OWN_IMAGE else f"{word} is uploaded")
    own = own_image.used(architecture)
    wanted = _with_flavors(choice, order, offered, OWN, own, own_image.MIN_DISK)
    quiet = Choice()
    choice.fallback = next(iter(_instead(quiet, order, offered)), None)
    return wanted


def _instead(choice: Choice, order: Order, offered: Offer) -> list[Wanted]:
    """Guests of an image of the cloud, in the place of our own."""
    image = canonical_image(offered.images)
    if image is None:
        choice.left_out[OWN] = "neither can sovran's image be uploaded, nor does this cloud offer one to everybody"
        return []
    return _with_flavors(choice, order, offered, OWN, image_choice.used(image), image_choice.disk_gib(image))


def _with_flavors(
    choice: Choice, order: Order, offered: Offer, role: str, image: ImageUsed, disk_gib: int
) -> list[Wanted]:
    chosen: list[Flavor] = [flavor_choice.by_word(offered.flavors, word) for word in order.flavors]
    if not chosen:
        ram = max(image.min_ram, LEAST_RAM)
        smallest = flavor_choice.smallest(offered.flavors, ram_mib=ram, disk_gib=disk_gib, volumes=offered.volumes)
        if smallest is None:
            choice.left_out.setdefault(role, f"no flavor fits the image {image.name}: it takes {ram} MiB of RAM")
            return []
        chosen = [smallest]
        told = f"image {printable(image.name, 80)} with flavor {printable(smallest.name, 80)}"
        choice.notes.append(f"{told}: the smallest that fits")
    return [Wanted(role, image, _used(one), _root(one, disk_gib)) for one in chosen]


def _used(flavor: Flavor) -> FlavorUsed:
    return flavor_choice.used(flavor)


def _root(flavor: Flavor, disk_gib: int) -> int:
    """GiB of the root volume; 0: the flavor's disk is large enough."""
    return 0 if flavor.disk_gb >= disk_gib else disk_gib


def _name(image: Image) -> str:
    return printable(image.name or image.id, 80)
