# SPDX-License-Identifier: Apache-2.0
"""The border router of the lab's internet: learns from OVN behind which router each IPv6 network of a project is.

IPv4 needs none of it, since routers translate; a real cloud announces its IPv6 networks by BGP.
"""

import ipaddress
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LINK = ipaddress.ip_network("2001:db8:113::/64")
"""The network between the routers and the internet."""
TABLES = {"Logical_Router": ["ports"], "Logical_Router_Port": ["networks"]}
AGAIN = 0.5
"""Seconds until the database is looked for again."""


def routes(routers: list[list[str]]) -> dict[str, str]:
    """Network to the next hop, of the addresses of each router's ports."""
    found = {}
    for addresses in routers:
        interfaces = [ipaddress.ip_interface(address) for address in addresses]
        global6 = [one for one in interfaces if one.version == 6 and not one.is_link_local]
        hop = next((str(one.ip) for one in global6 if one.ip in LINK), None)
        if hop:
            found.update({str(one.network): hop for one in global6 if one.ip not in LINK})
    return found


def keep(database: Path, device: str) -> None:
    """Keep the routes as OVN's northbound database wants them; never ends."""
    known: dict[str, str] = {}
    while True:
        try:
            for wanted in _watch(database):
                for network in set(known) - set(wanted):
                    _ip("del", network, known[network], device)
                for network, hop in wanted.items():
                    if known.get(network) != hop:
                        _ip("replace", network, hop, device)
                known = wanted
        except (OSError, EOFError, ValueError):
            time.sleep(AGAIN)


def _ip(action: str, network: str, hop: str, device: str) -> None:
    subprocess.run(["ip", "-6", "route", action, network, "via", hop, "dev", device], check=False, capture_output=True)


def _watch(database: Path) -> Iterator[dict[str, str]]:
    """The routes now, and after each change (OVSDB management protocol, RFC 7047, sections 4.1.5 to 4.1.11).

    Raises:
        EOFError: the server is gone.
    """
    rows: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(database))
        asked = {table: {"columns": columns} for table, columns in TABLES.items()}
        _send(connection, {"method": "monitor", "params": ["OVN_Northbound", None, asked], "id": 0})
        for message in _messages(connection):
            if message.get("method") == "echo":
                _send(connection, {"id": message["id"], "result": message["params"], "error": None})
                continue
            changes = message["result"] if message.get("id") == 0 else message.get("params", [None, {}])[1]
            for table, changed in changes.items():
                for key, row in changed.items():
                    if "new" in row:
                        rows[table][key] = {**rows[table].get(key, {}), **row["new"]}
                    else:
                        rows[table].pop(key, None)
            yield routes(_addresses(rows))


def _addresses(rows: dict[str, dict[str, Any]]) -> list[list[str]]:
    ports = {key: _elements(row["networks"]) for key, row in rows["Logical_Router_Port"].items()}
    return [
        [address for (_, port) in _references(router["ports"]) for address in ports.get(port, [])]
        for router in rows["Logical_Router"].values()
    ]


def _references(value: Any) -> list[Any]:
    """The same of a set of rows: each is a pair, as is the set."""
    return list(value[1]) if value[0] == "set" else [value]


def _elements(value: Any) -> list[Any]:
    """The elements of a set, which is written as its element when it has exactly one."""
    return list(value[1]) if isinstance(value, list) and value[0] == "set" else [value]


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode())


def _messages(connection: socket.socket) -> Iterator[dict[str, Any]]:
    decoder, text = json.JSONDecoder(), ""
    while piece := connection.recv(1 << 16):
        text += piece.decode()
        while text:
            try:
                message, end = decoder.raw_decode(text)
            except ValueError:
                break  # the rest is under way
            yield message
            text = text[end:].lstrip()
    raise EOFError("the database has closed the connection")
