# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.aio`."""

from byteport.aio import *  # noqa: F403 - __all__ names them
from byteport.aio import __all__ as __all__
