# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.stomp_client`."""

from byteport.stomp_client import *  # noqa: F403 - __all__ names them
from byteport.stomp_client import __all__ as __all__
