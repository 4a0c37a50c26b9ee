# SPDX-License-Identifier: Apache-2.0
"""SCS-0121: availability zones."""

from collections.abc import Iterable

from sovran.cloud.facts.availability_zones import ComputeZones, NetworkZones, VolumeZones, Zone
from sovran.cloud.outcome import Absent, Ok, Outcome
from sovran.model.finding import Examined, Finding, NotApplicable, NotTried, Resource, Undecided, Weight
from sovran.rules.registry import Answer


def _resource(zone: Zone, service: str) -> Resource:
    return Resource("availability zone", zone.name, f"{service}/{zone.name}")


def several_with_evidence(compute: ComputeZones, *, needs: str) -> Answer:
    """Speaks only of clouds with several compute zones, where no API shows it: the document that `needs`
    names decides.

    Source: scs-0121-v1, Standard.
    """
    if len(compute.items) < 2:
        raise NotApplicable("there are not several availability zones for servers")
    for zone in compute.items:
        yield Examined(_resource(zone, "compute"))
    raise NotTried(f"{needs} Zones: {', '.join(zone.name for zone in compute.items)}.")


def storage_zones(compute: ComputeZones, volume: VolumeZones, network: Outcome[NetworkZones]) -> Answer:
    """Fails where both servers and volumes have several zones and a server can be in a zone that has none for volumes
    of its name: then storage neither has a single zone nor one for each. Which of the two it should have depends on
    whether a back end replicates across fire zones, which no API shows. Zones that are not available are noted.

    Source: scs-0121-v1, Standard.
    """
    if len(compute.items) < 2 and len(volume.items) < 2:
        raise NotApplicable("there are not several availability zones")
    services = {"compute": compute.items, "block storage": volume.items}
    if isinstance(network, Ok):
        services["network"] = network.value.items
    for service, zones in services.items():
        for zone in zones:
            yield Examined(_resource(zone, service))
            if not zone.available:
                yield Finding(
                    message=f"availability zone {zone.name} of {service} is not available",
                    resource=_resource(zone, service),
                    field="state",
                    expected="available",
                    seen="not available",
                    weight=Weight.NOTE,
                )
    volume_names = [zone.name for zone in volume.items]
    without = [zone for zone in compute.items if zone.name not in volume_names]
    if len(compute.items) > 1 and len(volume_names) > 1 and without and len(without) < len(compute.items):
        for zone in without:
            yield Finding(
                message=f"servers can be in availability zone {zone.name}, volumes cannot, though they have several",
                resource=_resource(zone, "compute"),
                field="zones of volumes",
                expected=f"{zone.name} among them, or a single one",
                seen=", ".join(volume_names),
            )
    raise Undecided(_compared(compute.items, volume.items, network))


def _compared(compute: Iterable[Zone], volume: Iterable[Zone], network: Outcome[NetworkZones]) -> str:
    def names(zones: Iterable[Zone]) -> str:
        return ", ".join(zone.name for zone in zones) or "none"

    if isinstance(network, Ok):
        of_networks = names(network.value.items)
    else:
        of_networks = "none" if isinstance(network, Absent) else "unknown"
    return (
        f"zones of servers: {names(compute)}; of volumes: {names(volume)}; of networks: {of_networks}; whether that is "
        "right depends on whether a storage back end replicates across fire zones, which no API shows"
    )


def cross_attach(volume: VolumeZones) -> Answer:
    """Speaks only of clouds with several zones for volumes; that a volume cannot be attached in another zone shows when
    it is tried.

    Source: scs-0121-v1, Standard.
    """
    if len(volume.items) < 2:
        raise NotApplicable("there are not several availability zones for volumes")
    for zone in volume.items:
        yield Examined(_resource(zone, "block storage"))
    raise NotTried(
        "that a volume cannot be attached to a server of another zone shows when it is tried, which needs a probe that "
        "acts (not in this version)"
    )
