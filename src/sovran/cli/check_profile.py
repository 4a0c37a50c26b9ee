# SPDX-License-Identifier: Apache-2.0
"""`sovran check --profile`: whether clouds have what a workload needs."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sovran.model.errors import SovranError, UsageError

if TYPE_CHECKING:
    from sovran.conformance.needs.answer import CloudMet
    from sovran.conformance.needs.profile import Profile
    from sovran.conformance.run import Limits


def refuse(**options: object) -> None:
    """Raise UsageError for the first of these options of `sovran check` that was given: they are about standards."""
    if other := next((name for name, value in options.items() if value), ""):
        shown = f"--{other.replace('_', '-')}"
        raise UsageError(f"`--profile` asks for what a workload needs, not for standards: leave out `{shown}`")


def check_profile(
    file: str,
    os_cloud: Sequence[str] | None,
    snapshots: Sequence[str] | None,
    outputs: Sequence[str],
    limits: "Limits",
    *,
    allow_admin: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Answer the needs in `file` on snapshots, on the clouds of these names, or for None on all; raises typer.Exit."""
    from sovran.cli.interruption import Interruption
    from sovran.conformance.needs.answer import exit_code
    from sovran.conformance.needs.profile import read_profile
    from sovran.reports import needs_json
    from sovran.reports.write import plan_outputs

    for name in outputs:
        if Path(name).suffix.lower() != ".json":
            raise UsageError(f"the answers to a profile are written as JSON only: let output {name} end in .json")
    plan = plan_outputs(outputs)
    profile = read_profile(Path(file))
    failure: SovranError | None = None
    with Interruption() as interruption:
        clouds = _ask(profile, os_cloud, snapshots, limits, allow_admin=allow_admin)
        interruption.hold()
        document = needs_json.render(clouds, profile.name)
        try:
            plan.write_text(document)
        except SovranError as error:
            failure = error
        with suppress(BrokenPipeError):
            # a reader that saw enough of stdout (head) changes nothing about the answer
            if as_json:
                typer.echo(document, nl=False)
            else:
                from sovran.reports import needs_text

                needs_text.show(clouds, profile.name, sys.stdout, verbose=verbose)
    if failure:
        raise failure
    raise typer.Exit(exit_code(clouds))


def _ask(
    profile: "Profile",
    os_cloud: Sequence[str] | None,
    snapshots: Sequence[str] | None,
    limits: "Limits",
    *,
    allow_admin: bool,
) -> "tuple[CloudMet, ...]":
    from sovran.conformance.needs import run

    if snapshots:
        from sovran.cloud.snapshots.snapshot import read

        return tuple(run.ask_snapshot(profile, stored) for stored in [read(Path(name)) for name in snapshots])
    from sovran.conformance.clouds import read_all_clouds, read_clouds

    if os_cloud is None:
        return run.ask_all(profile, read_all_clouds(), limits, allow_admin=allow_admin)
    return run.ask_clouds(profile, read_clouds(os_cloud), limits, allow_admin=allow_admin)
