# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.scientific`."""

from byteport.scientific import *  # noqa: F403 - __all__ names them
from byteport.scientific import __all__ as __all__
