# SPDX-License-Identifier: Apache-2.0
"""Real guests: the image, the lab that runs them, one probe and six, and the reference's guest test beside ours.

    python bench/guests.py [--reference DIR --debian IMAGE.qcow2] [--rounds N]

Needs what `sovran lab up --guests` needs. With a checkout of the reference and an image by `bench/debian_image`, both
judge the testcases of scs-0101 on that image, on the same lab. Exit 1: a figure is beyond its goal, or the two
disagree.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from process import run
from reference import Reference, find_reference, lab_env, seed, sovran
from sovran.lab import environment, folders, lifecycle, processes
from sovran.lab.folders import lab_folder

IMAGE_S, IMAGE_MIB, UP_S, MORE_MIB, PROBE_S, SIX_S, GUEST_MIB = 5.0, 20.0, 30.0, 350.0, 15.0, 40.0, 200.0
TESTCASES = ["scs-0101-entropy-avail", "scs-0101-fips-test"]
MIB = 1 << 20


class Figures:
    """Prints each figure beside its goal, and remembers whether one was missed."""

    def __init__(self) -> None:
        self.missed = False

    def tell(self, what: str, value: float, goal: float, unit: str) -> None:
        """One line."""
        beyond = value > goal
        self.missed |= beyond
        load = os.getloadavg()[0]
        print(f"guests: {what}: {value:.1f} {unit}, goal {goal:.0f}{' MISSED' if beyond else ''} (load {load:.1f})")


class Watched:
    """The largest resident set of a machine of a lab while it is watched, in bytes."""

    def __init__(self, marker: str) -> None:
        self.largest = 0
        self._marker = marker
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.3):
            for process in processes.find(self._marker):
                name = Path(f"/proc/{process.pid}/comm")
                try:
                    machine = name.read_text(encoding="utf-8").startswith("qemu-system")
                except OSError:
                    continue
                if machine:
                    self.largest = max(self.largest, processes.memory(process.pid)[0])


def timed(*words: str) -> float:
    """Wall-clock seconds of a command of ours that must succeed."""
    began = time.perf_counter()
    subprocess.run(sovran(*words), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def resident(name: str) -> int:
    """Bytes of all processes of a lab."""
    return sum(processes.memory(one.pid)[0] for one in processes.find(lifecycle.existing(name).marker))


def measure_image(figures: Figures) -> None:
    """Build it twice: the first time packages may have to be fetched."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "probe.qcow2"
        timed("guest", "image", "-o", str(image))
        image.unlink()
        figures.tell("image built", timed("guest", "image", "-o", str(image)), IMAGE_S, "s")
        figures.tell("image", image.stat().st_size / MIB, IMAGE_MIB, "MiB")


def measure_lab(figures: Figures) -> None:
    """Both kinds of lab from ready-made state, one after the other; leaves the one with guests, named `guests`."""
    timed("lab", "up", "--name", "plain")
    without = resident("plain")
    timed("lab", "down", "--name", "plain")
    timed("lab", "up", "--guests", "--name", "guests")
    timed("lab", "down", "--name", "guests")
    figures.tell("lab up --guests from ready state", timed("lab", "up", "--name", "guests"), UP_S, "s")
    figures.tell("lab with guests", (resident("guests") - without) / MIB, MORE_MIB, "MiB more")


def measure_probes(figures: Figures, env: dict[str, str], rounds: int) -> None:
    """One guest, and six at once: seconds of each from the request to the whole report, and of the whole command."""
    marker = lifecycle.existing("guests").marker
    for count, goal in ((1, PROBE_S), (6, SIX_S)):
        guests, commands, largest = [], [], 0
        for _ in range(rounds):
            with Watched(marker) as watched:
                done = run(sovran("probe", "guest", "--os-cloud", "lab", "--count", str(count), "--json"), env)
            if done.code:
                sys.exit(f"sovran probe guest ended with {done.code}: {done.stderr[-2000:]}")
            told = json.loads(done.stdout)
            seconds = [one["seconds"] for one in told["guests"] if one["role"] != "peer"]
            guests.append(max(seconds))
            commands.append(done.wall_s)
            largest = max(largest, watched.largest)
        figures.tell(f"{count} at once, request to whole report, the slowest", median(guests), goal, "s")
        print(f"guests: {count} at once, the whole command with network, image and cleanup: {median(commands):.1f} s")
        if count == 1:
            figures.tell("a guest", largest / MIB, GUEST_MIB, "MiB resident")


def beside(figures: Figures, reference: Reference, image: str, env: dict[str, str]) -> None:
    """The testcases of scs-0101 by both, on a Debian image that is newer than all others of the lab."""
    uploaded = run([str(reference.python), "-c", UPLOAD, image], {**env, "OS_CLOUD": "lab-admin"})
    if uploaded.code:
        sys.exit(f"the image could not be uploaded: {uploaded.stderr[-1000:]}")
    began = time.perf_counter()
    theirs = reference.verdicts(TESTCASES, env)
    their_s = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = [word for name in TESTCASES for word in ("--testcase", name)]
        done = run(sovran("check", "--os-cloud", "lab", *words, "-o", str(report)), env)
        judged = json.loads(report.read_text(encoding="utf-8"))["reports"][0]["judgements"]
    mine = {one["claim"]: one["verdict"] for one in judged if one["claim"] in TESTCASES}
    figures.missed |= theirs != mine
    print(
        f"guests: scs-0101 on a Debian image with cloud-init: reference {their_s:.1f} s {theirs}, sovran "
        f"{done.wall_s:.1f} s {mine}: ratio {their_s / done.wall_s:.1f} (load {os.getloadavg()[0]:.1f})"
    )


UPLOAD = """
import openstack, sys
openstack.connect().create_image("Debian 13", filename=sys.argv[1], disk_format="qcow2", container_format="bare",
    visibility="public", wait=True, min_ram=1024, os_distro="debian", os_version="13")
"""


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reference", help="a checkout of SovereignCloudStack/standards")
    parser.add_argument("--debian", help="an image by bench/debian_image")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if bool(options.reference) != bool(options.debian):
        parser.error("--reference and --debian go together")
    environment.ensure(print)
    installed = folders.home() / "env"
    reference = find_reference(options.reference) if options.reference else None
    figures = Figures()
    measure_image(figures)
    with tempfile.TemporaryDirectory(prefix="sovran-bench-") as scratch:
        Path(scratch, "env").symlink_to(installed)
        os.environ["SOVRAN_LAB_HOME"] = scratch
        try:
            measure_lab(figures)
            seed("guests", "scs")
            env = lab_env("guests")
            measure_probes(figures, env, options.rounds)
            if reference:
                beside(figures, reference, options.debian, env)
        finally:
            for name in ("plain", "guests"):
                if lab_folder(name).exists():
                    lifecycle.remove(name)
    return int(figures.missed)


if __name__ == "__main__":
    sys.exit(main())
