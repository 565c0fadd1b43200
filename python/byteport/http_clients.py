# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The clients over HTTP."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from . import _byteport, socks
from .client_base import (
    AbstractByteportClient,
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedCompressionException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportConnectException,
    ByteportLoginFailedException,
    ByteportNotAllowedException,
    ByteportServerException,
    Timestamp,
    refused,
)

__all__ = [
    "AbstractByteportClient",
    "ByteportClientDeviceNotFoundException",
    "ByteportClientException",
    "ByteportClientForbiddenException",
    "ByteportClientInvalidDataTypeException",
    "ByteportClientInvalidFieldNameException",
    "ByteportClientUnsupportedCompressionException",
    "ByteportClientUnsupportedTimestampTypeException",
    "ByteportConnectException",
    "ByteportHttpClient",
    "ByteportHttpGetClient",
    "ByteportHttpPostClient",
    "ByteportLoginFailedException",
    "ByteportNotAllowedException",
    "ByteportServerException",
]


class _Default(str):
    """A default that is told from the same text written by a program: by identity."""

    __slots__ = ()


_PROTOCOL = _Default("https")
_HOSTNAME = _Default("api.byteport.se")


class ByteportHttpClient(AbstractByteportClient):
    """Stores by API key with POST, and reads with a user's login.

    With a namespace, a key and a device, the constructor sends a heartbeat (unless ``initial_heartbeat`` is False), so that
    a wrong key or host raises at once. Without namespace or key the store calls raise ByteportClientException, and the calls
    that need a login work.

    Threads may share a client: calls run side by side on kept connections, and release the interpreter's lock while they
    wait. A forked child may go on using it. Every method raises a ByteportClientException; ByteportConnectException stands
    for everything between here and the service.

    The attributes say what the client was made with. A program may set ``device_uid``, ``namespace_name`` and ``api_key``:
    the calls that begin later store with the new one, on connections of their own, and a login stays. Setting another
    attribute changes nothing.
    """

    #: The protocol, if a subclass sets it; a host written with the other one is refused. Else https, and http for a loopback
    #: host or one written with ``http://``.
    DEFAULT_BYTEPORT_API_PROTOCOL: str = _PROTOCOL
    #: The host where the constructor is given none.
    DEFAULT_BYTEPORT_API_HOSTNAME: str = _HOSTNAME

    #: How dates are written in queries (``strftime``; always in UTC).
    ISO8601 = "%Y-%m-%dT%H:%M:%S.%f"

    LOGIN_PATH = "/api/v1/login/"
    LOGOUT_PATH = "/api/v1/logout/"
    SESSION_PATH = "/api/v1/session/"
    ECHO_PATH = "/api/v1/echo/"
    LIST_NAMESPACES = "/api/v1/namespace/"
    LOAD_TIMESERIES_DATA = "/api/v1/timeseries/%s/%s/%s/"
    DEFAULT_BYTEPORT_STORE_PATH = "/api/v1/timeseries/"

    _store_by_get: ClassVar[bool] = False

    _namespace_name: str | int | None = None
    _api_key: str | int | None = None
    _new_core: Callable[[str | int | None, str | int | None], _byteport.Client]
    device_uid: str | int | None
    byteport_api_hostname: str
    store_enabled: bool
    store_base_url: str | None

    def __init__(
        self,
        namespace_name: str | int | None = None,
        api_key: str | int | None = None,
        default_device_uid: str | int | None = None,
        byteport_api_hostname: str = _HOSTNAME,
        proxy_type: int = socks.PROXY_TYPE_SOCKS5,
        proxy_addr: str = "127.0.0.1",
        proxy_port: int | str | None = None,
        proxy_username: str | None = None,
        proxy_password: str | None = None,
        initial_heartbeat: bool = True,
        *,
        timeout: float = 30.0,
        connect_timeout: float = 10.0,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        """Makes a client and, with namespace, key and device, sends a heartbeat.

        :param namespace_name: the namespace that is stored to
        :param api_key: the namespace's write key or the device's access key
        :param default_device_uid: the device that stores where a call names no other
        :param byteport_api_hostname: ``HOST`` or ``HOST:PORT``, with ``http://`` or ``https://`` before it or not
        :param proxy_type: one of the constants in :mod:`byteport.socks`
        :param proxy_port: switches the proxy on; without it the usual environment variables may name one
        :param initial_heartbeat: False sends nothing now; nor does True without ``default_device_uid``, for a heartbeat
            needs a device: a wrong key or host shows at the first call then
        :param timeout: seconds for a whole call
        :param connect_timeout: seconds of it for making a connection
        :param ca_file: a PEM file with certificate authorities to trust besides the system's
        """
        if byteport_api_hostname is _HOSTNAME:
            byteport_api_hostname = self.DEFAULT_BYTEPORT_API_HOSTNAME
        self.device_uid = default_device_uid
        self.byteport_api_hostname = byteport_api_hostname
        proxy = None
        if proxy_port is not None:
            proxy = socks.proxy_url(proxy_type, proxy_addr, proxy_port, proxy_username, proxy_password)
        https, get, path = self._https(), self._store_by_get, self.DEFAULT_BYTEPORT_STORE_PATH
        # A function keeps the proxy's password out of what vars() shows.
        self._new_core = lambda namespace, key: _byteport.Client(
            byteport_api_hostname,
            https=https,
            namespace=namespace,
            key=key,
            get=get,
            store_path=path,
            proxy=proxy,
            timeout=timeout,
            connect_timeout=connect_timeout,
            ca_file=ca_file,
        )
        self._store_to(namespace_name, api_key)
        #: Holds the login, while ``_storing`` changes with key and namespace.
        self._core = self._storing
        if self.store_enabled and initial_heartbeat and default_device_uid is not None:
            self.store()

    def _https(self) -> bool | None:
        protocol, host = self.DEFAULT_BYTEPORT_API_PROTOCOL, self.byteport_api_hostname
        if protocol is _PROTOCOL:
            return None
        if protocol not in ("http", "https"):
            raise refused(f"DEFAULT_BYTEPORT_API_PROTOCOL is {protocol!r}: write 'http' or 'https'")
        if isinstance(host, str) and "://" in host and not host.startswith(f"{protocol}://"):
            raise refused(
                f"DEFAULT_BYTEPORT_API_PROTOCOL is {protocol!r}, and the host is written with another"
            )
        return protocol == "https"

    def _store_to(self, namespace: str | int | None, key: str | int | None) -> None:
        """Stores there from now on; what is refused changes nothing."""
        if "_new_core" not in vars(self):  # a subclass sets them before it calls the constructor
            self._namespace_name, self._api_key = namespace, key
            return
        self._storing = self._new_core(namespace, key)
        self._namespace_name, self._api_key = namespace, key
        self.store_enabled = namespace is not None and key is not None
        self.store_base_url = None
        if self.store_enabled:
            self.store_base_url = f"{self._storing.origin}{self.DEFAULT_BYTEPORT_STORE_PATH}{namespace}"

    @property
    def namespace_name(self) -> str | int | None:
        """The namespace that is stored to. Setting it raises as the constructor does, but sends nothing."""
        return self._namespace_name

    @namespace_name.setter
    def namespace_name(self, namespace: str | int | None) -> None:
        self._store_to(namespace, self._api_key)

    @property
    def api_key(self) -> str | int | None:
        """The key that is stored with. Setting it raises as the constructor does, but sends nothing."""
        return self._api_key

    @api_key.setter
    def api_key(self, key: str | int | None) -> None:
        self._store_to(self._namespace_name, key)

    def __repr__(self) -> str:
        """The host, namespace and device; never the key."""
        kind, namespace, device = type(self).__name__, self.namespace_name, self.device_uid
        return f"<{kind} {self._core.origin} namespace={namespace!r} device={device!r}>"

    def store(
        self,
        data: Mapping[str, object] | None = None,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
    ) -> None:
        """Stores the fields of one device, measured at one time. Returning means that the service has them.

        :param data: field names and values: anything that ``str()`` takes, bytes in UTF-8; not changed. None: a heartbeat
        :param device_uid: the device, where it is not the client's own
        :param timestamp: UNIX seconds (int or float) or datetime; None leaves it to the service

        Raises ByteportClientInvalidFieldNameException, ByteportClientInvalidDataTypeException and
        ByteportClientUnsupportedTimestampTypeException before anything is sent; ByteportClientForbiddenException for a wrong
        key. Storing again after a ByteportConnectException is safe with a timestamp: the same value at the same time is one.
        """
        self._storing.store(data, self.device_uid if device_uid is None else device_uid, timestamp)

    def log(self, message: object, level: str = "info", device_uid: str | int | None = None) -> None:
        """Stores a message that the service shows in its log. Levels: debug, info, warn, error. Raises as :meth:`store`."""
        self.store({level: message}, device_uid)

    def login(self, username: str, password: str, login_path: str | None = None) -> None:
        """Logs in, for the calls below; a session from before is forgotten.

        :param login_path: a path on the host, in place of ``LOGIN_PATH``

        Raises ByteportLoginFailedException where user name or password is refused.
        """
        self._core.login(username, password, self.LOGIN_PATH if login_path is None else login_path)

    def logout(self) -> str:
        """Ends the session, here in any case, and returns what the service says to that."""
        return self._core.logout(self.LOGOUT_PATH)

    def list_namespaces(self) -> list[dict[str, Any]]:
        """The namespaces that the user may see, as the service describes them: keys are among it."""
        namespaces: list[dict[str, Any]] = self._get_json(self.LIST_NAMESPACES, {})
        return namespaces

    def load_timeseries_data_range(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: datetime.datetime,
        to_time: datetime.datetime,
    ) -> dict[str, Any]:
        """One field's values from one moment to another (datetimes; without a time zone they are UTC), oldest first.

        Returns ``{"meta": ..., "data": {"ts_data": [{"t": ISO 8601, "v": number or text, ...}], "ts_meta": ...}}``. Raises
        ByteportClientForbiddenException without a login.
        """
        return self.load_timeseries_data(namespace, uid, field_name, **{"from": from_time, "to": to_time})

    def load_timeseries_data(
        self, namespace: str, uid: str | int, field_name: str, **kwargs: object
    ) -> dict[str, Any]:
        """One field's values; the keyword arguments are the service's own parameters, sent as they are.

        Such as ``timedelta_hours=1``, ``scale=1``, ``operation='diff'``, or ``from`` and ``to`` by ``**{...}``; a datetime
        is written by ``ISO8601`` in UTC. Returns and raises as :meth:`load_timeseries_data_range`.
        """
        address = (
            _byteport.check_name("namespace", namespace),
            _byteport.check_name("device UID", uid),
            _byteport.check_name("field name", field_name),
        )
        data: dict[str, Any] = self._get_json(self.LOAD_TIMESERIES_DATA % address, kwargs)
        return data

    def _get_json(self, path: str, query: Mapping[str, object]) -> Any:
        pairs = [(name, self._query_text(name, value)) for name, value in query.items()]
        text = self._core.get_json(path, pairs)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:  # such as an integer of 5,000 digits
            message = f"the answer to GET {path} is JSON that Python cannot hold: {type(error).__name__}"
            raise refused(message, 21, "decode") from error

    def _query_text(self, name: str, value: object) -> str:
        if isinstance(value, datetime.datetime):
            return self.timestamp_as_utc(value).strftime(self.ISO8601)
        return _byteport.value_text(name, value)


class ByteportHttpGetClient(ByteportHttpClient):
    """Stores with GET, where a network lets nothing else through: at most 2,048 bytes of URL, and the key is in it.

    Longer data raises ByteportClientException before anything is sent. Otherwise as :class:`ByteportHttpClient`.
    """

    _store_by_get = True


#: An older name.
ByteportHttpPostClient = ByteportHttpClient
