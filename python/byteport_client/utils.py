# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.utils`."""

from byteport.utils import *  # noqa: F403 - __all__ names them
from byteport.utils import __all__ as __all__
