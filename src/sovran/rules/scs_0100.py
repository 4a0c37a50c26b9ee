# SPDX-License-Identifier: Apache-2.0
"""SCS-0100: flavor naming."""

from sovran.cloud.facts.flavors import Flavors
from sovran.cloud.outcome import Outcome
from sovran.model.finding import Examined, Finding, NotTried, Resource, Undecided, Weight
from sovran.naming.flavor_name import FlavorNameError, check, claims_grammar
from sovran.naming.official import official_reading
from sovran.naming.render import render, short
from sovran.probes.guest import GuestProbe
from sovran.rules.flavor_claims import (
    contradicted_classes,
    named_scs,
    names_in_keys,
    overpromised_figures,
    resource,
    shown,
)
from sovran.rules.flavor_weaknesses import hidden_weaknesses, valid_names
from sovran.rules.guest_evidence import NO_GUESTS
from sovran.rules.machine_promises import against_names, contradicted_kinds, lacking_sizes
from sovran.rules.registry import Answer

HALF_GIB_BELOW = 10
"""GiB of RAM from which a name should give whole GiB."""


def official_syntax(flavors: Flavors) -> Answer:
    """Passes when the official suite's parser accepts the name of every flavor that starts with SCS-, in the spelling
    of v3 or, tolerated, of v2 and v1.
    """
    for flavor in flavors.items:
        if not claims_grammar(flavor.name):
            continue
        yield Examined(resource(flavor))
        if official_reading(flavor.name) is None:
            yield Finding(
                message=f"flavor {flavor.name} does not follow the naming scheme",
                resource=resource(flavor),
                field="name",
                expected="a name of SCS-0100",
                seen=flavor.name,
            )


def official_semantics(flavors: Flavors) -> Answer:
    """Passes when every SCS flavor has at least the vCPUs, RAM and disk of its name; up to 51 MiB of RAM may be
    missing, names that the official suite cannot read are left to the syntax check.
    """
    for flavor in flavors.items:
        name = official_reading(flavor.name) if claims_grammar(flavor.name) else None
        if name is None:
            continue
        yield Examined(resource(flavor))
        ram_gib = int((flavor.ram_mib + 51) / 102.4) / 10
        figures = [
            ("vcpus", name.cpus, flavor.vcpus),
            ("ram", name.ram_gib, ram_gib),
            ("disk", name.disk_gb or 0, flavor.disk_gb),
        ]
        for field, promised, there in figures:
            if there < promised:
                yield Finding(
                    message=f"flavor {flavor.name} promises {field} {_plain(promised)} and has {_plain(there)}",
                    resource=resource(flavor),
                    field=field,
                    expected=f"at least {_plain(promised)}",
                    seen=_plain(there),
                )


def _plain(figure: float) -> str:
    """A figure without exponent and without `.0`."""
    return str(int(figure)) if figure == int(figure) else str(figure)


def _wrong_name(error: FlavorNameError, flavor_resource: Resource) -> Finding:
    hint = f"; did you mean {error.suggestion}?" if error.suggestion else ""
    return Finding(
        message=f"flavor {flavor_resource.name}: position {error.position}: {error.reason}{hint}",
        resource=flavor_resource,
        field="name",
        expected=error.suggestion or "a name of SCS-0100",
        seen=flavor_resource.name,
    )


def grammar(flavors: Flavors) -> Answer:
    """Holds when the name of every flavor that starts with SCS- follows the grammar; the text tolerates the old
    spellings of v1 and v2. Notes on the names in scs:name-vN of any flavor, which SCS-0103 judges.

    Source: scs-0100-v3, sections Proposal and Previous standard versions.
    """
    for flavor, name in named_scs(flavors):
        yield Examined(resource(flavor))
        if name.error:
            yield _wrong_name(name.error, resource(flavor))
        for warning in name.warnings:
            yield Finding(
                message=f"flavor {flavor.name}: {warning}", resource=resource(flavor), field="name", weight=Weight.NOTE
            )

    for flavor in flavors.items:
        for key, name in names_in_keys(flavor).items() if flavor.extra_specs else ():
            if name.error:
                yield Finding(
                    message=f"flavor {flavor.name}: {key} holds no valid name: {name.error.reason} (see 0103-07)",
                    resource=resource(flavor),
                    field=key,
                    expected=name.error.suggestion or "a name of SCS-0100",
                    seen=(flavor.extra_specs or {})[key],
                    weight=Weight.NOTE,
                )


def no_private_extensions(flavors: Flavors) -> Answer:
    """Holds when no name that starts with SCS- carries an extension that the scheme does not have.

    Source: scs-0100-v3, section Proposal.
    """
    for flavor, name in named_scs(flavors):
        yield Examined(resource(flavor))
        if name.error and _is_private_extension(flavor.name, name.error):
            yield _wrong_name(name.error, resource(flavor))


def _is_private_extension(name: str, error: FlavorNameError) -> bool:
    """True when the part of the name that the scheme does not know is more than a wrong spelling of what it knows."""
    if error.suggestion or error.position >= len(name):
        return False
    delimiter = "-" if ":" in name.partition("-")[2].partition("-")[0] else "_"
    base_end = name.find(delimiter, len("SCS-"))
    if 0 <= base_end <= error.position:
        return True
    # a valid name, and something tied on with the delimiter of the base: SCS-2V-4-20s-gold
    return name[error.position] in "-:" and check(name[: error.position]).parsed is not None


def size_promises(flavors: Flavors, probe: Outcome[GuestProbe] = NO_GUESTS) -> Answer:
    """Holds when every SCS flavor has at least the vCPUs, RAM (to the MiB) and root disk that its name claims, and so
    has the machine of every guest that a probe started of one.

    Source: scs-0100-v3, section Proposal.
    """
    for flavor, name in named_scs(flavors):
        if name.parsed is None:
            continue
        yield Examined(resource(flavor))
        for field, promised, there in overpromised_figures(flavor, name.parsed):
            yield Finding(
                message=f"flavor {flavor.name} promises {field} {promised} and has {there}",
                resource=resource(flavor),
                field=field,
                expected=f"at least {promised}",
                seen=there,
            )
    yield from against_names(probe, lacking_sizes)


def class_promises(flavors: Flavors, probe: Outcome[GuestProbe] = NO_GUESTS) -> Answer:
    """Fails when a flavor's own extra_specs or sizes contradict the CPU class, disk type, disk count or GPU of its name
    (scs: keys, hw:cpu_policy, hw:cpu_thread_policy, and those by which Nova attaches devices), or the machine of a
    guest contradicts its architecture, CPU vendor, hypervisor, dedicated CPUs or number of disks; otherwise undecided,
    since a promise of quality can only be measured or shown by the operator.

    Source: scs-0100-v3, section Proposal.
    """
    contradicted = False
    names = {flavor.id: name.parsed for flavor, name in named_scs(flavors) if name.parsed}
    for flavor in shown(flavor for flavor in flavors.items if flavor.id in names):
        yield Examined(resource(flavor))
        for field, promised, said in contradicted_classes(flavor, names[flavor.id]):
            contradicted = True
            yield Finding(
                message=f"flavor {flavor.name} promises {promised}, but its {field} says {said}",
                resource=resource(flavor),
                field=field,
                expected=promised,
                seen=said,
            )
    for seen in against_names(probe, contradicted_kinds):
        contradicted = contradicted or isinstance(seen, Finding)
        yield seen
    if names and not contradicted:
        raise Undecided(
            "no flavor contradicts its name, but the quality behind the letters needs the operator's evidence"
        )


def weaknesses(flavors: Flavors) -> Answer:
    """Fails when a flavor admits a weakness that one of its names (its own or in scs:name-vN) does not show: crowded
    cores in scs:cpu-type, a CPU quota below a fifth of a core, or a letter i, u or o in another of its names. A weaker
    CPU letter in another name admits nothing, since a better flavor may stand for a weaker one. Otherwise not tried:
    only the operator's evidence shows that nothing is hidden.

    Source: scs-0100-v3, sections Naming policy compliance and Extensions.
    """
    contradicted = examined = False
    for flavor in shown(flavors.items):
        names = valid_names(flavor)
        if not names:
            continue
        examined = True
        yield Examined(resource(flavor))
        for field, letter, seen in hidden_weaknesses(flavor, names):
            contradicted = True
            yield Finding(
                message=f"flavor {flavor.name}: {field} does not show the {letter} that {seen} admits",
                resource=resource(flavor),
                field=field,
                expected=f"a name with {letter}",
                seen=seen,
            )
    if examined and not contradicted:
        raise NotTried(
            "no flavor contradicts itself about its weaknesses; that none is hidden takes the operator's evidence"
        )


def half_gib(flavors: Flavors) -> Answer:
    """Holds when no name gives half GiB of RAM from 10 GiB on.

    Source: scs-0100-v3, section Baseline, memory.
    """
    for flavor, name in named_scs(flavors):
        if name.parsed is None:
            continue
        yield Examined(resource(flavor))
        if name.parsed.ram_gib >= HALF_GIB_BELOW and name.parsed.ram_gib % 1:
            yield Finding(
                message=f"flavor {flavor.name} gives half GiB of RAM, which should be used below 10 GiB only",
                resource=resource(flavor),
                field="name",
                expected="whole GiB",
                seen=f"{name.parsed.ram_gib:g} GiB",
            )


def short_names(flavors: Flavors) -> Answer:
    """Holds when for every flavor with a long name (hypervisor, CPU, GPU details) a flavor with the short name exists.

    Source: scs-0100-v3, section Naming options and conventions.
    """
    judged = [(flavor, name.parsed) for flavor, name in named_scs(flavors) if name.parsed]
    offered = {render(parsed) for _, parsed in judged}
    for flavor, parsed in judged:
        wanted = render(short(parsed))
        if wanted == render(parsed):
            continue
        yield Examined(resource(flavor))
        if wanted not in offered:
            yield Finding(
                message=f"flavor {flavor.name} is not offered under its short name {wanted} as well",
                resource=resource(flavor),
                field="name",
                expected=wanted,
                seen="no such flavor",
            )
