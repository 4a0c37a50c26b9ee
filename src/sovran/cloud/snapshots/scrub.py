# SPDX-License-Identifier: Apache-2.0
"""Takes out of text what looks like a secret: the net below the allow-list, for texts that rules do need."""

import functools
import re
from collections import Counter
from typing import Any, NamedTuple

MARK = "[removed: {}]"
"""What stands in place of a removed text, with the name of its kind."""

_KEYWORDS = (
    r"pass(?:word|wd|phrase)|admin_?pass|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential"
    r"|user_?data|temp_url_sig|signature|cookie"
)
_ASSIGNED_WORDS = (
    *(
        "pass",
        "secret",
        "token",
        "api_key",
        "api-key",
        "apikey",
        "access_key",
        "access-key",
        "accesskey",
        "private_key",
    ),
    *("private-key", "privatekey", "credential", "user_data", "userdata", "temp_url_sig", "signature", "cookie"),
)


class _Pattern(NamedTuple):
    """One kind of secret; the words, in lower case, of which one is in every text that has it: cheap to look for."""

    kind: str
    words: tuple[str, ...]
    expression: re.Pattern[str]
    replacement: str

    def found(self, text: str, lowered: str) -> bool:
        return any(word in lowered for word in self.words) and bool(self.expression.search(text))


def _pattern(kind: str, words: tuple[str, ...], expression: str, replacement: str | None = None) -> _Pattern:
    return _Pattern(kind, words, re.compile(expression), MARK.format(kind) if replacement is None else replacement)


_PATTERNS = (
    _pattern(
        "private key",
        ("private key",),
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,50}-----|\Z)",
    ),
    _pattern("login in a URL", ("@",), r"(?<=://)[^/@\s]+@", ""),
    _pattern("token", ("gaaaa",), r"gAAAA[A-Za-z0-9_=-]{16,}"),
    _pattern("token", ("eyj",), r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]{4,}"),
    _pattern(
        "token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "hvs.", "dckr_pat_"),
        r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|hvs\.|dckr_pat_)[A-Za-z0-9_-]{12,}",
    ),
    _pattern("access key", ("akia", "asia"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _pattern(
        "token",
        ("bearer", "basic", "negotiate"),
        r"(?i)\b(?:bearer|basic|negotiate)\s+[A-Za-z0-9+/_.=~-]{8,}",
    ),
    _pattern("e-mail address", ("@",), r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    # `password=...`, `"token": "..."`: the name stays, what it is set to goes
    _pattern(
        "secret",
        _ASSIGNED_WORDS,
        rf"(?i)((?:{_KEYWORDS})[\w.-]{{0,40}}[\"']?\s{{0,4}}[:=]\s{{0,4}}[\"']?)(?!\[removed: )[^\s\"'&,;<>]+",
        rf"\1{MARK.format('secret')}",
    ),
)
_SECRET_NAME = re.compile(rf"(?i){_KEYWORDS}|(?:^|[_.:-])(?:pass|pwd|pin|auth)$")
_FOREIGN_NAME = re.compile(
    r"(?i)^(?:owner|user_?(?:id|name)|project_?id|tenant_?id|e-?mail|direct_url|locations|file|key_name|links)$"
)


class Scrubber:
    """Scrubs texts and counts, by kind, what it removed."""

    def __init__(self) -> None:
        self.removed: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """`text` without what looks like a secret; scrubbing it again changes nothing."""
        lowered = text.lower()
        for pattern in _PATTERNS:
            if pattern.found(text, lowered):
                text, count = pattern.expression.subn(pattern.replacement, text)
                self.removed[pattern.kind] += count
        return text

    def url(self, url: str) -> str:
        """A URL without login, query and fragment."""
        plain = re.split("[?#]", url, maxsplit=1)[0]
        self.removed["query of a URL"] += plain != url
        return self.text(plain)

    def tree(self, value: Any) -> Any:
        """The same JSON value with every text scrubbed, names of mappings too."""
        if isinstance(value, str):
            return self.text(value) if len(value) > 5 else value
        if isinstance(value, dict):
            return {self.text(name): self.tree(one) for name, one in value.items()}
        return [self.tree(one) for one in value] if isinstance(value, list) else value

    def free(self, mapping: dict[str, Any]) -> dict[str, Any]:
        """A mapping whose names the cloud or its users choose: without foreign ids, and without values of names that
        speak of a secret, which become markers of the same type.
        """
        return {name: self._free_value(name, value) for name, value in mapping.items() if not is_foreign(name)}

    def hidden(self, value: Any) -> Any:
        """A marker in place of a value whose name speaks of a secret."""
        said_nothing = marker(value)
        self.removed["secret"] += said_nothing != value
        return said_nothing

    def _free_value(self, name: str, value: Any) -> Any:
        if is_secret(name):
            return self.hidden(value)
        if isinstance(value, dict):
            return self.free(value)
        return [self._free_value("", one) for one in value] if isinstance(value, list) else value


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    return bool(_SECRET_NAME.search(name))


@functools.lru_cache(maxsize=4096)
def is_foreign(name: str) -> bool:
    """Whether a name of a free mapping stands for whose the thing is or where its data lie: no rule needs that."""
    return bool(_FOREIGN_NAME.match(name))


def suspicious(text: str) -> bool:
    """Whether scrubbing would change something in this JSON text; may be true of a text in which it would not."""
    lowered = text.lower()
    return any(pattern.found(text, lowered) for pattern in _PATTERNS)


def marker(value: Any) -> Any:
    """Something of the same JSON type that says nothing."""
    if isinstance(value, str):
        return MARK.format("secret") if value else ""
    if isinstance(value, dict | list):
        return type(value)()
    return value if value is None or isinstance(value, bool) else type(value)()
