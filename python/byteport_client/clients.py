# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.clients`."""

from byteport.clients import *  # noqa: F403 - __all__ names them
from byteport.clients import __all__ as __all__
