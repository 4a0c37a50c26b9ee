# SPDX-License-Identifier: Apache-2.0
"""Finds the place in a YAML file that a path such as `requirements[3].level` speaks of."""

from collections.abc import Iterator

import yaml

from sovran.standards.explain_error import Fault

_MERGE = "tag:yaml.org,2002:merge"


def locate(root: yaml.Node | None, fault: Fault) -> yaml.Mark | None:
    """Where the fault stands: its key if it is about a key, else the value; the nearest parent if it is nowhere."""
    if root is None:
        return None
    node = root
    for step in fault.path:
        found = _child(node, step)
        if found is None:
            break
        node = found
    if fault.key is not None:
        for key, _ in _pairs(node):
            if key.value == fault.key:
                return key.start_mark
    return node.start_mark


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(step, int):
        return node.value[step] if isinstance(node, yaml.SequenceNode) and step < len(node.value) else None
    return next((value for key, value in _pairs(node) if key.value == step), None)


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping: its own first, then what it merges by `<<`."""
    if not isinstance(node, yaml.MappingNode):
        return
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged.extend(value.value if isinstance(value, yaml.SequenceNode) else [value])
        else:
            yield key, value
    for other in merged:
        yield from _pairs(other)
