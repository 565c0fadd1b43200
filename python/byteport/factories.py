# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Clients made from the command line, for small programs.

Every user of a machine can see the command lines of all its programs (``ps``), and so a key that is written there. Where
others log in, set BYTEPORT_KEY instead.

What the command line leaves open is taken from the environment, by the names that every program of libbyteport uses:
BYTEPORT_NAMESPACE, BYTEPORT_KEY, BYTEPORT_DEVICE, BYTEPORT_HOST. A variable that is set to nothing counts as not set.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from optparse import BadOptionError, OptionParser, Values

from .http_clients import ByteportHttpClient

__all__ = ["byteport_client_from_optparse", "byteport_client_from_simple_argv"]


def byteport_client_from_optparse(
    *, host: str | None = None
) -> tuple[ByteportHttpClient | None, OptionParser]:
    """A client by the options in ``sys.argv``, and the parser, for a program that has options of its own.

    ``-n/--namespace``, ``-k/--api_key``, ``-d/--device_uid`` (without it BYTEPORT_DEVICE, then the machine's name) and
    ``-p/--proxy_port`` (a SOCKS5 proxy on this machine). The module's text says who can read a key that is given by ``-k``,
    and which variables stand in for the options.

    A program adds its options to the parser and calls ``parser.parse_args()`` itself. For that, this call passes over
    options that it does not know; the program's own call refuses those that nobody knows, and answers ``-h``. The
    program's options should not begin as these do: ``--name`` alone is read as ``--namespace`` here.

    :param host: the service, as ``byteport_api_hostname``; None: BYTEPORT_HOST, else the class's default
    :returns: ``(client, parser)``; ``(None, parser)`` where namespace or key is missing, or help is asked for: what fits
        then is ``parser.print_help()``

    Raises SystemExit, with a message on stderr, for an option without its value, and what the client's constructor raises:
    it sends a heartbeat.
    """
    parser = _with_options(OptionParser())
    first = _FirstReading(add_help_option=False)
    first.add_option("-h", "--help", action="store_true", default=False)
    options, _ = _with_options(first).parse_args()
    namespace = options.namespace or os.environ.get("BYTEPORT_NAMESPACE")
    key = options.api_key or os.environ.get("BYTEPORT_KEY")
    if options.help or not namespace or not key:
        return None, parser
    return _client(namespace, key, options.device_uid, options.proxy_port, host), parser


def byteport_client_from_simple_argv(*, host: str | None = None) -> ByteportHttpClient:
    """A client by the words in ``sys.argv``: ``NAMESPACE KEY [UID] [PROXY_PORT]``; further ones are the program's own.

    An empty UID or PROXY_PORT counts as left out. Without UID it is BYTEPORT_DEVICE, then the machine's name. The module's
    text says who can read a key that is given so: :func:`byteport_client_from_optparse` can do without.

    :param host: the service, as ``byteport_api_hostname``; None: BYTEPORT_HOST, else the class's default

    Raises SystemExit with status 1 and the usage on stderr where namespace or key is missing, and what the client's
    constructor raises: it sends a heartbeat, and refuses a PROXY_PORT that is no port.
    """
    words = [*sys.argv[1:5], "", "", "", ""][:4]
    namespace, key, device_uid, proxy_port = words
    if not namespace or not key:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} NAMESPACE KEY [UID] [PROXY_PORT]")
    return _client(namespace, key, device_uid, proxy_port, host)


class _FirstReading(OptionParser):
    """Reads the options that it knows, wherever they are, and leaves the others to the program."""

    def _process_long_opt(self, rargs: list[str], values: Values) -> None:
        after = rargs[1:]
        try:
            super()._process_long_opt(rargs, values)
        except BadOptionError:
            rargs[:] = after

    def _process_short_opts(self, rargs: list[str], values: Values) -> None:
        after = rargs[1:]
        try:
            super()._process_short_opts(rargs, values)
        except BadOptionError:
            rargs[:] = after


def _with_options(parser: OptionParser) -> OptionParser:
    name = "the machine's name"
    parser.add_option(
        "-n", "--namespace", metavar="NAMESPACE", help="store to this namespace (BYTEPORT_NAMESPACE)"
    )
    parser.add_option(
        "-k", "--api_key", metavar="KEY", help="with this key; ps shows it to others, BYTEPORT_KEY does not"
    )
    parser.add_option(
        "-d", "--device_uid", metavar="UID", help=f"as this device (BYTEPORT_DEVICE, else {name})"
    )
    parser.add_option(
        "-p", "--proxy_port", metavar="PORT", help="by the SOCKS5 proxy on this port of 127.0.0.1"
    )
    return parser


def _client(
    namespace: str, key: str, device_uid: str | None, proxy_port: str | None, host: str | None
) -> ByteportHttpClient:
    return ByteportHttpClient(
        namespace,
        key,
        device_uid or os.environ.get("BYTEPORT_DEVICE") or _uid_of(socket.gethostname()),
        host or os.environ.get("BYTEPORT_HOST") or ByteportHttpClient.DEFAULT_BYTEPORT_API_HOSTNAME,
        proxy_port=proxy_port or None,
    )


def _uid_of(host_name: str) -> str:
    """A machine's name as a UID: a ``_`` for each run of characters that are neither letters nor digits, 32 at most."""
    return re.sub("[^0-9A-Za-z]+", "_", host_name).lstrip("_")[:32] or "unnamed"
