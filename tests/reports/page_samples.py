# SPDX-License-Identifier: Apache-2.0
"""Sample reports for the HTML page: with cures, excerpts and waivers, of several clouds, hostile, and huge."""

import datetime

import msgspec

from sovran.model.claim import Level
from sovran.model.finding import Finding, Resource
from sovran.model.report import Baseline, Excerpt, Judgement, Report, StandardInfo
from sovran.model.verdict import Verdict
from sovran.model.waiver import Waiver, WaiverUse
from tests.reports import samples

TITLES = {"scs-0100": "Flavor naming", "scs-0103": "Standard flavors and properties", "scs-0123": "Mandatory services"}
FLAVOR_ID = "2f1d0c3a-5b7e-4c55-9d5e-000000000001"
RAW = """{
  "id": "2f1d0c3a-5b7e-4c55-9d5e-000000000001",
  "name": "SCS-2V-8",
  "vcpus": 2,
  "extra_specs": {
    "scs:name-v1": "SCS-2V-8"
  }
}"""
WAIVER = Waiver(
    id="scs-0103-*", reason="New hardware is on its way", owner="ops@example.org", until=datetime.date(2027, 1, 31)
)


def detailed() -> Report:
    """The failing sample with all that a real run adds: sources, cures, coverage, titles, excerpts, a waiver."""
    plain = samples.failing()
    judgements = []
    for one in plain.judgements:
        covers = ("0103-01", "0103-07") if one.claim == "scs-0103-flavor-2v-8" else ()
        findings = tuple(_with_id(finding, one.claim) for finding in one.findings)
        judgements.append(
            msgspec.structs.replace(
                one, source=f"{one.standard}-v1, Standard", cure=f"Run `openstack cure {one.claim}`.", covers=covers,
                findings=findings,
            )
        )  # fmt: skip
    excerpt = Excerpt(
        resource=FLAVOR_ID,
        request="compute GET /flavors/detail",
        at=samples.CHECKED_AT,
        text=RAW,
        left_out=("description",),
    )
    return msgspec.structs.replace(
        plain,
        judgements=tuple(judgements),
        standards=tuple(
            StandardInfo(id=name, title=title, url=f"https://docs.scs.community/standards/{name}")
            for name, title in TITLES.items()
        ),
        excerpts=(excerpt,),
        waivers=(WaiverUse(waiver=WAIVER, place="waivers.yaml:3", expired=False, findings=1),),
        notes=("the clock of the cloud is 3 s ahead",),
    )


def _with_id(finding: Finding, claim: str) -> Finding:
    if finding.resource is None or finding.resource.name != "SCS-2V-8":
        return finding
    resource = Resource("flavor", "SCS-2V-8", FLAVOR_ID)
    waiver = WAIVER if claim == "scs-0103-flavor-2v-8" else None
    return msgspec.structs.replace(finding, resource=resource, waiver=waiver)


def renamed(report: Report, name: str) -> Report:
    """The report as one on a cloud of this name."""
    return msgspec.structs.replace(report, cloud=msgspec.structs.replace(report.cloud, name=name))


def several() -> list[Report]:
    """Three clouds: one fails, one conforms, one is undecided."""
    reports = [detailed(), samples.conformant(), samples.first_verdict()]
    return [renamed(report, name) for report, name in zip(reports, ("south", "north", "staging"), strict=True)]


def hostile(text: str) -> Report:
    """A report in which every field that can hold foreign text holds `text`, the ids of resources apart."""
    plain = samples.hostile(text)
    waiver = Waiver(id=text, resource=text, reason=text, owner=text, until=datetime.date(2026, 1, 1))
    bad = Finding(message=text, resource=Resource(text, text, "1"), field=text, expected=text, seen=text, waiver=waiver)
    judgements = [
        msgspec.structs.replace(one, source=text, cure=text, covers=(text, "0115-00"), findings=(bad, *one.findings))
        for one in plain.judgements
    ]
    return msgspec.structs.replace(
        plain,
        judgements=tuple(judgements),
        standards=(
            StandardInfo(id="scs-0100", title=text, url=text),
            StandardInfo(id="scs-0115", title=text, url=text),
        ),
        excerpts=(
            Excerpt(resource="1", request=text, at=samples.CHECKED_AT, text=text.replace("\n", " "), left_out=(text,)),
        ),
        waivers=(WaiverUse(waiver=waiver, place=text, expired=True, findings=2),),
        baseline=Baseline(report=text, cloud=text, checked_at=samples.CHECKED_AT, only_new=True),
        ruleset=text,
        statement=text,
        argv=("check", "--os-cloud", text),
    )


def huge(count: int = 5000, claims: int = 15) -> Report:
    """`count` flavors and as many images, each of them with a finding in each of `claims` claims."""
    judgements: list[Judgement] = []
    for kind, standard in (("flavor", "0103"), ("image", "0102")):
        resources = [Resource(kind, f"{kind}-{number:05} {'n' * 60}", f"{number:08}-{kind}") for number in range(count)]
        for number in range(claims):
            findings = tuple(
                Finding(
                    message=f"{one.kind} {one.name}: the property {number} should be this and is something else",
                    resource=one, field=f"property_{number}", expected="this", seen="something else",
                )
                for one in resources
            )  # fmt: skip
            text = f"Every {kind} has the property {number}."
            claim = f"{standard}-{number:02}"
            judgements.append(
                samples.judgement(claim, Verdict.FAIL, level=Level.MUST, text=text, examined=count, findings=findings)
            )
    excerpts = tuple(
        Excerpt(
            resource=f"{number:08}-flavor",
            request="compute GET /flavors/detail",
            at=samples.CHECKED_AT,
            text="x" * 4000,
        )
        for number in range(1000)
    )
    plain = samples.failing()
    return msgspec.structs.replace(plain, judgements=(*plain.judgements, *judgements), excerpts=excerpts)
