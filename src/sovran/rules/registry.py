# SPDX-License-Identifier: Apache-2.0
"""From the name of a rule to the function, the facts it needs and the parameters it takes."""

import functools
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from sovran.cloud.facts import PROVIDERS
from sovran.cloud.outcome import Ok
from sovran.model.claim import Claim
from sovran.model.errors import UsageError
from sovran.model.finding import Examined, Finding
from sovran.probes.registry import BY_FACT

Answer = Iterator[Finding | Examined]
"""What a rule yields."""
FACTS = PROVIDERS.keys() | BY_FACT.keys()
"""Types that a rule can ask for: what is read, and what probes see."""


@dataclass(frozen=True)
class Rule:
    """A rule function, as its signature describes it: facts by position, parameters by keyword."""

    function: Callable[..., Answer]
    facts: tuple[type, ...]
    """Fact types, in the order of the function's positional parameters."""
    wants_outcome: frozenset[type]
    """Facts that the rule takes as an Outcome, also when they could not be read."""
    beside: frozenset[type]
    """Facts that the rule takes where they were had for others' sake, and does not ask for: the last positional
    parameters, with a default. So nothing costly is done for what they add.
    """
    parameters: dict[str, Any]
    """Keyword parameters and their types."""
    required: frozenset[str]
    """Keyword parameters without a default."""

    @property
    def doc(self) -> str:
        """How the rule decides: the first paragraph of its docstring."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())


def _fact_of(annotation: Any) -> tuple[type, bool] | None:
    """The fact type behind an annotation and whether it is asked for as an Outcome; None: not a fact."""
    if annotation in FACTS:
        return annotation, False
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            if typing.get_origin(part) is Ok:
                return typing.get_args(part)[0], True
    return None


@functools.cache
def find_rule(name: str) -> Rule:
    """The rule `module.function` below `sovran.rules`.

    Raises UsageError when there is no such function or its signature is not a rule's.
    """
    module_name, _, function_name = name.rpartition(".")
    try:
        function = getattr(importlib.import_module(f"sovran.rules.{module_name}"), function_name)
    except (ImportError, AttributeError):
        raise UsageError(f"no rule is called {name!r}: correct `rule` in the standards data") from None
    facts: list[type] = []
    outcomes: set[type] = set()
    beside: set[type] = set()
    parameters: dict[str, Any] = {}
    required: set[str] = set()
    hints = typing.get_type_hints(function)
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            parameters[parameter.name] = hint
            if parameter.default is inspect.Parameter.empty:
                required.add(parameter.name)
            continue
        fact = _fact_of(hint)
        if fact is None:
            raise UsageError(f"rule {name!r} takes {parameter.name!r}, which is no fact that sovran can read")
        facts.append(fact[0])
        if fact[1]:
            outcomes.add(fact[0])
        if parameter.default is not inspect.Parameter.empty:
            beside.add(fact[0])
    return Rule(function, tuple(facts), frozenset(outcomes), frozenset(beside), parameters, frozenset(required))


def bind(claim: Claim) -> dict[str, Any]:
    """The claim's parameters, as the types that its rule declares.

    Raises UsageError, naming the claim, for a parameter that is unknown, missing or of the wrong type.
    """
    assert claim.rule is not None  # noqa: S101 - callers select claims that have a rule
    rule = find_rule(claim.rule)
    unknown = sorted(claim.parameters.keys() - rule.parameters.keys())
    missing = sorted(rule.required - claim.parameters.keys())
    if unknown or missing:
        wrong = f"has no parameter {unknown[0]!r}" if unknown else f"needs the parameter {missing[0]!r}"
        raise UsageError(f"claim {claim.id}: rule {claim.rule} {wrong}; correct the standards data")
    try:
        return {name: msgspec.convert(value, rule.parameters[name]) for name, value in claim.parameters.items()}
    except msgspec.ValidationError as error:
        raise UsageError(f"claim {claim.id}: rule {claim.rule}: {error}; correct the standards data") from None
