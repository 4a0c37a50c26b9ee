# SPDX-License-Identifier: Apache-2.0
"""The environment of the upstream packages: made once per pinned set and Python version, shared by all labs."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sovran.lab.folders import home, locked, make_private
from sovran.lab.prerequisites import NEWEST
from sovran.model.errors import SovranError

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
UV = Path(__file__).with_name("requirements-uv.txt")


@dataclass(frozen=True)
class Environment:
    """An installed set of packages."""

    folder: Path
    digest: str

    @property
    def python(self) -> str:
        """Path of its interpreter."""
        return str(self.folder / "bin" / "python")

    def command(self, name: str) -> str:
        """Path of one of its commands."""
        return str(self.folder / "bin" / name)

    def variables(self, temporary: Path) -> dict[str, str]:
        """Environment variables for its processes.

        Nothing of the caller's is passed on: oslo.config reads OS_* variables as options, requests reads proxies.
        """
        return {
            "PATH": f"{self.folder / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(temporary),
            "XDG_CACHE_HOME": str(self.folder / "cache"),  # stevedore's list of plugins, the same for every lab
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            "PYTHONWARNINGS": "ignore",
            "PYTHONNOUSERSITE": "1",
            "SPT_NOENV": "1",  # setproctitle would overwrite the environment that `processes` reads
            "MALLOC_ARENA_MAX": "2",  # one arena per thread would cost memory
        }


def digest() -> str:
    """Identifies the pinned set together with the Python version."""
    version = f"{sys.implementation.cache_tag}".encode()
    return hashlib.sha256(version + REQUIREMENTS.read_bytes()).hexdigest()[:16]


def ensure(report: Callable[[str], None]) -> Environment:
    """The environment, installed first if it is not there yet.

    Raises:
        SovranError: this Python is too new, or the installation failed.
    """
    if sys.version_info[:2] > NEWEST:
        raise SovranError(
            f"the lab's packages need Python 3.11 to {NEWEST[0]}.{NEWEST[1]}, this is"
            f" {sys.version_info[0]}.{sys.version_info[1]}: run sovran with one of those"
        )
    found = Environment(home() / "env" / digest(), digest())
    complete = found.folder / "complete"
    if complete.exists():
        return found
    with locked(home() / "env" / "lock", report):
        if not complete.exists():
            report("installing the upstream services (once, about 500 MB on disk)")
            _install(found.folder)
            _list_plugins(found)
            complete.touch()
    return found


def find_uv() -> str | None:
    """Path of uv: beside this Python, else on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _install(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    make_private(folder.parent)
    uv = find_uv() or _bootstrap_uv(folder.parent / "uv")
    _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder)])
    _run(
        [
            *(uv, "pip", "install", "--quiet", "--no-config", "--python", str(folder / "bin" / "python")),
            *("--require-hashes", "--no-deps", "--compile-bytecode", "-r", str(REQUIREMENTS)),
        ]
    )


def _list_plugins(environment: Environment) -> None:
    """Let stevedore write its cache of entry points now, so that no service has to read 180 packages for it."""
    program = "from stevedore import _cache; _cache.get_group_all('oslo.config.opts')"
    _run([environment.python, "-P", "-c", program], environment.variables(environment.folder))


def _bootstrap_uv(folder: Path) -> str:
    """Install uv into an environment of its own with venv and pip."""
    _run([sys.executable, "-m", "venv", str(folder)])
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(UV)])
    return str(folder / "bin" / "uv")


def _run(command: list[str], variables: dict[str, str] | None = None) -> None:
    variables = variables or {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        why = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")
        raise SovranError(f"installing the lab's packages failed ({why}): cure that and run `sovran lab up` again")
