# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.socks`."""

from byteport.socks import PROXY_TYPE_HTTP, PROXY_TYPE_SOCKS4, PROXY_TYPE_SOCKS5

__all__ = ["PROXY_TYPE_HTTP", "PROXY_TYPE_SOCKS4", "PROXY_TYPE_SOCKS5"]
