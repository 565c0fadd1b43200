# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.factories`."""

from byteport.factories import *  # noqa: F403 - __all__ names them
from byteport.factories import __all__ as __all__
