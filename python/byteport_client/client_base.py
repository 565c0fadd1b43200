# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.client_base`."""

from byteport.client_base import *  # noqa: F403 - __all__ names them
from byteport.client_base import __all__ as __all__
