# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.socks`."""

from byteport.socks import *  # noqa: F403 - __all__ names them
from byteport.socks import __all__ as __all__
