# SPDX-License-Identifier: Apache-2.0
"""A member's servers in a lab with guests: they really boot, keep what they are given, and leave nothing."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sovran.lab import lifecycle
from sovran.lab.guests import places
from sovran.lab.seeds import bootable
from tests.live.guest_servers import Servers, script, servers
from tests.live.live_lab import LiveLab
from tests.live.pseudo_guest import ask
from tests.live.waiting import state, wait

pytestmark = pytest.mark.live
IMAGE, DISK_FLAVOR, VOLUME_FLAVOR = "Debian 12", "SCS-1V-4-10", "SCS-1L-1"
GIB = 1 << 30


@pytest.fixture(scope="module")
def cloud(guest_lab: LiveLab) -> Iterator[Servers]:
    """A member with servers."""
    with servers(guest_lab) as made:
        yield made


@pytest.fixture(scope="module")
def port(cloud: Servers) -> dict[str, Any]:
    """A port behind a router, in a security group that lets TCP port 80 in."""
    network = cloud.wires.network("10.9.0.0/24")
    cloud.wires.router(network["subnet"]["id"])
    group = cloud.wires.make("security_group", name="web")
    rule: dict[str, Any] = {
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 80,
        "port_range_max": 80,
    }
    cloud.wires.make("security_group_rule", security_group_id=group["id"], **rule)
    return cloud.wires.make("port", network_id=network["id"], security_groups=[group["id"]])


def _reached(cloud: Servers, address: str) -> str | None:
    """What the web server at an address says to the internet."""
    internet = places.internet_namespace(cloud.lab.description.marker)
    answer = ask(internet, "http", f"http://{address}/")
    return str(answer[1]) if answer else None


def test_a_server_is_reached_at_a_floating_ip_and_survives_stop_and_reboot(
    cloud: Servers, port: dict[str, Any]
) -> None:
    serve = "mkdir -p /tmp/web; echo from the guest >/tmp/web/index.html; busybox httpd -p 80 -h /tmp/web"
    tap = f"tap{port['id'][:11]}"
    program = script('echo "program of $SOVRAN_PROGRAM"', serve, "echo serving", "sleep 800")
    server = cloud.make(DISK_FLAVOR, program, image=IMAGE, networks=[{"port": port["id"]}])
    assert "program of config-drive" in cloud.await_console(server, "serving")
    assert cloud.status(server) == "ACTIVE"
    public = cloud.member.call("network", "GET", "/v2.0/networks?name=public")["networks"][0]["id"]
    floating = cloud.wires.make("floatingip", floating_network_id=public, port_id=port["id"])["floating_ip_address"]
    wait(lambda: _reached(cloud, floating), {"from the guest\n"})
    assert tap in cloud.taps()

    cloud.act(server, "SHUTOFF", **{"os-stop": None})
    assert tap not in cloud.taps()
    assert cloud.machine(server) is None
    path = f"/v2.0/ports/{port['id']}"
    wait(lambda: state(cloud.member, "network", path, "port"), {"DOWN"})
    cloud.act(server, "ACTIVE", **{"os-start": None})
    wait(lambda: _reached(cloud, floating), {"from the guest\n"})
    for kind in ("SOFT", "HARD"):
        machine = cloud.machine(server)
        cloud.act(server, "ACTIVE", reboot={"type": kind})
        assert cloud.machine(server) not in (None, machine)
        wait(lambda: _reached(cloud, floating), {"from the guest\n"})

    cloud.delete(server)
    assert cloud.left_by(server) == []
    assert tap not in cloud.taps()


def test_a_volume_is_plugged_into_a_server_that_boots_from_one_and_its_data_are_backed_up(cloud: Servers) -> None:
    image = cloud.named("image", "/v2/images", "images", IMAGE)
    root = {"boot_index": 0, "uuid": image, "source_type": "image", "destination_type": "volume", "volume_size": 8}
    disks = "ls /sys/block | grep -c ^[sv]d"
    program = script(
        f"first=$({disks})",
        "echo waiting",
        f"while [ $({disks}) = $first ]; do sleep 0.3; done",
        "disk=/dev/$(ls /sys/block | grep ^[sv]d | tail -n 1)",
        'echo "plugged: $(cat /sys/block/${disk#/dev/}/size) sectors, $(head -c 12 $disk)"',
        "printf from-within | dd of=$disk conv=notrunc,fsync 2>/dev/null",
        "echo written",
        f"while [ $({disks}) != $first ]; do sleep 0.3; done",
        "echo unplugged",
    )
    body: dict[str, Any] = {"block_device_mapping_v2": [{**root, "delete_on_termination": True}]}
    server = cloud.make(VOLUME_FLAVOR, program, **body)
    volume = cloud.member.call("block-storage", "POST", "/volumes", {"volume": {"size": 1}})["volume"]["id"]
    cloud.stack.callback(_delete_volume, cloud, volume)
    wait(lambda: state(cloud.member, "block-storage", f"/volumes/{volume}", "volume"), {"available"})
    file = cloud.lab.folder / "data" / "volumes" / f"volume-{volume}"
    with file.open("rb+") as content:
        content.write(b"from-without")

    cloud.await_console(server, "waiting")
    attachment = {"volumeAttachment": {"volumeId": volume}}
    cloud.member.call("compute", "POST", f"/servers/{server}/os-volume_attachments", attachment)
    console = cloud.await_console(server, "written")
    assert f"plugged: {GIB // 512} sectors, from-without" in console
    cloud.member.call("compute", "DELETE", f"/servers/{server}/os-volume_attachments/{volume}")
    cloud.await_console(server, "unplugged")
    wait(lambda: state(cloud.member, "block-storage", f"/volumes/{volume}", "volume"), {"available"})
    assert file.read_bytes()[:11] == b"from-within"

    backup = cloud.member.call("block-storage", "POST", "/backups", {"backup": {"volume_id": volume}})["backup"]["id"]
    wait(lambda: state(cloud.member, "block-storage", f"/backups/{backup}", "backup"), {"available"})
    cloud.member.call("block-storage", "DELETE", f"/backups/{backup}")
    # the program is at its end, so that the guest powers itself off
    wait(lambda: cloud.status(server), {"SHUTOFF"})
    cloud.delete(server)
    assert cloud.left_by(server) == []


def _delete_volume(cloud: Servers, volume: str) -> None:
    def gone() -> bool:
        listed = cloud.member.call("block-storage", "GET", "/volumes")["volumes"]
        return all(item["id"] != volume for item in listed)

    cloud.member.call("block-storage", "DELETE", f"/volumes/{volume}")
    wait(gone, {True})


def _image(cloud: Servers, **properties: str) -> str:
    """An image of the member's own that boots, deleted at the end; returns its name."""
    name = f"smoke-{len(properties)}-{'-'.join(properties.values())}"
    body = {"name": name, "disk_format": "qcow2", "container_format": "bare", **properties}
    image = cloud.member.call("image", "POST", "/v2/images", body)["id"]
    cloud.stack.callback(cloud.member.call, "image", "DELETE", f"/v2/images/{image}")
    binary = {"Content-Type": "application/octet-stream"}
    cloud.member.call("image", "PUT", f"/v2/images/{image}/file", bootable.content(print), binary)
    return name


def test_an_image_that_asks_for_uefi_gets_it(cloud: Servers) -> None:
    program = script("[ -d /sys/firmware/efi ] && echo by uefi; cat /sys/class/dmi/id/product_uuid; echo done")
    server = cloud.make(DISK_FLAVOR, program, image=_image(cloud, hw_firmware_type="uefi"))
    console = cloud.await_console(server, "done")
    assert "by uefi" in console
    assert server in console


def test_the_random_number_device_is_there_unless_the_flavor_forbids_it(cloud: Servers) -> None:
    program = script('echo "devices: <$(cat /sys/devices/virtual/misc/hw_random/rng_available 2>/dev/null)>"')
    allowed = cloud.make(DISK_FLAVOR, program, image=IMAGE)
    body = {"name": "smoke-no-rng", "ram": 128, "vcpus": 1, "disk": 1}
    flavor = cloud.admin.call("compute", "POST", "/flavors", {"flavor": body})["flavor"]["id"]
    cloud.stack.callback(cloud.admin.call, "compute", "DELETE", f"/flavors/{flavor}")
    specs = {"extra_specs": {"hw_rng:allowed": "False"}}
    cloud.admin.call("compute", "POST", f"/flavors/{flavor}/os-extra_specs", specs)
    forbidden = cloud.make("smoke-no-rng", program, image=_image(cloud, hw_rng_model="virtio"))
    assert "virtio_rng" in cloud.await_console(allowed, "devices: ")
    assert "virtio_rng" not in cloud.await_console(forbidden, "devices: ")


def test_a_server_that_cannot_be_started_is_in_error_and_says_why(cloud: Servers) -> None:
    server = cloud.make(DISK_FLAVOR, script("true"), image=_image(cloud, hw_disk_bus="usb"))
    wait(lambda: cloud.status(server), {"ERROR"})
    fault = cloud.member.call("compute", "GET", f"/servers/{server}")["server"]["fault"]["message"]
    assert "usb" in fault
    assert cloud.left_by(server) == []


def test_a_server_outlives_nova(cloud: Servers) -> None:
    server = cloud.make(DISK_FLAVOR, script("echo up; sleep 800"), image=IMAGE)
    cloud.await_console(server, "up")
    machine = cloud.machine(server)
    nova = cloud.service("nova")
    os.kill(nova, signal.SIGKILL)
    time.sleep(1)
    lifecycle.up(cloud.lab.name, None, print)
    for client in (cloud.member, cloud.admin):
        client.close()  # connections to the Nova that is no more
    assert cloud.machine(server) == machine
    assert cloud.status(server) == "ACTIVE"
    os.kill(machine or 0, signal.SIGKILL)
    wait(lambda: cloud.status(server), {"SHUTOFF"})
    cloud.act(server, "ACTIVE", **{"os-start": None})
    cloud.await_console(server, "up")
    cloud.delete(server)
    assert cloud.left_by(server) == []
