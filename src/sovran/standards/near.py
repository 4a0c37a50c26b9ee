# SPDX-License-Identifier: Apache-2.0
"""Near names: what the user probably meant by a name that is not known."""

from collections.abc import Iterable


def near_names(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` of the known names that resemble the word, nearest first; case does not count."""
    import difflib

    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(name.casefold(), name)
    return [by_fold[match] for match in difflib.get_close_matches(word.casefold(), by_fold, count, cutoff=0.6)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that names what is near, or all that is known if that is short, or nothing."""
    names = tuple(known)
    near = near_names(word, names)
    if near:
        return f"; did you mean {' or '.join(f'`{name}`' for name in near)}?"
    if 0 < len(names) <= 16:
        return f"; known are {', '.join(names)}"
    return ""
