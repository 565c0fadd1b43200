# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Kinds of proxy, by the numbers that programs know."""

from __future__ import annotations

from .client_base import refused

__all__ = ["PROXY_TYPE_HTTP", "PROXY_TYPE_SOCKS4", "PROXY_TYPE_SOCKS5"]

PROXY_TYPE_SOCKS4 = 1  #: SOCKS4a: the proxy resolves host names
PROXY_TYPE_SOCKS5 = 2  #: SOCKS5: the proxy resolves host names
PROXY_TYPE_HTTP = 3  #: HTTP CONNECT

_SCHEMES = {PROXY_TYPE_SOCKS4: "socks4a", PROXY_TYPE_SOCKS5: "socks5", PROXY_TYPE_HTTP: "http"}


def proxy_url(kind: int, host: str, port: int | str, username: str | None, password: str | None) -> str:
    """The proxy as the core reads it: ``socks5://user:password@host:port``, with both percent-encoded."""
    if kind not in list(_SCHEMES):  # a list asks for no hash
        raise refused(f"proxy_type {kind!r} is none of the PROXY_TYPE_ constants")
    if not isinstance(host, str):
        raise refused(f"proxy_addr must be str, not {type(host).__name__}")
    login = ""
    if username is not None or password is not None:
        login = f"{_encoded('proxy_username', username)}:{_encoded('proxy_password', password)}@"
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"{_SCHEMES[kind]}://{login}{host}:{port}"


def _encoded(what: str, text: str | None) -> str:
    from urllib.parse import quote  # takes long to import

    try:
        return quote(text or "", safe="")
    except (TypeError, UnicodeError):
        raise refused(f"{what} is no text that UTF-8 can carry") from None
