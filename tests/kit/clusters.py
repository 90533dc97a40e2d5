"""Dask clusters of processes on this machine, for tests and measurements."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import conftest
import fresh
import psutil

KATA = [sys.executable, "-m", "flaxkata"]
# A worker that says nothing is given up after seconds, not minutes; with fewer of them, one on a busy machine is too.
SOON = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s", "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "20s"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Cluster:
    """A scheduler, and workers that are started later. Each process runs in a
    session of its own, and what they say goes into `folder`.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1", within: Sequence[str] = (), scheme: str = "tcp", **env: str):
        """`within` begins the commands, as `ip netns exec` does."""
        self.folder, self.environment = folder, conftest.ENVIRONMENT | SOON | env
        self.environment["TMPDIR"] = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._processes: list[subprocess.Popen] = []
        port, self.dashboard = (free_port() for _ in range(2))
        self.address = f"{scheme}://{host}:{port}"
        module = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--dashboard-address", f"{host}:{self.dashboard}"]
        self.scheduler = self.start("scheduler", [*within, *module, "--host", f"{scheme}://{host}", "--port", str(port)])
        self.wait_for("scheduler", "Scheduler at:")

    def start(self, name: str, command: Sequence[object], cwd: Path = fresh.ROOT, **env: str) -> subprocess.Popen:
        with open(self.folder / f"{name}.log", "w") as log:
            process = subprocess.Popen(
                list(map(str, command)), stdout=log, stderr=log, cwd=cwd, env=self.environment | env, start_new_session=True
            )
        self._processes.append(process)
        return process

    def worker(self, name: str, count: int = 1, within: Sequence[str] = (), wait: bool = True, **env: str) -> subprocess.Popen:
        """`kata worker`; waits until it has registered."""
        command = [*KATA, "worker", self.address, "--workers", count, "--name", name, "--local-directory", self.folder / name]
        process = self.start(name, [*within, *command], **env)
        if wait:
            self.wait_for(name, "Registered to:", count)
        return process

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def wait_for(self, name: str, words: str, count: int = 1, seconds: float = 120) -> None:
        """Until a process has said `words` so many times."""
        deadline = time.monotonic() + seconds
        while self.said(name).count(words) < count:
            assert time.monotonic() < deadline, self.said(name)
            time.sleep(0.05)

    def worker_processes(self) -> list[psutil.Process]:
        """Those that grade: the children of the nannies."""
        found = [c for p in self._processes[1:] if p.poll() is None for c in psutil.Process(p.pid).children()]
        return [p for p in found if "spawn_main" in " ".join(p.cmdline())]

    def judges(self) -> list[psutil.Process]:
        """What the workers have started."""
        return [j for p in self.worker_processes() for j in p.children() if "flaxkata.judge.server" in " ".join(j.cmdline())]

    def close(self) -> None:
        for process in reversed(self._processes):
            below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            for each in [process, *below]:
                try:
                    os.kill(each.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()


class Hosts:
    """Network namespaces, each with an address of its own, around a switch that
    is in the first. Raises OSError where they cannot be made.
    """

    def __init__(self, *names: str) -> None:
        self._names = [f"kata{os.getpid() % 10000}{name}" for name in names]
        self.address = {name: f"10.77.0.{n}" for n, name in enumerate(names, 1)}
        try:
            self._make()
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            raise OSError(getattr(error, "stderr", "") or str(error)) from error

    def _make(self) -> None:
        first = self._names[0]
        for name, address in zip(self._names, self.address.values(), strict=True):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            if name == first:
                ip("-n", first, "link", "add", "net", "type", "bridge")
            else:
                ip("-n", first, "link", "add", f"to{name}", "type", "veth", "peer", "name", "net", "netns", name)
                ip("-n", first, "link", "set", f"to{name}", "master", "net", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "net")
            ip("-n", name, "link", "set", "net", "up")

    def within(self, name: str) -> list[str]:
        """The beginning of a command on a host."""
        return ["ip", "netns", "exec", self._full(name)]

    def _full(self, name: str) -> str:
        return next(full for full in self._names if full.endswith(name))

    def cut_off(self, name: str) -> None:
        """Nothing reaches it any longer, and it reaches nothing."""
        ip("-n", self._names[0], "link", "set", f"to{self._full(name)}", "down")

    def close(self) -> None:
        for name in self._names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
