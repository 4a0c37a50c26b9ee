# SPDX-License-Identifier: Apache-2.0
"""`openstack sovereignty check`: the verdict of `sovran check` through openstackclient's formatters."""

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from osc_lib.command import command

from sovran.model.errors import ExitCode, SovranError, UsageErrors
from sovran.model.printable import printable

if TYPE_CHECKING:
    from sovran.model.report import Report

COLUMNS = ("Claim", "Reading", "Level", "Verdict", "Reason")
SECONDS, CONCURRENCY = 60.0, 16
"""As `sovran check` has them."""
LONGEST = 1000
"""Characters of a reason; names in it may be of any length."""


class CheckSovereignty(command.Lister):
    """Judge this cloud by the SCS standards, as the user who asks

    Exit codes: 0 every main testcase asked for passed, 2 wrong usage, 3 undecided, 4 not conformant, 1 it failed.
    """

    _code = ExitCode.OK

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """The options of the command, beside those of openstackclient."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--scope", metavar="<scope[@version]>", default="", help="What to judge by (default: scs-iaas, effective)"
        )
        parser.add_argument(
            "--standard", metavar="<id>", action="append", default=[], help="Only this standard, e.g. 0103 (repeatable)"
        )
        parser.add_argument(
            "--testcase", metavar="<glob>", action="append", default=[], help="Only ids that match (repeatable)"
        )
        parser.add_argument(
            "--allow-admin", action="store_true", help="Judge although the user is admin or manager, who see more"
        )
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Run and print; returns the exit code of `sovran check`."""
        try:
            super().run(parsed_args)
        except SovranError as error:
            sentences = error.sentences if isinstance(error, UsageErrors) else (str(error),)
            for sentence in sentences:
                self.log.error("%s", printable(sentence, LONGEST))  # noqa: TRY400 - a sentence, no traceback
            return error.code
        return self._code

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
        """Column names, and one row per claim."""
        from sovran.conformance.exit_code import exit_code

        report = self._judge(parsed_args)
        self._code = exit_code([report])
        self._say(report)
        return COLUMNS, (
            (
                one.claim,
                one.reading.value,
                one.level.value,
                one.verdict.value,
                printable(one.reason, LONGEST),
            )
            for one in report.judgements
        )

    def _judge(self, parsed_args: argparse.Namespace) -> "Report":
        import datetime

        from sovran.conformance.approach import look_at
        from sovran.conformance.run import Limits, facts_needed, judge_cloud
        from sovran.conformance.selection import select_for
        from sovran.model.question import DEFAULT_SCOPE, Question
        from sovran.osc.connection import connection_of
        from sovran.standards.load import load_standards

        question = Question(
            scope=parsed_args.scope or DEFAULT_SCOPE,
            standards=tuple(parsed_args.standard),
            patterns=tuple(parsed_args.testcase),
        )
        selection = select_for(load_standards(), question, datetime.datetime.now(datetime.UTC).date())
        facts_needed(selection)
        connection = connection_of(self.app.client_manager, concurrency=CONCURRENCY, timeout=SECONDS)
        near = look_at(connection, seconds=SECONDS, allow_admin=parsed_args.allow_admin)
        return judge_cloud(near, selection, Limits(CONCURRENCY, SECONDS), argv=sys.argv[1:])

    def _say(self, report: "Report") -> None:
        """The answer, and what makes it worth less than it looks, on stderr: stdout is for the rows."""
        from sovran.reports.digest import answers

        lines = [f"{answer.scope} {answer.target}: {answer.label}: {answer.sentence}" for answer in answers(report)]
        lines += ["judged with admin rights"] if report.cloud.admin else []
        lines += ["interrupted: what was not read by then is undecided"] if report.interrupted else []
        for line in (*lines, *report.notes, report.statement):
            sys.stderr.write(f"{printable(line, LONGEST)}\n")
