"""A clock only the test moves, and a simulator as a real process."""

import subprocess
import sys

import httpx2

TOKEN = "a-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


class Clock:
    """Seconds since the epoch; begins at 2026-10-01T12:00:00Z."""

    def __init__(self) -> None:
        self.now = 1_790_856_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Process:
    """A simulator as an operating system process; `client` speaks to it over a real connection."""

    def __init__(self, *arguments: str, port: int) -> None:
        self._arguments, self._base_url = arguments, f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "mvne_simulators", *self._arguments, "--token", TOKEN]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout is not None
        self.ready = self.process.stdout.readline().strip()
        self.client = httpx2.Client(base_url=self._base_url, headers=HEADERS)

    def kill(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.communicate()

    def exit_status(self) -> int:
        """Wait until it has ended by itself."""
        self.client.close()
        self.process.communicate(timeout=30)
        return self.process.returncode

    def terminate(self) -> tuple[int, str]:
        """Exit status, and what was printed after the line that said ready."""
        self.client.close()
        self.process.terminate()
        output, _ = self.process.communicate(timeout=30)
        return self.process.returncode, output
