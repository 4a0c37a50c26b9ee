# SPDX-License-Identifier: Apache-2.0
"""A small standard and scope in a folder of their own, for tests that break them."""

from pathlib import Path

STANDARD = """\
id: own-0001
title: Own rules
body: own
documents:
- {id: own-0001-v1, status: Stable}
- {id: own-0001-v2, status: Draft}
tables:
  sizes:
    columns: [name, gib]
    rows:
    - [Small, 1]
    - [Large, 8]
requirements:
- id: "0001-01"
  level: MUST
  who: [tenant]
  text: Sizes exist.
  rule: own.present
  parameters:
    wanted: {table: sizes}
  source: own-0001-v1, Sizes
- id: "0001-02"
  level: SHOULD
  who: [document]
  documents: [v2]
  text: Somebody writes it down.
  rule: null
  source: own-0001-v2, Papers
  evidence: The paper.
- id: "0001-03"
  level: MUST
  who: [tenant]
  text: Figures hold.
  rule: own.figures
  parameters: {strict: true}
  parameters_by_document:
    v1: {least: 1}
    v2: {least: 2}
  source: own-0001-v1, Figures
testcases:
- each: [sizes]
  id: own-0001-size-{name|lower}
  covers: ["0001-01"]
  level: MUST
  text: There is {name} with {gib} GiB.
  rule: own.official
  parameters: {name: "{name}", gib: "{gib}", list: ["{name}"]}
  source: own-0001-v1, Tests
"""

SCOPE = """\
id: own-scope
name: Own scope
uuid: 00000000-0000-4000-8000-000000000001
url: https://example.org/scope.yaml
modules:
- id: own-m1
  document: own-0001-v1
  standard: own-0001
  targets:
    main:
    - own-0001-size-small
    recommended:
    - own-0001-size-large
- id: own-m2
  document: own-0001-v2
  standard: own-0001
  targets:
    main:
    - own-0001-size-large
    - own-0001-size-small
- id: other
  document: other-0009-v1
  standard: other-0009
  targets:
    main: [other-0009-anything]
versions:
- version: v2
  include: [own-m2]
- version: v1
  stabilized_at: 2025-01-01
  include: [own-m1, other]
pruned:
  v0: the first attempt
timeline:
- date: 2026-01-01
  versions: {v2: effective, v1: effective}
- date: 2025-01-01
  versions: {v1: effective, v0: warn}
"""


def write(folder: Path, standard: str = STANDARD, scope: str = SCOPE) -> Path:
    """Put the two files into the folder; returns it."""
    (folder / "scopes").mkdir(parents=True, exist_ok=True)
    (folder / "own-0001.yaml").write_text(standard)
    (folder / "scopes" / "own-scope.yaml").write_text(scope)
    return folder
