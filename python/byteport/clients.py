# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The names that programs import: the clients, their base class and the exceptions."""

from .http_clients import *  # noqa: F403 - __all__ names them
from .http_clients import __all__ as __all__
