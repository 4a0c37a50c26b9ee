# SPDX-License-Identifier: Apache-2.0
"""The commands of a claim's cure, made out for one finding: NAME, IMAGE, SERVICE_ID and the like become what it is."""

import re
import shlex

from sovran.model.finding import Finding, Resource

_CODE = re.compile(r"`((?:openstack|sovran) [^`]+)`")
_PLACEHOLDER = re.compile(r"(?<![\w:{'$=-])[A-Z][A-Z_]*[A-Z](?![\w'}])|(?<==)[A-Z]{2,}(?![\w'}])")
"""A word in capitals that stands alone or is the value of an option."""
NAMED_ONCE = frozenset({"flavor", "volume type", "role"})
"""Kinds of which no two have the same name; others are better addressed by their id."""


def commands(cure: str, finding: Finding) -> tuple[str, ...]:
    """The commands in the text of `cure` that speak of the finding's resource, quoted for a POSIX shell.

    Only commands in which something could be filled in; a placeholder whose value the finding does not tell stays. A
    name that a shell, a terminal or the command itself would take for something else is not filled in.
    """
    made = []
    for command in _CODE.findall(cure):
        filled = _filled(command, _values(finding, command))
        if filled != command:
            made.append(filled)
    return tuple(dict.fromkeys(made))


def _filled(command: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[0], match[0]), command)


def _values(finding: Finding, command: str) -> dict[str, str]:
    """Placeholder to its value, where there is one that is safe to paste."""
    wanted: dict[str, str] = {}
    resource = finding.resource
    if resource:
        kind = resource.kind.upper().split()
        address = _address(resource)
        wanted |= dict.fromkeys(("_".join(kind), *kind[-1:]), address)
        wanted |= dict.fromkeys((f"{'_'.join(kind)}_ID", "ID"), resource.id)
        if " create " not in command:
            # what is to be created need not bear the name of what was found
            wanted["NAME"] = address if resource.kind in NAMED_ONCE else resource.name
    wanted |= {"KEY": finding.field, "VALUE": finding.expected if len(finding.expected.split()) == 1 else ""}
    return {word: shlex.quote(value) for word, value in wanted.items() if _safe(value)}


def _address(resource: Resource) -> str:
    if resource.kind in NAMED_ONCE:
        return resource.name or resource.id
    return resource.id or resource.name


def _safe(value: str) -> bool:
    return bool(value) and value.isprintable() and not value.startswith("-") and len(value) <= 255
