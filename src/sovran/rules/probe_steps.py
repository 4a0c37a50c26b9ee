# SPDX-License-Identifier: Apache-2.0
"""Judging what a probe did: each step that a requirement speaks of has to have worked."""

from collections.abc import Collection

from sovran.model.finding import Examined, Finding, Resource, Undecided
from sovran.probes.steps import Step
from sovran.rules.registry import Answer

SERVER_ERRORS = 500
"""From this HTTP status on the service says that it failed, not that it refused."""


def worked(steps: Collection[Step], wanted: Collection[str], resource: Resource, *, of_rights: bool = False) -> Answer:
    """A finding for each wanted step that the cloud did not do as a working one does.

    A step without an answer, or one that was not come to, leaves it undecided, unless another failed; so does an error
    of the server where the claim is one `of_rights`, which such an error says nothing about.
    """
    yield Examined(resource)
    unclear = ""
    failed = False
    for what in wanted:
        tried = [step for step in steps if step.what == what]
        if not tried:
            unclear = unclear or f"the probe did not come to this step: {what}"
        for step in tried:
            if step.unclear or (of_rights and step.status >= SERVER_ERRORS):
                unclear = unclear or f"{what}: {step.said}"
            elif not step.ok:
                failed = True
                yield Finding(
                    message=f"{resource.kind}: this failed: {what}: {step.said}",
                    resource=resource,
                    field=what,
                    expected="works",
                    seen=step.said,
                )
    if unclear and not failed:
        raise Undecided(unclear)
