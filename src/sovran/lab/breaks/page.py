# SPDX-License-Identifier: Apache-2.0
"""The table of breaks as a page of the documentation, as plain text and as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from sovran.lab.breaks.table import Break
from sovran.model.verdict import Verdict

_HEAD = """\
<!-- made by tools/generate_docs.py (make docs); do not edit -->
# Breaks

`sovran lab break ID` gives a running lab a fault, `sovran lab heal` takes it away again, `sovran lab breaks` lists
them. Each row tells which verdicts the fault flips on a lab with the profile `scs`; all others stay as they are, and of
several faults that touch different things each flips its own. `tests/live/test_breaks.py` proves every row.

Claims `scs-...` are official testcases, the others requirements by the text; some official ones are recommended or of
another scope version and judged only on request (`sovran check -t '*'`). What stands after "next:" flips with
`--scope scs-iaas@next` only; 0104-05 to 0104-13 are of a draft, which `--scope scs-iaas@v3 --standard 0104` judges. A
fault "upon" another one makes that one first, and its verdicts are against a lab with that one; `tls` gives the lab
TLS proxies, which the others of 0125 then spoil. A fault that adds an SCS flavor of good size also turns 0103-09 from
NOT APPLICABLE to PASS, since it speaks of flavors beyond the standard ones.

| Break | What it does | Verdicts |
|---|---|---|
"""


_UNBROKEN = """
## Claims without a fault of their own

Every claim with a rule, official or by the text, is flipped by a break above. For these the only ones are faults that
take a whole service away:

| Claim | Why |
|---|---|
"""


def markdown(breaks: Iterable[Break], unbroken: Mapping[str, str]) -> str:
    """The page docs/breaks.md; `unbroken`: claims that no break flips on its own, with the reason."""
    rows = []
    for item in breaks:
        parts = [f"upon {', '.join(f'`{name}`' for name in item.needs)}"] if item.needs else []
        parts += ["on a lab with guests"] if item.guests else []
        probes = " and ".join(f"`{name}`" for name in item.probes)
        parts += [f"with the probe{'s' * (len(item.probes) > 1)} {probes}"] if probes else []
        parts += [_verdicts(item.flips)] if item.flips else []
        parts += [f"next: {_verdicts(item.next)}"] if item.next else []
        rows.append(f"| `{item.id}` | {item.what} | {'; '.join(parts)} |\n")
    reasons = "".join(f"| `{claim}` | {reason} |\n" for claim, reason in unbroken.items())
    return _HEAD + "".join(rows) + _UNBROKEN + reasons


def plain(breaks: Iterable[Break], active: Iterable[str]) -> str:
    """The breaks as text, two to four lines each; those in force have a `*` before them."""
    in_force = set(active)
    lines = []
    for item in breaks:
        lines.append(f"{'*' if item.id in in_force else ' '} {item.id}: {item.what}")
        lines += [f"      upon {', '.join(item.needs)}"] if item.needs else []
        lines += ["      on a lab with guests"] if item.guests else []
        lines += [f"      with {' '.join(_options(item))}"] if item.probes else []
        lines += [f"      {_verdicts(item.flips).replace('`', '')}"] if item.flips else []
        lines += [f"      next: {_verdicts(item.next).replace('`', '')}"] if item.next else []
    return "".join(f"{line}\n" for line in lines)


def _options(item: Break) -> list[str]:
    """What `sovran check` takes so that the flips are seen."""
    return [f"--probe {name}" for name in item.probes] + [f"--persona {name}" for name in item.personas]


def _verdicts(flips: dict[str, Verdict]) -> str:
    """Claims grouped by verdict: `PASS 0103-09, FAIL 0100-01`."""
    grouped: dict[Verdict, list[str]] = {}
    for claim, verdict in flips.items():
        grouped.setdefault(verdict, []).append(f"`{claim}`")
    return "; ".join(f"{verdict} {', '.join(claims)}" for verdict, claims in grouped.items())


def records(breaks: Iterable[Break], active: Iterable[str]) -> list[dict[str, Any]]:
    """The breaks as plain data for JSON; `active` are the ids of those in force."""
    in_force = set(active)
    return [
        {
            "id": item.id,
            "what": item.what,
            "needs": list(item.needs),
            "probes": list(item.probes),
            "personas": list(item.personas),
            "guests": item.guests,
            "flips": {claim: str(verdict) for claim, verdict in item.flips.items()},
            "next": {claim: str(verdict) for claim, verdict in item.next.items()},
            "active": item.id in in_force,
        }
        for item in breaks
    ]
