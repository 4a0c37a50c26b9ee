# SPDX-License-Identifier: Apache-2.0
"""`sovran flavor`: what a flavor name means, which name a flavor should have, and whether a list of names is right."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sovran.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from sovran.naming.flavor_name import Cpu, Disk, FlavorName, Gpu, NameReport

app = typer.Typer(no_args_is_help=True, help="Flavor names of SCS-0100: explain, make and check them.")


class Naming(StrEnum):
    """Versions of the naming standard."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"


@app.command()
def describe(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Flavor names, such as SCS-4V-16-50.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list with all that the names say.")] = False,
) -> None:
    """Say in plain words what flavor names promise."""
    from sovran.model.printable import printable
    from sovran.naming.describe import describe as in_words
    from sovran.naming.flavor_name import check as judge

    reports = [judge(name) for name in names]
    if as_json:
        import json

        typer.echo(json.dumps([_as_record(report) for report in reports], indent=2))
    for report in reports:
        name = printable(report.name)
        for warning in report.warnings:
            typer.echo(f"sovran: {name}: {warning}", err=True)
        if report.error is not None:
            typer.echo(f"sovran: {name} is not a flavor name: {_reason(report)}", err=True)
        elif report.parsed is not None and report.version is not None and not as_json:
            typer.echo(f"{name}: {in_words(report.parsed, report.version)}")
    if any(report.error for report in reports):
        raise typer.Exit(ExitCode.USAGE)


def _as_record(report: "NameReport") -> dict[str, Any]:
    import msgspec

    from sovran.naming.describe import describe as in_words

    record: dict[str, Any] = {"name": report.name, "valid": report.error is None, "version": report.version}
    if report.parsed is not None and report.version is not None:
        record["says"] = msgspec.to_builtins(report.parsed)
        record["description"] = in_words(report.parsed, report.version)
    if report.error is not None:
        error = report.error
        record["error"] = {"position": error.position, "reason": error.reason, "suggestion": error.suggestion}
    record["warnings"] = list(report.warnings)
    return record


def _reason(report: "NameReport") -> str:
    suggestion = report.error.suggestion if report.error else None
    return f"{report.error}{f'; write {suggestion}' if suggestion else ''}"


Text = str | None
Number = int | None
Cpus = Annotated[int, typer.Option(metavar="N", help="Number of vCPUs.")]
Ram = Annotated[float, typer.Option(metavar="GIB", help="RAM in GiB, a multiple of 0.5.")]
CpuType = Annotated[
    str,
    typer.Option(metavar="LETTER", help="C dedicated cores, T dedicated threads, V shared, L heavily oversubscribed."),
]
Insecure = Annotated[bool, typer.Option("--insecure", help="Weak against CPU vulnerabilities.")]
DiskSize = Annotated[Text, typer.Option(metavar="GB|auto", help="Size of the disk; auto: the cloud chooses it.")]
DiskType = Annotated[
    Text, typer.Option(metavar="LETTER", help="n network, h hard disk, s SSD, p NVMe; alone it means --disk auto.")
]
DiskCount = Annotated[int, typer.Option(metavar="N", help="Number of disks of that size.")]
NoEcc = Annotated[bool, typer.Option("--no-ecc", help="RAM without error correction.")]
RamOversubscribed = Annotated[bool, typer.Option("--ram-oversubscribed", help="RAM is oversubscribed.")]
Hypervisor = Annotated[Text, typer.Option(metavar="NAME", help="kvm, chy, xen, vmw, hyv or bms (bare metal).")]
NestedVirt = Annotated[bool, typer.Option("--nested-virt", help="Hardware virtualization is usable inside.")]
CpuVendor = Annotated[Text, typer.Option(metavar="LETTER", help="i Intel, z AMD, a ARM, r RISC-V.")]
CpuGeneration = Annotated[Number, typer.Option(metavar="N", help="Generation of that vendor's CPUs.")]
CpuFrequency = Annotated[
    Text, typer.Option(metavar="LETTER", help="h, hh or hhh: above 2.75, 3.25 or 3.75 GHz on all cores.")
]
GpuVendor = Annotated[Text, typer.Option("--gpu", metavar="LETTER", help="GPU vendor: N Nvidia, A AMD, I Intel.")]
GpuVirtual = Annotated[bool, typer.Option("--gpu-virtual", help="A virtual GPU, not a pass-through one.")]
GpuGeneration = Annotated[Text, typer.Option(metavar="NAME", help="Such as a (Nvidia Ampere) or 3.1 (AMD RDNA 3).")]
GpuUnits = Annotated[Number, typer.Option(metavar="N", help="Number of the GPU's processing units.")]
GpuFrequency = Annotated[
    Text, typer.Option(metavar="LETTER", help="h or hh: processing units of high or very high frequency.")
]
GpuVram = Annotated[Number, typer.Option(metavar="GIB", help="Video memory in GiB.")]
GpuBandwidth = Annotated[
    Text, typer.Option(metavar="LETTER", help="h or hh: video memory of high or very high bandwidth.")
]
Infiniband = Annotated[bool, typer.Option("--infiniband", help="Infiniband network.")]
NamingVersion = Annotated[Naming, typer.Option(help="Version of the naming standard.")]
Short = Annotated[bool, typer.Option("--short", help="The short name, without details of the hardware.")]
ExtraSpecs = Annotated[
    bool, typer.Option("--extra-specs", help="Print the extra specs (key=value) instead of the name.")
]


@app.command()
def name(
    *,
    cpus: Cpus,
    ram: Ram,
    cpu_type: CpuType = "V",
    insecure: Insecure = False,
    disk: DiskSize = None,
    disk_type: DiskType = None,
    disk_count: DiskCount = 1,
    no_ecc: NoEcc = False,
    ram_oversubscribed: RamOversubscribed = False,
    hypervisor: Hypervisor = None,
    nested_virt: NestedVirt = False,
    cpu_vendor: CpuVendor = None,
    cpu_generation: CpuGeneration = None,
    cpu_frequency: CpuFrequency = None,
    gpu_vendor: GpuVendor = None,
    gpu_virtual: GpuVirtual = False,
    gpu_generation: GpuGeneration = None,
    gpu_units: GpuUnits = None,
    gpu_frequency: GpuFrequency = None,
    gpu_vram: GpuVram = None,
    gpu_bandwidth: GpuBandwidth = None,
    infiniband: Infiniband = False,
    naming: NamingVersion = Naming.V3,
    short_name: Short = False,
    specs: ExtraSpecs = False,
) -> None:
    """Make the name of a flavor from its properties."""
    from sovran.naming.flavor_name import FlavorName

    flavor = FlavorName(
        cpus=cpus,
        cpu_type=cpu_type,
        ram_gib=ram,
        insecure=insecure,
        no_ecc=no_ecc,
        ram_oversubscribed=ram_oversubscribed,
        disk=_disk(disk, disk_type, disk_count),
        hypervisor=hypervisor,
        nested_virt=nested_virt,
        cpu=_cpu(cpu_vendor, cpu_generation, cpu_frequency),
        gpu=_gpu(gpu_vendor, gpu_virtual, (gpu_generation, gpu_units, gpu_frequency, gpu_vram, gpu_bandwidth)),
        infiniband=infiniband,
    )
    _print_name(flavor, naming, short_name, specs)


def _cpu(vendor: Text, generation: Number, frequency: Text) -> "Cpu | None":
    from sovran.naming.flavor_name import Cpu

    if vendor is not None:
        return Cpu(vendor, generation, frequency)
    if generation is not None or frequency is not None:
        raise UsageError("a CPU generation or frequency can only be named together with --cpu-vendor")
    return None


def _gpu(vendor: Text, virtual: bool, details: tuple[Text, Number, Text, Number, Text]) -> "Gpu | None":
    from sovran.naming.flavor_name import Gpu

    if vendor is not None:
        return Gpu("g" if virtual else "G", vendor, *details)
    if virtual or any(detail is not None for detail in details):
        raise UsageError("details of a GPU can only be named together with its vendor: --gpu N, A or I")
    return None


def _disk(size: Text, kind: Text, count: int) -> "Disk | None":
    from sovran.model.printable import printable
    from sovran.naming.flavor_name import Disk

    if size is None and kind is None:
        if count != 1:
            raise UsageError("several disks need a size: --disk GB")
        return None
    if size is None or size == "auto":
        return Disk(count, None, kind)
    if not (size.isascii() and size.isdigit() and len(size) <= 20):
        raise UsageError(f"the disk size is a whole number of GB or auto, not '{printable(size, 30)}'")
    return Disk(count, int(size), kind)


def _print_name(flavor: "FlavorName", naming: Naming, short_name: bool, specs: bool) -> None:
    from sovran.naming.flavor_name import extra_specs, render, short
    from sovran.naming.validate import problems

    found = problems(flavor, naming.value)
    if found:
        raise UsageError(f"no flavor name in {naming.value} can say this: {'; '.join(found)}")
    if specs:
        for key, value in extra_specs(flavor).items():
            typer.echo(f"{key}={value}")
    else:
        typer.echo(render(short(flavor) if short_name else flavor, naming.value))


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Names, one per line, or JSON or YAML; - is stdin.")],
) -> None:
    """Check flavor names, and the figures beside them, by the text of the standard.

    FILE holds one name per line, or what `openstack flavor list -f json` prints. Names that do not start with SCS- are
    free. Exit code 4: a name is wrong or claims more vCPUs, RAM or disk than the flavor has.
    """
    from sovran.model.printable import caret_window, printable
    from sovran.naming.flavor_list import read_flavor_list
    from sovran.naming.flavor_name import check as judge
    from sovran.naming.flavor_name import claims_grammar
    from sovran.naming.promise import shortfalls

    flavors = read_flavor_list(_content(file), "stdin" if file == "-" else file)
    counts = {"valid": 0, "wrong": 0, "claiming too much": 0}
    ignored = 0
    for flavor in flavors:
        if not claims_grammar(flavor.name):
            ignored += 1
            continue
        report = judge(flavor.name)
        if report.error is not None:
            counts["wrong"] += 1
            shown, column = caret_window(flavor.name, report.error.position)
            typer.echo(f"{shown}\n{' ' * column}^ {_reason(report)}")
        elif report.parsed is not None:
            missing = shortfalls(report.parsed, flavor.vcpus, flavor.ram_mib, flavor.disk_gb)
            counts["claiming too much" if missing else "valid"] += 1
            for field, claimed, there in missing:
                typer.echo(f"{printable(flavor.name)}: {field}: the name claims {claimed}, the flavor has {there}")
        for warning in report.warnings:
            typer.echo(f"sovran: {printable(flavor.name)}: {warning}", err=True)
    judged = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    number = sum(counts.values())
    names = "name that starts" if number == 1 else "names that start"
    others = "other" if ignored == 1 else "others"
    typer.echo(f"{number} {names} with SCS-: {judged}; {ignored} {others} ignored", err=True)
    if counts["wrong"] or counts["claiming too much"]:
        raise typer.Exit(ExitCode.NOT_CONFORMANT)


def _content(file: str) -> bytes:
    """The bytes of `file`, one more than the list reader takes at most."""
    import sys
    from pathlib import Path

    from sovran.model.printable import printable
    from sovran.naming.flavor_list import MAX_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no valid file name"
        raise UsageError(f"cannot read {printable(file)}: {reason}") from None
