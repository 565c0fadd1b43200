# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Runs a program and decides over its system calls: the Nth of certain kinds fails. `shim/faults.c` is the other half."""

import array
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import capi

# linux/seccomp.h: what is told of a call, the answer, and how to ask for the one and give the other
NOTICE, ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
RECEIVE, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1

# Calls of one kind, each with the error that it fails with.
SOCKETS = {
    "socket": errno.EMFILE,
    "connect": errno.ENETUNREACH,
    "sendto": errno.ENOBUFS,
    "recvfrom": errno.ECONNRESET,
    "sendmsg": errno.EPIPE,
    "recvmsg": errno.ECONNRESET,
    "setsockopt": errno.ENOBUFS,
    "getsockopt": errno.ENOBUFS,
    "shutdown": errno.ENOTCONN,
    "poll": errno.ENOMEM,
    "ppoll": errno.ENOMEM,
    "eventfd2": errno.EMFILE,
}
FILES = {
    **dict.fromkeys(("open", "openat"), errno.EMFILE),
    **dict.fromkeys(("read", "readv", "pread64", "getdents64"), errno.EIO),
    **dict.fromkeys(("write", "writev", "pwrite64", "fallocate", "ftruncate"), errno.ENOSPC),
    **dict.fromkeys(("fsync", "fdatasync", "lseek", "statx"), errno.EIO),
    **dict.fromkeys(("rename", "renameat", "renameat2", "unlink", "unlinkat"), errno.EACCES),
    **dict.fromkeys(("link", "linkat", "mkdir", "mkdirat", "fchmod"), errno.EACCES),
    **dict.fromkeys(("fcntl", "flock"), errno.ENOLCK),
}
# Not brk: where it fails it tells no error, but the old end.
MAPPINGS = dict.fromkeys(("mmap", "mremap", "mprotect", "clone3"), errno.ENOMEM)
INTERRUPTED = dict.fromkeys(("poll", "ppoll", "recvfrom", "sendto", "write", "pwrite64"), errno.EINTR)
WITH_A_DESCRIPTOR = {"read", "write", "readv", "writev", "lseek", "fcntl"}


@dataclass
class Fault:
    """What fails: the Nth call of those in `errors`, or (`after`) all from the Nth on."""

    errors: dict[str, int]
    number: int = 0
    after: bool = False


@dataclass
class Outcome:
    """How a program ended; `calls` are those that could have failed, `failed` what did."""

    status: int
    printed: str
    said: str
    calls: int = 0
    failed: list[str] = field(default_factory=list)


def build_shim(folder: Path, *, allocations: bool = True) -> Path:
    """Compiles the shim; without that of allocations for AddressSanitizer."""
    shim = folder / ("faults.so" if allocations else "faults-asan.so")
    flags = ["-O1", "-shared", "-fPIC", *([] if allocations else ["-DWITHOUT_ALLOCATIONS"])]
    source = capi.HERE / "shim" / "faults.c"
    capi.must([capi.tool("gcc"), "-Wall", "-Wextra", "-Werror", *flags, source, "-o", shim, "-ldl"])
    return shim


def run(command: list, fault: Optional[Fault], *, given: str, patience: float, **options) -> Outcome:
    """Runs a program to its end, which must come in time. Without a fault, its calls are not looked at."""
    ours, theirs = socket.socketpair()
    # A number of its own: the filter leaves it alone, and the program will not get it for anything else.
    number = fcntl.fcntl(theirs, fcntl.F_DUPFD, 900)
    theirs.close()
    env = dict(options.pop("env"))
    if fault:
        env |= {"FAULTS_SOCKET": str(number), "FAULTS_CALLS": " ".join(fault.errors)}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with (
        ours,
        subprocess.Popen(
            [str(part) for part in command],
            env=env,
            pass_fds=(number,),
            text=True,
            errors="replace",
            **pipes,
            **options,
        ) as program,
    ):
        os.close(number)
        judge = Judge(ours, fault) if fault else None
        try:
            printed, said = program.communicate(given, timeout=patience)
        except subprocess.TimeoutExpired:
            program.send_signal(signal.SIGABRT)
            printed, said = program.communicate()
            raise AssertionError(f"{command} {fault}: no end\n{printed}\n{said}") from None
        finally:
            if judge:
                judge.join()
    calls, failed = (judge.calls, judge.failed) if judge else (0, [])
    return Outcome(program.returncode, printed, said, calls, failed)


class Judge(threading.Thread):
    """Decides over a program's calls until it ends."""

    def __init__(self, link: socket.socket, fault: Fault):
        super().__init__(daemon=True)
        self.link, self.fault = link, fault
        self.calls, self.failed = 0, []
        self.start()

    def run(self) -> None:
        text, listeners, _, _ = socket.recv_fds(self.link, 4096, 1)
        if not listeners:
            return  # the program has ended before it began
        names = {int(number): name for name, number in map(str.split, text.decode().splitlines())}
        try:
            self.serve(listeners[0], names)
        finally:
            os.close(listeners[0])

    def serve(self, listener: int, names: dict[int, str]) -> None:
        ready = select.poll()
        ready.register(listener, select.POLLIN)
        while True:
            [(_, events)] = ready.poll()
            if not events & select.POLLIN:
                return  # nobody is left who could ask
            notice = array.array("B", bytes(NOTICE.size))
            try:
                fcntl.ioctl(listener, RECEIVE, notice)
                self.answer(listener, NOTICE.unpack(notice), names)
            except OSError as error:  # the thread that asked has been ended meanwhile, or was interrupted
                if error.errno not in (errno.ENOENT, errno.EINTR):
                    raise

    def answer(self, listener: int, notice: tuple, names: dict[int, str]) -> None:
        key, _, _, number, _, _, first, *_ = notice
        name = names[number]
        wrong = 0
        if not (name in WITH_A_DESCRIPTOR and first <= 2):  # what the program itself reads and prints
            self.calls += 1
            of_all = self.calls >= self.fault.number > 0
            if of_all if self.fault.after else self.calls == self.fault.number:
                self.failed.append(name)
                wrong = self.fault.errors[name]
        reply = ANSWER.pack(key, 0, -wrong, 0 if wrong else CONTINUE)
        fcntl.ioctl(listener, SEND, bytearray(reply))
