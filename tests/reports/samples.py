# SPDX-License-Identifier: Apache-2.0
"""Sample reports: a cloud that conforms, one that fails, one that could not be judged, and one that is hostile."""

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec

from sovran.conformance.waivers import PlacedWaiver, with_waivers
from sovran.model.claim import Level, Reading
from sovran.model.finding import Finding, Resource, Weight
from sovran.model.matrix import Access, Cell, Matrix, Row
from sovran.model.probe_run import ProbeRun
from sovran.model.report import CloudInfo, Judgement, Replay, Report, ScopeResult
from sovran.model.scope import State
from sovran.model.verdict import Verdict, aggregate
from sovran.model.waiver import Waiver

CHECKED_AT = datetime.datetime(2026, 11, 20, 9, 41, 7, 123456, tzinfo=datetime.UTC)
SCOPE_UUID = "50393e6f-2ae1-4c5c-a62c-3b75f2abef3f"
SCOPE_URL = "https://raw.githubusercontent.com/SovereignCloudStack/standards/main/Tests/scs-compatible-iaas.yaml"
NO_RULE = "No rule decides this testcase yet."
EVIDENCE = "Needs written evidence."

HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "a\nb\r\nc",
    "]]>",
    "| --- | `x` ``` ~~~",
    "<script>alert(1)</script>",
    "[link](https://127.0.0.1/) ![i](x) https://127.0.0.1/ www.example.org @someone #1",
    "\u202egnp.exe\u200b",
    "\udcff\ud800 and \x00 and \x9b2J and \x7f",
    "🦊 naïve 漢字",
    "[bold red]markup[/bold red] :smile:",
    "---\n...\n- &a *b !!python/object: x",
    " leading, trailing \t",
    "#" * 3000,
    "0o14",
    "1e3",
    "~",
    "\\|",
)
"""Strings that break what is not careful: escape sequences, markup of every format, surrogates, YAML look-alikes."""


def standard_testcases() -> dict[str, tuple[str, ...]]:
    """The main testcases of scs-iaas@v5.1 that the first rules decide, and some that none does, by standard."""
    flavors = "1v-4 2v-8 4v-16 8v-32 1v-2 2v-4 4v-8 8v-16 16v-32 1v-8 2v-16 4v-32 1l-1 2v-4-20s 4v-16-100s"
    services = "service-compute service-identity service-image service-network service-load-balancer"
    services += " service-placement storage-apis swift-s3"
    return {
        "scs-0100": ("scs-0100-syntax-check", "scs-0100-semantics-check"),
        "scs-0101": ("scs-0101-entropy-avail", "scs-0101-fips-test"),
        "scs-0103": tuple(f"scs-0103-flavor-{name}" for name in flavors.split()),
        "scs-0104": tuple(f"scs-0104-source-{name}" for name in ("capi-1", "debian-12", "ubuntu-2404")),
        "scs-0115": ("scs-0115-default-rules",),
        "scs-0117": ("scs-0117-test-backup",),
        "scs-0123": tuple(f"scs-0123-{name}" for name in services.split()),
    }


REQUIREMENTS = (
    ("0100-01", "scs-0100", Level.MUST, "Every flavor whose name starts with SCS- follows the grammar."),
    ("0103-01", "scs-0103", Level.MUST, "The 15 mandatory flavors exist."),
    ("0103-07", "scs-0103", Level.MUST, "A scs: key on any flavor means what it says."),
    ("0103-09", "scs-0103", Level.SHOULD, "Extra flavors keep to the usual sizes."),
    ("0115-01", "scs-0115", Level.SHOULD, "Templates for default groups allow ingress from the same group."),
    ("0115-02", "scs-0115", Level.MUST_NOT, "There is no other ingress template."),
    ("0123-01", "scs-0123", Level.MUST, "The mandatory services are in the catalog."),
    ("0123-02", "scs-0123", Level.MUST, "The endpoints of the S3 solution are described publicly."),
)
UNDECIDABLE = {"0123-02"}


def finding(kind: str, name: str, message: str, *, field: str = "", expected: str = "", seen: str = "") -> Finding:
    """A violation on one resource."""
    return Finding(message=message, resource=Resource(kind, name, ""), field=field, expected=expected, seen=seen)


def judgement(claim: str, verdict: Verdict = Verdict.PASS, **changes: Any) -> Judgement:
    """A judgement on an official testcase, or on a requirement when the id starts with a digit."""
    official = not claim[:1].isdigit()
    plain = Judgement(
        claim=claim,
        standard="-".join(claim.split("-")[:2]) if official else f"scs-{claim.split('-', maxsplit=1)[0]}",
        reading=Reading.OFFICIAL if official else Reading.TEXT,
        level=Level.MUST,
        target="main" if official else "",
        text=f"What {claim} demands.",
        verdict=verdict,
        reason="" if verdict is Verdict.PASS else f"Why it is {verdict.value}.",
        examined=3 if verdict is Verdict.PASS else 0,
    )
    return msgspec.structs.replace(plain, **changes)


def report(
    changes: Mapping[str, Judgement] | None = None, *, run_all: bool = True, cloud: str = "lab", complete: bool = True
) -> Report:
    """A report on scs-iaas@v5.1 in which everything passes but what `changes` names."""
    changed = dict(changes or {})
    judgements: list[Judgement] = []
    ids: list[str] = []
    for standard, claims in standard_testcases().items():
        decided = run_all or standard in {"scs-0100", "scs-0103", "scs-0115", "scs-0123"}
        for claim in claims:
            plain = judgement(claim) if decided else judgement(claim, Verdict.MISS, reason=NO_RULE)
            judgements.append(changed.get(claim, plain))
            ids.append(claim)
    for claim, standard, level, text in REQUIREMENTS:
        plain = judgement(claim, standard=standard, level=level, text=text)
        if claim in UNDECIDABLE:
            plain = judgement(claim, Verdict.MISS, level=level, text=text, reason=EVIDENCE)
        judgements.append(changed.get(claim, plain))
    scope = ScopeResult(
        scope="scs-iaas",
        version="v5.1",
        name="SCS-compatible IaaS",
        uuid=SCOPE_UUID,
        url=SCOPE_URL,
        state=State.EFFECTIVE,
        targets={"main": aggregate(j.verdict for j in judgements if j.reading is Reading.OFFICIAL)},
        testcases={"main": tuple(ids)},
        complete=complete,
    )
    return Report(
        id="8a1c9a7e-6f57-4f0c-9d6f-2f4f7f0b9c11",
        sovran="0.1.0",
        checked_at=CHECKED_AT,
        seconds=0.61,
        requests=11,
        cloud=CloudInfo(
            name=cloud,
            auth_url="http://127.0.0.1:15000/v3",
            region="RegionOne",
            project="demo",
            roles=("member", "reader"),
        ),
        scopes=(scope,),
        judgements=tuple(judgements),
        argv=("check", "--os-cloud", cloud, "--scope", "scs-iaas@v5.1"),
    )


def conformant() -> Report:
    """Every official testcase passes, and every requirement that a rule can decide."""
    return report()


def first_verdict() -> Report:
    """As the first rules see a good cloud: nothing fails, much is not run."""
    return report(run_all=False)


def failing() -> Report:
    """Official failures with one and with many findings, one failure that only the text shows, one undecided."""
    names = [f"SCS-{cpus}X-{cpus * 4}" for cpus in range(1, 21)]
    return report(
        {
            "scs-0100-syntax-check": judgement(
                "scs-0100-syntax-check",
                Verdict.FAIL,
                reason="20 of 41 names that start with SCS- break the grammar.",
                examined=41,
                findings=tuple(
                    finding("flavor", name, f"flavor {name}: CPU suffix X is not one of C, T, V, L", field="name")
                    for name in names
                ),
            ),
            "scs-0103-flavor-2v-8": judgement(
                "scs-0103-flavor-2v-8",
                Verdict.FAIL,
                reason="Flavor SCS-2V-8 differs from the table.",
                examined=1,
                findings=(
                    finding(
                        "flavor",
                        "SCS-2V-8",
                        "flavor SCS-2V-8: scs:name-v1 is SCS-2V-8, expected SCS-2V:8",
                        field="scs:name-v1",
                        expected="SCS-2V:8",
                        seen="SCS-2V-8",
                    ),
                ),
            ),
            "scs-0115-default-rules": judgement(
                "scs-0115-default-rules",
                Verdict.ABORT,
                reason="The network API answered 503 to the list of default security group rules.",
            ),
            "0103-01": judgement(
                "0103-01",
                Verdict.FAIL,
                reason="1 of 15 mandatory flavors differs.",
                findings=(finding("flavor", "SCS-2V-8", "flavor SCS-2V-8 differs from the table"),),
            ),
            "0123-01": judgement(
                "0123-01",
                Verdict.FAIL,
                reason="A mandatory service is not in the catalog.",
                findings=(finding("service", "s3", "service s3 is not in the catalog", expected="s3"),),
            ),
            "0115-01": judgement(
                "0115-01",
                Verdict.FAIL,
                level=Level.SHOULD,
                reason="Default groups get no ingress from the same group for IPv6.",
                findings=(
                    finding("security group rule template", "", "no ingress template for IPv6 from the group itself"),
                    Finding(message="the template for IPv4 is there", weight=Weight.NOTE),
                ),
            ),
        },
        run_all=False,
    )


def waived(text: str = "Ada") -> Report:
    """`failing`, with one testcase waived, one finding of another, an expired waiver and one that matches nothing."""
    day = CHECKED_AT.date()
    later, before = day + datetime.timedelta(days=41), day - datetime.timedelta(days=1)

    def waiver(claim: str, resource: str, until: datetime.date, line: int) -> PlacedWaiver:
        one = Waiver(id=claim, resource=resource, reason=f"{text} said so", owner=text, until=until)
        return PlacedWaiver(one, f"waivers.yaml, line {line}")

    given = (
        waiver("scs-0103-flavor-*", "*", later, 1),
        waiver("scs-0100-syntax-check", "SCS-3X-12", later, 2),
        waiver("0123-01", "*", before, 3),
        waiver("0115-02", "*", before, 4),
        waiver("0103-01", "SCS-4V-16", later, 5),
        waiver("scs-0117-*", "*", later, 6),
        waiver("scs-9999", "*", later, 7),
    )
    return with_waivers(failing(), given, day)


def aborted() -> Report:
    """Nothing could be decided: the cloud went away."""
    reason = "The compute API at http://127.0.0.1:18774 refused the connection."
    ids = [claim for claims in standard_testcases().values() for claim in claims]
    ids += [claim for claim, *_ in REQUIREMENTS]
    return report({claim: judgement(claim, Verdict.ABORT, reason=reason) for claim in ids})


def many_findings(count: int = 5000) -> Report:
    """One testcase with a finding on each of `count` flavors."""
    findings = tuple(finding("flavor", f"SCS-bad-{i:05}", f"flavor SCS-bad-{i:05} is bad") for i in range(count))
    claim = "scs-0100-syntax-check"
    return report({claim: judgement(claim, Verdict.FAIL, reason="Bad names.", findings=findings)})


def hostile(text: str) -> Report:
    """A report in which every field that can hold foreign text holds `text`."""
    bad = Finding(message=text, resource=Resource(text, text, text), field=text, expected=text, seen=text)
    verdicts = (Verdict.FAIL, Verdict.ABORT, Verdict.MISS, Verdict.NOT_APPLICABLE, Verdict.PASS)
    official = [
        Judgement(
            claim=f"scs-0100-case-{verdict.name.lower()}",
            standard="scs-0100",
            reading=Reading.OFFICIAL,
            level=Level.MUST,
            target="main",
            text=text,
            verdict=verdict,
            reason=text,
            findings=(bad, bad),
        )
        for verdict in verdicts
    ]
    requirements = [
        Judgement(
            claim=f"0115-{number:02}",
            standard="scs-0115",
            reading=Reading.TEXT,
            level=level,
            target="",
            text=text,
            verdict=verdict,
            reason=text,
            findings=(bad,),
        )
        for number, (verdict, level) in enumerate((v, x) for v in verdicts for x in (Level.MUST, Level.SHOULD))
    ]
    scope = ScopeResult(
        scope="scs-iaas",
        version="v5.1",
        name=text,
        uuid=SCOPE_UUID,
        url=text,
        state=State.WARN,
        targets={"main": Verdict.FAIL},
        testcases={"main": tuple(j.claim for j in official)},
        complete=False,
    )
    return Report(
        id="8a1c9a7e-6f57-4f0c-9d6f-2f4f7f0b9c12",
        sovran="0.1.0",
        checked_at=CHECKED_AT,
        seconds=0.5,
        requests=3,
        cloud=CloudInfo(name=text, auth_url=text, region=text, project=text, roles=(text,), admin=True),
        scopes=(scope,),
        judgements=(*official, *requirements),
        notes=(text,),
        probes=(ProbeRun(name=text, seconds=1.0, made={text: 2}, left=(text, text), reason=text),),
        matrices=(hostile_matrix(text),),
        replay=Replay(snapshot=text, sovran=text, ruleset=text, at=CHECKED_AT, anonymous=True),
        interrupted=True,
        argv=("check", "--os-cloud", text),
    )


def hostile_matrix(text: str) -> Matrix:
    """One row whose cells are all that a cell can be, and every text of it `text`."""
    personas = tuple(f"{access.name.lower()}{text}" for access in Access)
    cells = tuple(Cell(persona, access, 403, text) for persona, access in zip(personas, Access, strict=True))
    return Matrix(text, (*personas, "nobody"), (Row(text, text, cells, service=text, claim="0115-00"),))


def matrix(rows: int = 3) -> Matrix:
    """Reader, member and admin: a reader who can make a volume, a member who cannot delete one, one without answer."""

    def row(operation: str, reader: Cell, member: Cell, service: str = "block-storage") -> Row:
        cells = (reader, member, Cell("admin", Access.ALLOWED, 200))
        return Row(operation, "own project", cells, service=service, claim="0115-01")

    denied, allowed = Cell("reader", Access.DENIED, 403), Cell("member", Access.ALLOWED, 200)
    said = "block-storage POST /volumes ended with HTTP 202"
    found = [
        row("list volumes", Cell("reader", Access.ALLOWED, 200), allowed),
        row("create a volume", Cell("reader", Access.LEAK, 202, said), allowed),
        row("delete a volume", denied, Cell("member", Access.MISSING, 403, "Policy doesn't allow it.")),
        row("create a network", denied, Cell("member", Access.UNCLEAR, 503, "no answer"), "network"),
    ]
    found += [row(f"operation {number}", denied, allowed, "compute") for number in range(rows - 3)]
    return Matrix("roles", ("reader", "member", "admin"), tuple(found))


def acting() -> Report:
    """A conformant cloud on which probes acted; one left a volume behind, one had no personas."""
    runs = (
        ProbeRun(name="key-manager", seconds=0.8, made={"secret": 1}),
        ProbeRun(name="backup", seconds=12.3, made={"volume": 3, "RBAC policy": 2}, left=("volume v-1: HTTP 409",)),
        ProbeRun(name="sharing", reason="takes `--persona foreign=ENTRY`"),
    )
    return msgspec.structs.replace(conformant(), probes=runs, matrices=(matrix(),))


def odd_ids(text: str) -> Report:
    """A report in which the ids that standards files give (scope, version, target, standard, claim) are `text`."""
    plain = failing()
    (scope,) = plain.scopes
    scope = msgspec.structs.replace(
        scope, scope=text, version=text, uuid=text, targets={text: Verdict.FAIL}, testcases={text: (text,)}
    )
    first = msgspec.structs.replace(plain.judgements[0], claim=text, standard=text, target=text)
    last = msgspec.structs.replace(plain.judgements[-1], claim=text, standard=text, verdict=Verdict.FAIL)
    return msgspec.structs.replace(
        plain, scopes=(scope,), judgements=(first, *plain.judgements[1:-1], last), sovran=text, statement=text, id=text
    )
