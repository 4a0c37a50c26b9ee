# SPDX-License-Identifier: Apache-2.0
"""What a machine must have before sovran and its lab can be installed; needs nothing but the standard library.

Also a program for the Makefile, before anything is installed: `python3 prerequisites.py` prints what is missing with
the one line that installs it, and exits 1 if something required is.
"""

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

OLDEST, NEWEST = (3, 11), (3, 13)


@dataclass(frozen=True)
class Prerequisite:
    """Something that a Debian package brings."""

    package: str
    present: Callable[[], bool]
    without: str
    """What does not work without it."""
    required: bool = True


def _module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


ALL = (
    Prerequisite("git", _program("git"), "nothing can be cloned"),
    Prerequisite("make", _program("make"), "the Makefile cannot be used"),
    # Debian splits venv: the module is there, what it copies (ensurepip) comes with python3-venv
    Prerequisite("python3-venv", _module("ensurepip"), "no environment can be made"),
    Prerequisite(
        "qemu-utils",
        _program("qemu-img"),
        "volumes cannot be made from images, so servers cannot boot from a volume, and volumes cannot become images",
        required=False,
    ),
)


def missing() -> list[Prerequisite]:
    """What is not there, required things first."""
    return sorted((one for one in ALL if not one.present()), key=lambda one: not one.required)


def install_line(lacking: list[Prerequisite]) -> str:
    """The one line that installs all that is lacking on Debian 12 and 13."""
    return f"sudo apt-get install --no-install-recommends {' '.join(one.package for one in lacking)}"


def notes() -> list[str]:
    """One line for each optional thing that is missing: which feature is off, and how to get it."""
    return [f"without {one.package}, {one.without} ({install_line([one])})" for one in missing() if not one.required]


def complaint() -> str:
    """Why this machine cannot run the lab; empty when it can."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        return (
            f"this is Python {version[0]}.{version[1]}, but the lab's packages need"
            f" {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
        )
    lacking = missing()
    if any(one.required for one in lacking):
        return f"something is missing, install it with: {install_line(lacking)}"
    return ""


if __name__ == "__main__":
    said = complaint()
    print("\n".join([said] if said else notes()), file=sys.stderr)  # noqa: T201  # a program of its own, too
    sys.exit(bool(said))
