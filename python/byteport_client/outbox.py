# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.outbox`."""

from byteport.outbox import *  # noqa: F403 - __all__ names them
from byteport.outbox import __all__ as __all__
