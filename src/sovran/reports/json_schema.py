# SPDX-License-Identifier: Apache-2.0
"""Makes the published JSON Schema of the report from the records themselves: `python -m sovran.reports.json_schema`."""

import ast
import datetime
import inspect
import itertools
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from sovran.model import claim, finding, matrix, probe_run, report, scope, verdict, waiver
from sovran.reports import json_report

SCHEMA_ID = f"urn:sovran:report:{json_report.VERSION}"
SCHEMA_FILE = Path(__file__).with_name("schema") / f"sovran-report-{json_report.VERSION}.json"
MODULES = (json_report, report, finding, verdict, claim, scope, waiver, matrix, probe_run)
"""Where the records of a report are defined; their docstrings become the descriptions."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document that `json_report.render` writes.

    Every key is required, since sovran always writes all of them; a consumer ignores keys that it does not know.
    """
    (_, components) = msgspec.json.schema_components([json_report.Document], ref_template="#/$defs/{name}")
    for name, definition in components.items():
        _describe(name, definition)
    root = components.pop("Document")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **root,
        "title": "sovran report",
        "$defs": dict(sorted(components.items())),
    }


def text() -> str:
    """The schema as it stands in the file."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


def _describe(name: str, definition: dict[str, Any]) -> None:
    """Add to one definition what the docstrings below its fields or members say."""
    described = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    documentation = _documentation(described)
    if issubclass(described, StrEnum):
        words = (
            f"{member.value}: {documentation[member.name]}" for member in described if member.name in documentation
        )
        definition["description"] = " ".join((definition["description"], *words))
        definition["enum"] = [member.value for member in described]
        return
    for key, value in definition["properties"].items():
        value.pop("default", None)
        if key in documentation:
            value["description"] = documentation[key]
        if described.__annotations__[key] is datetime.datetime:
            value["format"] = "date-time"
    definition["required"] = list(definition["properties"])


def _documentation(described: type) -> dict[str, str]:
    """Field or member name to the docstring below it, its lines joined."""
    (body,) = ast.parse(inspect.getsource(described)).body
    found: dict[str, str] = {}
    for named, below in itertools.pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
        targets = named.targets if isinstance(named, ast.Assign) else [getattr(named, "target", None)]
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            words = " ".join(below.value.value.split())
            found.update({target.id: words for target in targets if isinstance(target, ast.Name)})
    return found


if __name__ == "__main__":
    SCHEMA_FILE.write_text(text(), encoding="utf-8")
