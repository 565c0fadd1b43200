# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.http_clients`."""

from byteport.http_clients import *  # noqa: F403 - __all__ names them
from byteport.http_clients import __all__ as __all__
