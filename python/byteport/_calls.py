# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What stands under every call: the settings, the core's clients, and the one place where a call is taken to its end."""

from __future__ import annotations

import os

from . import _byteport, socks
from ._overrides import Default, is_overridden, overridable
from ._requests import Response, foreign_answer, form_pairs, json_text, path_and_query
from .client_base import (
    AbstractByteportClient,
    ByteportForkedException,
    ByteportOutboxFullException,
    closed,
    refused,
    shown,
)

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, ClassVar, Protocol, TypeVar, Union

    from ._requests import PostData
    from .outbox import Outbox

    _Result = TypeVar("_Result")
    _Self = TypeVar("_Self", bound="HttpCalls")
    _Made = TypeVar("_Made", covariant=True)

    Progress = Callable[[int, Union[int, None]], object]
    """What is told how many bytes have come, and how many there will be in all, if that is known. False ends the call."""

    class Transfer(Protocol[_Made]):
        """What is streamed: a download, or a device's firmware."""

        def run(self, progress: Progress | None) -> _Made:
            """Takes it to its end."""

    Ready = Union[_byteport.Call, Callable[[], _byteport.Call]]
    """A call, or what makes one and takes its time over it: it reads files and compresses."""


_PROTOCOL = Default("https")
_HOSTNAME = Default("api.byteport.se")


class _Hidden:
    """Holds what ``vars()`` of a client is not to show: the key, and the settings, a proxy's password among them."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        return _Hidden, (self.value,)


def nothing(answer: _byteport.Answer) -> None:
    """What a call gives of whose answer the status says everything."""


class HttpCalls(AbstractByteportClient):
    """See :class:`byteport.http_clients.ByteportHttpClient`."""

    #: The protocol, if a subclass sets it; a host written with the other one is refused. Else https, and http for a loopback
    #: host or one written with ``http://``.
    DEFAULT_BYTEPORT_API_PROTOCOL: str = _PROTOCOL
    #: The host where the constructor is given none.
    DEFAULT_BYTEPORT_API_HOSTNAME: str = _HOSTNAME
    DEFAULT_BYTEPORT_STORE_PATH = "/api/v1/timeseries/"
    #: Where a client with the defaults above stores, for programs that read it: setting it changes nothing.
    DEFAULT_BYTEPORT_API_STORE_URL = f"{_PROTOCOL}://{_HOSTNAME}{DEFAULT_BYTEPORT_STORE_PATH}"

    #: How dates are written in queries (``strftime``; always in UTC).
    ISO8601 = "%Y-%m-%dT%H:%M:%S.%f"

    _store_by_get: ClassVar[bool] = False

    # A client says what it is before its constructor has come to an end, too.
    _namespace_name: str | int | None = None
    _api_key = _Hidden(None)
    #: The arguments of every core client; None once this one is closed.
    _settings: _Hidden | None
    #: Stores; another one after ``api_key`` or ``namespace_name`` was set.
    _storing: _byteport.Client
    #: Holds the login.
    _core: _byteport.Client
    device_uid: str | int | None = None
    byteport_api_hostname: str
    _heartbeat: bool
    store_enabled: bool
    store_base_url: str | None
    #: What :meth:`store` goes through, if the constructor was given one.
    _outbox: Outbox | None = None
    store: Callable[..., None]  # by StoringCalls, on top of this
    outbox: Callable[..., Outbox]  # as store

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
        client_cert: str | os.PathLike[str] | None = None,
        outbox: str | os.PathLike[str] | Mapping[str, Any] | None = None,
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
        :param client_cert: a PEM file with the certificate that this client shows to the service, and its private key
        :param outbox: a file: :meth:`store`, and what goes through it, then returns when the reading is in an :meth:`outbox`
            on that file, which uploads it now or later. Neither it nor the heartbeat raises for what is wrong with the
            network or the key; that is logged (``byteport.outbox``). Or a mapping of that method's arguments,
            ``{"path": "queue.db", "max_disk": 1 << 20}``
        """
        if byteport_api_hostname is _HOSTNAME:
            byteport_api_hostname = self.DEFAULT_BYTEPORT_API_HOSTNAME
        self.device_uid = default_device_uid
        self.byteport_api_hostname = byteport_api_hostname
        proxy = None
        if proxy_port is not None:
            proxy = socks.proxy_url(proxy_type, proxy_addr, proxy_port, proxy_username, proxy_password)
        settings = {
            "host": byteport_api_hostname,
            "https": self._https(),
            "get": self._store_by_get,
            "store_path": self.DEFAULT_BYTEPORT_STORE_PATH,
            "proxy": proxy,
            "timeout": timeout,
            "connect_timeout": connect_timeout,
            "ca_file": ca_file,
            "client_cert": client_cert,
        }
        self._settings = _Hidden(settings)
        self._store_to(namespace_name, api_key)
        self._core = self._storing
        if outbox is not None:
            self._outbox = self._own_outbox(outbox)
        self._heartbeat = self.store_enabled and initial_heartbeat and default_device_uid is not None
        self._begin()

    def _begin(self) -> None:
        """The last step of making a client."""
        if not self._heartbeat:
            return
        try:
            self.store()
        except BaseException as error:
            if self._outbox is None:
                raise
            if isinstance(error, ByteportOutboxFullException):
                return  # a program must start in the outage, too, for which it has an outbox
            self._outbox.close(0)
            raise

    def _https(self) -> bool | None:
        protocol, host = self.DEFAULT_BYTEPORT_API_PROTOCOL, self.byteport_api_hostname
        if protocol is _PROTOCOL:
            return None
        if protocol not in ("http", "https"):
            raise refused(f"DEFAULT_BYTEPORT_API_PROTOCOL is {shown(protocol)}: write 'http' or 'https'")
        if isinstance(host, str) and "://" in host and not host.startswith(f"{protocol}://"):
            raise refused(
                f"DEFAULT_BYTEPORT_API_PROTOCOL is {protocol!r}, and the host is written with another"
            )
        return protocol == "https"

    def _store_to(self, namespace: str | int | None, key: str | int | None) -> None:
        """Stores there from now on; what is refused changes nothing."""
        made = "_settings" in vars(self)  # a subclass may set them before it calls the constructor
        if made:
            storing = self._new_core(namespace, key)
            if self._outbox is not None:
                self._change_outbox(self._outbox, namespace, key)
            self._storing = storing
        self._namespace_name, self._api_key = namespace, _Hidden(key)
        if not made:
            return
        self.store_enabled = namespace is not None and key is not None
        self.store_base_url = None
        if self.store_enabled:
            self.store_base_url = f"{self._storing.origin}{self.DEFAULT_BYTEPORT_STORE_PATH}{namespace}"

    def _own_outbox(self, settings: str | os.PathLike[str] | Mapping[str, Any]) -> Outbox:
        return self.outbox(settings) if isinstance(settings, (str, os.PathLike)) else self.outbox(**settings)

    def _change_outbox(self, outbox: Outbox, namespace: str | int | None, key: str | int | None) -> None:
        if str(namespace) != str(self._namespace_name):
            raise refused("a client with an outbox keeps its namespace: make another, with another outbox")
        if key is None:
            raise refused("a client with an outbox needs an API key")
        outbox.set_key(key)

    def _new_core(self, namespace: str | int | None, key: str | int | None) -> _byteport.Client:
        if self._settings is None:
            raise closed()
        return _byteport.Client(namespace=namespace, key=key, **self._settings.value)

    @property
    def namespace_name(self) -> str | int | None:
        """The namespace that is stored to. Setting it raises as the constructor does, but sends nothing."""
        return self._namespace_name

    @namespace_name.setter
    def namespace_name(self, namespace: str | int | None) -> None:
        self._store_to(namespace, self.api_key)

    @property
    def api_key(self) -> str | int | None:
        """The key that is stored with. Setting it raises as the constructor does, but sends nothing."""
        key: str | int | None = self._api_key.value
        return key

    @api_key.setter
    def api_key(self, key: str | int | None) -> None:
        self._store_to(self._namespace_name, key)

    def __repr__(self) -> str:
        """The host, namespace and device; never the key."""
        core: _byteport.Client | None = vars(self).get("_core")
        origin = "not made" if core is None else core.origin  # the constructor has not come so far
        namespace, device = shown(self.namespace_name), shown(self.device_uid)
        return f"<{type(self).__name__} {origin} namespace={namespace} device={device}>"

    def __getstate__(self) -> dict[str, Any]:
        """The settings, the key among them, for a copy in another process: it has no login and no connection yet."""
        if self._outbox is not None:
            raise refused("a client with an outbox cannot be copied: make another, with an outbox of its own")
        return {name: value for name, value in vars(self).items() if name not in ("_core", "_storing")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Makes the copy; nothing is sent."""
        vars(self).update(state)
        self._core = self._storing = self._new_core(self.namespace_name, self.api_key)

    def close(self) -> None:
        """Closes the kept connections and forgets the login, without a call: to end the session, log out before.

        Every later call raises ByteportClientException; calls under way in other threads end as they would. Where the
        constructor was given an ``outbox``, that is closed, as :meth:`byteport.outbox.Outbox.close` does: it waits up to 2
        seconds for the service and leaves the rest in the file.
        """
        try:
            self._close_outbox()
        finally:
            self._settings = None
            self._storing.close()
            self._core.close()

    def _close_outbox(self) -> None:
        if self._outbox is None:
            return
        try:  # noqa: SIM105 - contextlib takes long to import
            self._outbox.close()
        except ByteportForkedException:
            pass  # it is the parent's

    def __enter__(self: _Self) -> _Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the client, as :meth:`close`."""
        self.close()

    def _run(self, call: Ready, finish: Callable[[_byteport.Answer], _Result]) -> _Result:
        """Takes a call to its end: everything that is sent passes here, and nothing is done after it."""
        ready = call if isinstance(call, _byteport.Call) else call()
        return finish(ready.run())

    def _transfer(self, transfer: Transfer[_Result], progress: Progress | None) -> _Result:
        """Takes what is streamed to its end."""
        return transfer.run(progress)

    def _after(self, response: Any, finish: Callable[[Any], _Result]) -> _Result:
        """Finishes what a program's own method returned."""
        return finish(response)

    def _send(self, call: Ready, finish: Callable[[_byteport.Answer], _Result]) -> _Result:
        """Takes a call to its end, through ``make_request`` where a program has its own."""
        if not is_overridden(self, "make_request"):
            return self._run(call, finish)
        ready = call if isinstance(call, _byteport.Call) else call()
        url, form = ready.url, ready.form()
        path = path_and_query(self._core.origin, url)[0]
        response: Any = (
            self.make_request(url) if form is None else self.make_request(url, post_data=dict(form))
        )
        return self._after(response, lambda response: finish(foreign_answer(response, path)))

    @overridable
    def make_request(self, url: str, post_data: PostData | None = None, body: object = None) -> Response:
        """Calls any address of the service, with the session's cookies; a POST carries the session's token too.

        :param url: on the client's own host: a whole URL, or a path with or without a query
        :param post_data: makes it a POST of a form: a dict or pairs of names and values, or encoded text
        :param body: makes it a POST of JSON: anything that ``json.dumps`` takes

        Returns an object with ``read()``, ``status`` and ``headers``. Raises ByteportClientException before anything is sent
        for a URL on another host, ByteportClientInvalidDataTypeException for what cannot be sent, and for a status outside
        2xx what the other methods raise. Any thread may call it.

        Where a subclass overrides this method, every call but the login and what is streamed goes through it: ``url`` is
        whole then, and ``post_data`` a dict, with the key among it where something is stored. What it returns needs a
        ``read()``.
        """
        path, query = path_and_query(self._core.origin, url)
        if post_data is not None and body is not None:
            raise refused("post_data and body cannot be sent together: give one of them")
        pairs = None if post_data is None else form_pairs(post_data)
        text = None if body is None else json_text("body", body)
        return self._run(self._core.request(path, query, pairs, text), Response)

    def _query(self, parameters: Mapping[str, object]) -> list[tuple[str, str]]:
        """Parameters as texts, without those that are None."""
        given = ((name, value) for name, value in parameters.items() if value is not None)
        return [(name, self._query_text(name, value)) for name, value in given]

    def _query_text(self, name: str, value: object) -> str:
        if not isinstance(name, str):
            raise refused(f"the parameter's name {shown(name)} must be str, not {type(name).__name__}")
        import datetime  # only where a program has them in any case

        if isinstance(value, datetime.datetime):
            return self.timestamp_as_utc(value).strftime(self.ISO8601)
        return _byteport.value_text(name, value)
