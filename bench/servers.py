"""Server processes under test, and what the kernel says they used."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-the-benchmark-0123456789-abcdefghij"
TICKS = os.sysconf("SC_CLK_TCK")
LONGEST_START = 60


@dataclass(frozen=True)
class Server:
    """A gunicorn master on a port of this machine."""

    pid: int
    port: int

    @property
    def workers(self) -> list[int]:
        """The processes that serve."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def cpu_seconds(self) -> float:
        """Return the processor time (user and system) that the workers have used so far."""
        return sum(_ticks(pid) for pid in self.workers) / TICKS

    def megabytes(self) -> list[tuple[float, float]]:
        """Return (RSS, PSS) of each worker: with all it maps, and with its share of what is shared."""
        return [_memory(pid) for pid in self.workers]


def environment(folder: Path, port: int = 8000) -> dict[str, str]:
    """Return the variables for a site in `folder`: shipped defaults, nothing from outside."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    site = {"LMS_DATA": str(folder), "LMS_SECRET_KEY": SECRET, "LMS_PORT": str(port)}
    return {**own, **site, "PYTHONPATH": str(ROOT)}


@contextmanager
def serving(folder: Path, command: list[str], ready: str = "/health/ready") -> Iterator[Server]:
    """Run a server within the block, its log in `folder`."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment(folder, port),
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_until_ready(process, port, ready)
            yield Server(process.pid, port)
        finally:
            process.terminate()
            process.wait(30)


def our_server(folder: Path) -> AbstractContextManager[Server]:
    """Serve the site in `folder` as `lms serve` does."""
    return serving(folder, ["-m", "lms", "serve"])


def bare_server(folder: Path) -> AbstractContextManager[Server]:
    """Serve the bare page beside it, with the same gunicorn settings."""
    return serving(folder, [str(ROOT / "bench" / "bare.py")], "/pages/1")


def time_to_start(command: list[str], port: int, variables: dict[str, str]) -> tuple[float, float]:
    """Run `command` in a group of its own until it is ready, and end it; return what that took.

    That is (seconds of processor time of all its processes, seconds on the clock).
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=variables, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until_ready(process, port, "/health/ready")
        return _cpu_of_group(process.pid), time.perf_counter() - began
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait_until_ready(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Return when `path` is answered with 200; raise if the process ends or takes too long."""
    latest = time.monotonic() + LONGEST_START
    while time.monotonic() < latest:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}; see its log")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError("the server did not become ready")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ticks(pid: int) -> int:
    _, user, system, *_ = _stat(pid)
    return user + system


def _cpu_of_group(group: int) -> float:
    found = [_stat(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")]
    return sum(sum(times) for of_group, *times in found if of_group == group) / TICKS


def _stat(pid: int) -> tuple[int, ...]:
    """Return a process's group, its user and system time, and those of its children that ended."""
    try:
        # The name, second of all fields, may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return (0, 0, 0, 0, 0)
    return tuple(int(fields[place]) for place in (2, 11, 12, 13, 14))


def _memory(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024
