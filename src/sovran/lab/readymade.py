# SPDX-License-Identifier: Apache-2.0
"""The ready-made state: databases with schemas, users and catalog, made once per pinned set and shared by all labs."""

import hashlib
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from sovran.lab import config, databases, description, keys, ports, processes, startup, topology
from sovran.lab.config.ini import IN_MEMORY_RPC, Setting, database_url
from sovran.lab.environment import Environment
from sovran.lab.folders import home, locked, locked_if_free, make_private
from sovran.lab.identities import create_identities
from sovran.model.errors import SovranError

Report = Callable[[str], None]
MAKERS = (
    "readymade.py",
    "identities.py",
    "topology.py",
    "services/neutron.py",
    "services/octavia.py",
    "services/barbican.py",
)
"""The lab's own code that decides what the ready-made state contains."""


def digest(environment: Environment) -> str:
    """Identifies what the ready-made state depends on: the packages and the lab's own code."""
    code = hashlib.sha256(environment.digest.encode())
    for name in MAKERS:
        code.update((Path(__file__).parent / name).read_bytes())
    return code.hexdigest()[:16]


def ensure(environment: Environment, report: Report) -> Path:
    """The folder with the ready-made databases, made first if they are not there yet."""
    folder = home() / "readymade" / digest(environment)
    if folder.exists():
        return folder
    with locked(_lock(), report):
        if not folder.exists():
            report("making the ready-made state (once): databases, users, catalog")
            _make(environment, folder)
    return folder


def end_leftovers() -> None:
    """End the processes of a making that was killed, and remove what it has written; leave one that goes on alone."""
    with locked_if_free(_lock()) as free:
        if free:
            _end_leftovers()


def _lock() -> Path:
    return home() / "readymade" / "lock"


def _end_leftovers() -> None:
    for building in (home() / "readymade").glob("*.new"):
        lab = description.load(building)
        if lab is not None:
            processes.stop(lab.marker)
        shutil.rmtree(building)


def _make(environment: Environment, folder: Path) -> None:
    _end_leftovers()
    building = make_private(folder.with_name(f"{folder.name}.new"))
    names = [port for service in topology.SERVICES for port in service.ports]
    lab = description.draw("readymade", tuple(topology.BY_NAME), ports.choose(names))
    setting = Setting(lab, building, environment.folder)
    description.save(building, lab)
    prepare(setting)
    try:
        _create_schemas(setting, environment)
        startup.start(setting, environment, ["keystone"])
        startup.wait(setting, ["keystone"], (), lambda _: None)
        create_identities(lab)
    finally:
        processes.stop(lab.marker)
    kept = make_private(folder.with_name(f"{folder.name}.kept"))
    databases.copy(building / "data", kept)
    shutil.rmtree(building)
    kept.rename(folder)


def prepare(setting: Setting) -> None:
    """Make a lab's folders, keys and configuration files."""
    for name in (
        "run",
        "log",
        "home",
        *(
            f"data/{part}"
            for part in (
                "locks",
                "staging",
                "tasks",
                "images",
                "swift/d1",
                "volumes",
                "backups",
                "conversion",
                "nova",
                "neutron",
                "cinder",
            )
        ),
    ):
        make_private(setting.folder / name)
    keys.create(setting)
    config.write(setting)


def _create_schemas(setting: Setting, environment: Environment) -> None:
    data = setting.folder / "data"

    def tool(name: str, service: str, file: str, *arguments: str) -> list[str]:
        return [environment.command(name), "--config-file", setting.etc(service, file), *arguments]

    def schema(service: str) -> list[str]:
        start = str(Path(__file__).parent / "services" / "start.py")
        return [environment.python, "-P", start, "--create-schema", service, setting.database(service)]

    admin = setting.lab.passwords["admin"]
    chains: list[list[list[str]]] = [
        [
            tool("nova-manage", "nova", "nova.conf", "api_db", "sync"),
            ["cells"],
            tool("nova-manage", "nova", "nova.conf", "db", "sync"),
        ],
        [
            tool("keystone-manage", "keystone", "keystone.conf", "db_sync"),
            tool(
                *("keystone-manage", "keystone", "keystone.conf", "bootstrap", "--bootstrap-password", admin),
                *("--bootstrap-region-id", topology.REGION, "--bootstrap-public-url", setting.keystone),
                *("--bootstrap-internal-url", setting.keystone, "--bootstrap-admin-url", setting.keystone),
            ),
        ],
        [tool("cinder-manage", "cinder", "cinder.conf", "db", "sync")],
        [tool("glance-manage", "glance", "glance-api.conf", "db", "sync")],
        [schema("neutron")],
        [schema("octavia")],
        [tool("placement-manage", "placement", "placement.conf", "db", "sync")],
        [schema("barbican")],
    ]

    def run(chain: list[list[str]]) -> None:
        for command in chain:
            if command == ["cells"]:
                _create_cells(data)
            else:
                _run(command, environment, setting)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, chains))


def _create_cells(data: Path) -> None:
    """The rows that `nova-manage cell_v2 map_cell0` and `create_cell` would write, at a tenth of the time."""
    with closing(sqlite3.connect(data / "nova_api.sqlite")) as nova, nova:
        for uuid, cell, transport in (
            ("00000000-0000-0000-0000-000000000000", "cell0", "none:///"),
            ("11111111-1111-4111-8111-111111111111", "cell1", IN_MEMORY_RPC),
        ):
            nova.execute(
                "INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled, created_at)"
                " VALUES (?, ?, ?, ?, 0, datetime('now'))",
                (uuid, cell, transport, database_url(data, f"nova_{cell}")),
            )


def _run(command: list[str], environment: Environment, setting: Setting) -> None:
    variables = environment.variables(setting.folder / "home")
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**variables, processes.MARKER: setting.lab.marker},
        cwd=setting.folder,
        umask=0o077,
        check=False,
    )
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise SovranError(f"{Path(command[0]).name} {' '.join(command[3:5])} failed: {lines[-1] if lines else ''}")
