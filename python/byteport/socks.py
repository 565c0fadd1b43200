# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Kinds of proxy, by the numbers that programs know."""

from __future__ import annotations

from .client_base import refused, shown

__all__ = ["PROXY_TYPE_HTTP", "PROXY_TYPE_SOCKS4", "PROXY_TYPE_SOCKS5"]

PROXY_TYPE_SOCKS4 = 1  #: SOCKS4a: the proxy resolves host names
PROXY_TYPE_SOCKS5 = 2  #: SOCKS5: the proxy resolves host names
PROXY_TYPE_HTTP = 3  #: HTTP CONNECT

_SCHEMES = {PROXY_TYPE_SOCKS4: "socks4a", PROXY_TYPE_SOCKS5: "socks5", PROXY_TYPE_HTTP: "http"}


def proxy_url(kind: int, host: str, port: int | str, username: str | None, password: str | None) -> str:
    """The proxy as the core reads it: ``socks5://user:password@host:port``, with both percent-encoded.

    None of the parts can stand for more than itself.
    """
    scheme = _SCHEMES.get(_number(kind))
    if scheme is None:
        raise refused(f"proxy_type {shown(kind)} is none of the PROXY_TYPE_ constants")
    login = ""
    if username is not None or password is not None:
        login = f"{_encoded('proxy_username', username)}:{_encoded('proxy_password', password)}@"
    return f"{scheme}://{login}{_host(host)}:{_port(port)}"


def _number(value: object) -> int:
    """An int as it is, whatever methods its class has; 0 for anything else."""
    return int.__index__(value) if isinstance(value, int) and not isinstance(value, bool) else 0


def _host(host: object) -> str:
    if not isinstance(host, str):
        raise refused(f"proxy_addr must be str, not {type(host).__name__}")
    if not host.isprintable() or not set(host).isdisjoint(" @/?#\\"):
        raise refused("proxy_addr must be a host name or an address, and no part of a URL besides")
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _port(port: object) -> int:
    number = _number(port)
    if isinstance(port, str) and port.isascii() and port.isdigit() and len(port) <= 5:
        number = int(port)
    if not 0 < number < 65536:
        raise refused("proxy_port must be a number from 1 to 65535, or its digits")
    return number


def _encoded(what: str, text: str | None) -> str:
    from urllib.parse import quote  # takes long to import

    try:
        return quote(text or "", safe="")
    except (TypeError, UnicodeError):
        raise refused(f"{what} is no text that UTF-8 can carry") from None
