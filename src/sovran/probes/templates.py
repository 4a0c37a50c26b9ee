# SPDX-License-Identifier: Apache-2.0
"""Templates of requests in the tables of probes: texts with names in braces, also inside mappings and lists."""

from string import Formatter
from typing import Any


def filled(template: Any, words: dict[str, str]) -> Any:
    """The template with the words in place of their names in braces; raises KeyError for a word that there is not."""
    if isinstance(template, str):
        return template.format_map(words)
    if isinstance(template, dict):
        return {key: filled(value, words) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, words) for value in template]
    return template


def words_in(template: Any) -> frozenset[str]:
    """The names in braces."""
    if isinstance(template, str):
        return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)
    if isinstance(template, dict):
        return words_in(tuple(template.values()))
    if isinstance(template, list | tuple):
        return frozenset(word for part in template for word in words_in(part))
    return frozenset()
