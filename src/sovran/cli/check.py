# SPDX-License-Identifier: Apache-2.0
"""`sovran check`: judge clouds against a scope."""

import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import typer

from sovran.cli import check_options as option
from sovran.cli import check_probing as acting
from sovran.model.errors import SovranError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sovran.model.report import Report


def check(
    context: typer.Context,
    os_cloud: option.Clouds = None,
    all_clouds: option.AllClouds = False,
    snapshot: option.SnapshotsIn = None,
    profile: option.ProfileFile = "",
    scope: option.ScopeName = "",
    target: option.Targets = None,
    standard: option.Standards = None,
    testcase: option.Patterns = None,
    concurrency: option.Concurrency = 16,
    timeout: option.Timeout = 60.0,
    output: option.Outputs = None,
    subject: option.Subject = "",
    save_snapshot: option.SnapshotOut = "",
    sign: option.SignWith = "",
    no_probes: acting.NoProbes = False,
    probe: acting.Probes = None,
    persona: acting.Personas = None,
    project: acting.Project = "",
    probe_timeout: acting.ProbeTimeout = acting.SECONDS,
    baseline: option.BaselineFile = "",
    fail_on: option.FailOnWhat = option.FailOn.ANY,
    waivers: option.WaiverFile = "",
    allow_admin: option.AllowAdmin = False,
    as_json: option.AsJson = False,
    verbose: option.Verbose = False,
) -> None:
    """Judge what a cloud offers, as an ordinary member of a project; with `--profile`, by what a workload needs.

    Where a claim needs it, probes make a few small things in the project and delete them again: stderr says what before
    anything is made; `--no-probes` only reads. If sovran is killed meanwhile: `sovran cleanup`.

    Exit codes: 0 every main testcase asked for passed, 2 wrong usage, 3 undecided, 4 not conformant, 1 sovran failed.
    """
    # each thing is imported when its turn comes: a question that is wrong shall be told without delay
    from sovran.reports.write import plan_outputs

    _refuse_contradictions(
        context, os_cloud, snapshot, save_snapshot, subject, all_clouds=all_clouds, allow_admin=allow_admin
    )
    if profile:
        from sovran.cli.check_profile import check_profile, refuse
        from sovran.conformance.run import Limits

        refuse(
            scope=scope,
            target=target,
            standard=standard,
            testcase=testcase,
            baseline=baseline,
            fail_on=fail_on is option.FailOn.NEW,
            waivers=waivers,
            save_snapshot=save_snapshot,
            sign=sign,
            subject=subject,
        )
        check_profile(
            profile,
            None if all_clouds else os_cloud or (),
            snapshot,
            output or (),
            Limits(concurrency, timeout),
            allow_admin=allow_admin,
            as_json=as_json,
            verbose=verbose,
        )
    plan = plan_outputs(output or [], subject=subject, clouds=len(snapshot or os_cloud or [""]))

    from sovran.cli import check_excuses, check_signing, check_source
    from sovran.conformance.run import Limits
    from sovran.model.question import DEFAULT_SCOPE, Question
    from sovran.standards.load import load_standards

    ruleset = load_standards()
    question = Question(
        scope=scope or ("" if snapshot else DEFAULT_SCOPE),
        targets=tuple(target or ()),
        standards=tuple(standard or ()),
        patterns=tuple(testcase or ()),
    )
    teller = acting.Teller()
    probing = acting.probing(no_probes, probe, persona, project, probe_timeout, offline=bool(snapshot), tell=teller)
    if snapshot:
        asked = bool(scope or target or standard or testcase)
        source = check_source.snapshots(snapshot, question if asked else None, ruleset)
    else:
        limits = Limits(concurrency, timeout, probing)
        source = check_source.clouds(
            None if all_clouds else os_cloud or (),
            question,
            ruleset,
            limits,
            snapshot=save_snapshot,
            outputs=[output.path for output in plan.outputs],
            allow_admin=allow_admin,
        )
    excused = check_excuses.excuses(baseline, fail_on, waivers, ruleset)
    signed = check_signing.signing(sign, plan, source.files)

    from sovran.cli.interruption import Interruption
    from sovran.conformance.exit_code import exit_code

    failure: SovranError | None = None
    with Interruption(teller.last_words) as interruption:
        reports = source.judge()
        interruption.hold()
        reports = excused(reports)
        # first the files: a reader of stdout may have gone away
        written: dict[Path, bytes] = {}
        for write in (source.save, partial(plan.write, reports)):
            try:
                written |= write()
            except SovranError as error:
                failure = error
        try:
            signed(written, reports)
        except SovranError as error:
            failure = failure or error

        with suppress(BrokenPipeError):
            # a reader that saw enough of stdout (head) changes nothing about the verdict
            _show(reports, matrix=all_clouds, as_json=as_json, verbose=verbose)
    if failure:
        raise failure
    raise typer.Exit(exit_code(reports))


def _is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, be it with its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def _refuse_contradictions(
    context: typer.Context,
    os_cloud: "Sequence[str] | None",
    snapshot: "Sequence[str] | None",
    save_snapshot: str,
    subject: str,
    *,
    all_clouds: bool,
    allow_admin: bool,
) -> None:
    """Raise UsageError for options that cannot stand together."""
    live_only = {
        "--os-cloud": os_cloud,
        "--all-clouds": all_clouds,
        "--save-snapshot": save_snapshot,
        "--allow-admin": allow_admin,
        "--timeout": _is_given(context, "timeout"),
        "--concurrency": _is_given(context, "concurrency"),
    }
    if snapshot and (other := next((name for name, value in live_only.items() if value), "")):
        raise UsageError(f"`--snapshot` judges a recording and asks no cloud: leave out `{other}`")
    if all_clouds and os_cloud:
        raise UsageError("`--all-clouds` takes every cloud of clouds.yaml: leave out `--os-cloud`")
    if all_clouds and subject:
        raise UsageError("one subject cannot stand for all clouds: leave out `--subject` or `--all-clouds`")


def _show(reports: "Sequence[Report]", *, matrix: bool, as_json: bool, verbose: bool) -> None:
    """Print what was found out."""
    if as_json:
        from sovran.reports import json_report

        typer.echo(json_report.render(reports), nl=False)
        return
    from sovran.reports import clouds_text, terminal

    (clouds_text if matrix else terminal).show(reports, sys.stdout, verbose=verbose)
