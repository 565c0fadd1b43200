# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""How far a thread has come, told to a function in an event loop.

Invariants: the function runs in the loop, at most once at a time, and not after the end; the thread does not wait for it.
What it is told last is what the thread told last, for the thread's end comes to the loop after that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._calls import Progress


class Report:
    """Called in the thread; gives False once the thread is to stop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, progress: Progress | None) -> None:
        """``progress`` is told, if it is not None."""
        self._loop, self._progress = loop, progress
        self._latest: tuple[int, int | None] = (0, None)
        self._waits = self._stopped = False
        self._raised: BaseException | None = None

    def __call__(self, so_far: int, total: int | None) -> bool:
        """Takes down how far the thread has come."""
        if self._progress is not None and not self._stopped:
            self._latest = (
                so_far,
                total,
            )  # before the look at what waits, which reads it after it says that it does not
            if not self._waits:
                self._waits = True
                self._call_soon()
        return not self._stopped

    def _call_soon(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._tell)
        except RuntimeError:  # the loop is gone
            self._stopped = True

    def _tell(self) -> None:
        self._waits = False
        if self._stopped or self._progress is None:
            return
        try:
            self._stopped = self._progress(*self._latest) is False
        except BaseException as error:
            self._stopped, self._raised = True, error

    def stop(self) -> None:
        """The thread is to end, and nothing more is told."""
        self._stopped = True

    def check(self) -> None:
        """Raises what the function raised."""
        if self._raised is not None:
            raise self._raised
