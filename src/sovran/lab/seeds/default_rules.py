# SPDX-License-Identifier: Apache-2.0
"""Neutron's default security group rules: the templates for new groups."""

from collections import Counter

import msgspec

from sovran.lab.seeds.api import AdminApi
from sovran.lab.seeds.offers import DefaultRule
from sovran.lab.seeds.tally import Tally

_PATH = "/v2.0/default-security-group-rules"


class FoundRule(DefaultRule, frozen=True, kw_only=True):
    """A template with its id."""

    id: str

    @property
    def rule(self) -> DefaultRule:
        """What the template says."""
        return DefaultRule(**{name: getattr(self, name) for name in DefaultRule.__struct_fields__})


def list_default_rules(api: AdminApi) -> list[FoundRule]:
    """All templates of the lab."""
    return msgspec.convert(api.listing("neutron", _PATH, "default_security_group_rules"), list[FoundRule])


def put_default_rule(api: AdminApi, rule: DefaultRule, *, present: bool, found: list[FoundRule]) -> str:
    """Make a template be there or not, given those found; returns `made`, `removed` or `kept`.

    Raises:
        SovranError: Neutron refused.
    """
    same = [item.id for item in found if item.rule == rule]
    if present and not same:
        api.call("neutron", "POST", _PATH, {"default_security_group_rule": msgspec.structs.asdict(rule)})
        return "made"
    if not present and same:
        for rule_id in same:
            api.call("neutron", "DELETE", f"{_PATH}/{rule_id}", allow=[404])
        return "removed"
    return "kept"


def converge_default_rules(api: AdminApi, wanted: tuple[DefaultRule, ...]) -> Tally:
    """Make the lab's templates exactly these."""
    found = list_default_rules(api)
    superfluous = [item.rule for item in found if item.rule not in wanted]
    done = [put_default_rule(api, rule, present=False, found=found) for rule in superfluous]
    done += [put_default_rule(api, rule, present=True, found=found) for rule in wanted]
    return Tally(**Counter(done))
