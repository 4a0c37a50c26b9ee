# SPDX-License-Identifier: Apache-2.0
"""What a guest asks, as a program that the tests run inside a namespace; prints JSON, `null` when nobody answers.

`dhcp DEVICE MAC`, `http URL [HEADER:VALUE]`, `tcp HOST PORT`, `dns SERVER NAME TYPE`,
`dns-plain SERVER NAME TYPE`, `ntp HOST`, `ping HOST [SIZE]`
"""

import ipaddress
import json
import os
import socket
import struct
import sys
import time
import urllib.error
import urllib.request
from typing import Any

PATIENCE = 4


def dhcp(device: str, mac: str) -> dict[str, Any]:
    """A lease, and what came with it (RFC 2131, 2132, 3442, 3397)."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as link:
        link.bind((device, 0))
        link.settimeout(1)
        number = os.urandom(4)
        offered = _exchange(link, mac, number, bytes([53, 1, 1]), 2)
        chosen = bytes([50, 4]) + offered[0].packed + bytes([54, 4]) + offered[1][54]
        address, options = _exchange(link, mac, number, bytes([53, 1, 3]) + chosen, 5)
    return {
        "address": str(address),
        "prefix": bin(int.from_bytes(options[1], "big")).count("1"),
        "mtu": int.from_bytes(options[26], "big"),
        "dns": [str(ipaddress.ip_address(options[6][i : i + 4])) for i in range(0, len(options.get(6, b"")), 4)],
        "domain": options.get(15, b"").decode(),
        "routes": list(_routes(options.get(121, b""))),
    }


def _exchange(
    link: socket.socket, mac: str, number: bytes, options: bytes, wanted: int
) -> tuple[ipaddress.IPv4Address, dict[int, bytes]]:
    sender = bytes.fromhex(mac.replace(":", ""))
    asked = bytes([55, 7, 1, 3, 6, 15, 26, 119, 121])
    body = struct.pack("!BBBB4sHH16x", 1, 1, 6, 0, number, 0, 0x8000) + sender.ljust(16, b"\0") + bytes(192)
    body += b"\x63\x82\x53\x63" + options + asked + b"\xff"
    datagram = struct.pack("!HHHH", 68, 67, 8 + len(body), 0) + body
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    head = head[:10] + struct.pack("!H", _sum(head)) + head[12:]
    for _ in range(5):
        link.send(b"\xff" * 6 + sender + b"\x08\x00" + head + datagram)
        limit = time.monotonic() + 1
        while time.monotonic() < limit:
            try:
                frame = link.recv(2048)
            except TimeoutError:
                break
            if frame[23:24] == b"\x11" and frame[34:38] == struct.pack("!HH", 67, 68) and frame[46:50] == number:
                found = _options(frame[282:])
                if found.get(53) == bytes([wanted]):
                    return ipaddress.IPv4Address(frame[58:62]), found
    raise SystemExit("no answer by DHCP")


def _sum(data: bytes) -> int:
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    return ~(total + (total >> 16)) & 0xFFFF


def _options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while data and data[0] != 255:
        found[data[0]] = data[2 : 2 + data[1]]
        data = data[2 + data[1] :]
    return found


def _routes(data: bytes) -> Any:
    while data:
        octets = (data[0] + 7) // 8
        destination = ipaddress.ip_address(data[1 : 1 + octets].ljust(4, b"\0"))
        yield f"{destination}/{data[0]}", str(ipaddress.ip_address(data[1 + octets : 5 + octets]))
        data = data[5 + octets :]


def http(url: str, *headers: str) -> Any:
    """Status and body."""
    asked = urllib.request.Request(url, headers=dict(header.split(":", 1) for header in headers))  # noqa: S310  # the lab's
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=PATIENCE) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]
    except OSError:
        return None


def tcp(host: str, port: str) -> str:
    """`open`, `rejected` or `dropped`, as the tests' words are."""
    try:
        socket.create_connection((host, int(port)), 2).close()
    except ConnectionRefusedError:
        return "rejected"
    except OSError:
        return "dropped"
    return "open"


def dns_plain(server: str, name: str, kind: str) -> Any:
    """The same as `dns`, without EDNS."""
    return dns(server, name, kind, extended=False)


def dns(server: str, name: str, kind: str, *, extended: bool = True) -> Any:
    """Code, AD and the answers' types and values; asks with EDNS and DO."""
    number = {"A": 1, "AAAA": 28}[kind]
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = labels + struct.pack("!BHH", 0, number, 1)
    more = struct.pack("!BHHIH", 0, 41, 1232, 0x8000, 0) if extended else b""
    packet = struct.pack("!6H", 4711, 0x0120, 1, 0, 0, int(extended)) + question + more
    with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE)
        try:
            asking.connect((server, 53))
            asking.send(packet)
            answer = asking.recv(4096)
        except OSError:
            return None
    flags, _, answers = struct.unpack_from("!3H", answer, 2)
    at, found = 12 + len(question), []
    for _ in range(answers):
        while answer[at] and answer[at] < 0xC0:
            at += 1 + answer[at]
        at += 2 if answer[at] else 1
        kind_, _, _, length = struct.unpack_from("!HHIH", answer, at)
        data = answer[at + 10 : at + 10 + length]
        found.append([kind_, str(ipaddress.ip_address(data)) if kind_ in (1, 28) else len(data)])
        at += 10 + length
    return {"code": flags & 15, "authentic": bool(flags & 0x20), "answers": found}


def ntp(host: str) -> float | None:
    """Seconds by which the server's clock is ahead."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE)
        try:
            asking.connect((host, 123))
            asking.send(b"\x23" + bytes(47))
            answer = asking.recv(512)
        except OSError:
            return None
    whole, part = struct.unpack_from("!II", answer, 40)
    return float(whole - 2208988800 + part / 2**32 - time.time())


def ping(host: str, size: str = "56") -> bool:
    """Whether an echo request of so many octets, not to be fragmented, is answered."""
    six = ":" in host
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    asked, answered, skip = (128, 129, 0) if six else (8, 0, 20)
    with socket.socket(family, socket.SOCK_RAW, protocol) as asking:
        if not six:
            asking.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER: do
        packet = struct.pack("!BBHHH", asked, 0, 0, 4711, 1) + bytes(int(size))
        packet = packet[:2] + struct.pack("!H", _sum(packet)) + packet[4:]
        limit = time.monotonic() + 2
        try:
            asking.sendto(packet, (host, 0))
            while (left := limit - time.monotonic()) > 0:
                asking.settimeout(left)
                said, sender = asking.recvfrom(65536)
                if sender[0] == host and said[skip] == answered and said[skip + 4 : skip + 6] == packet[4:6]:
                    return True
        except OSError:
            return False
    return False


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])))  # noqa: T201  # its answer
