# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A real broker for the tests of every language that runs under pytest: `scripts/brokers.sh` as a class."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "brokers.sh"


class Broker:
    """A Mosquitto or a RabbitMQ with a folder of its own; it ends with this process, whichever way that ends.

    What the script tells is an attribute, its name in small letters: `mqtt`, `mqtts`, `mqtts_client` (Mosquitto), `stomp`
    and `stomps` (RabbitMQ) are `host:port`; `ca` and `client_cert` are files; `user` (all rights),
    `limited` (publishes to `limited/#`), `reader` (publishes nothing) and `outsider` (no rights) are logins with the one
    `password`; `vhost`, `queue`, `pid`, `log`. Ports and passwords stay the same when it is started again.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix=f"{kind}-")).resolve()
        self.lines: dict[str, str] = {}
        self.start()

    def __getattr__(self, name: str) -> str:
        try:
            return self.lines[name.upper()]
        except KeyError:
            raise AttributeError(f"a {self.kind} has no {name}; it has {', '.join(self.lines)}") from None

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *failure: object) -> None:
        self.remove()

    def start(self) -> None:
        """Starts it, or starts it again where it was."""
        told = self._script("start", self.kind, "--with", str(os.getpid()))
        self.lines = dict(line.split("=", 1) for line in told.splitlines())

    def stop(self) -> None:
        """Ends it in good order."""
        self._script("stop")

    def kill(self) -> None:
        """Ends all its processes by SIGKILL."""
        self._script("kill")

    def restart(self) -> None:
        """Kills it and starts it again."""
        self.kill()
        self.start()

    def remove(self) -> None:
        """Ends it and removes its folder."""
        self.kill()
        shutil.rmtree(self.folder)

    def ctl(self, *arguments: str) -> str:
        """What rabbitmqctl prints."""
        return self._script("ctl", *arguments)

    def depth(self, queue: str, vhost: str = "/") -> int:
        """How many messages a queue of a RabbitMQ holds, with those that were delivered and are not acknowledged."""
        rows = self.ctl("-q", "list_queues", "-p", vhost, "name", "messages").splitlines()
        return int(dict(row.split("\t") for row in rows)[queue])

    def wait_for_log(self, text: str) -> None:
        """Waits until a text is in the log since the last start, not for ever."""
        end = time.monotonic() + 60
        while text not in Path(self.log).read_text(encoding="utf-8", errors="replace"):
            if time.monotonic() > end:
                raise RuntimeError(f"no {text!r} in the log of the {self.kind}")
            time.sleep(0.05)

    def _script(self, action: str, *arguments: str) -> str:
        command = [str(SCRIPT), action, str(self.folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"brokers.sh {action} {self.kind}: {done.stderr.strip()}")
        return done.stdout


def address(text: str) -> tuple[str, int]:
    """Host and port of what a broker tells."""
    host, port = text.rsplit(":", 1)
    return host, int(port)
