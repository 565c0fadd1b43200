# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Reading and managing with a user's login."""

from __future__ import annotations

import sys
import warnings

from . import _byteport
from ._calls import HttpCalls, nothing
from ._overrides import is_overridden
from ._requests import parsed
from .client_base import ByteportClientInvalidDataTypeException, refused, shown

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    import numpy
    from numpy.typing import NDArray

__all__ = ["ReadingCalls"]


class ReadingCalls(HttpCalls):
    """See :class:`byteport.http_clients.ByteportHttpClient`."""

    LOGIN_PATH = "/api/v1/login/"
    LOGOUT_PATH = "/api/v1/logout/"
    SESSION_PATH = "/api/v1/session/"
    ECHO_PATH = "/api/v1/echo/"
    LIST_NAMESPACES = "/api/v1/namespace/"
    QUERY_DEVICES = "/api/v1/search_devices/"
    GET_DEVICE = "/api/v1/namespace/%s/device/"
    GET_DEVICE_TYPE = "/api/v1/namespace/%s/device_type/"
    GET_FIRMWARE = "/api/v1/namespace/%s/device_type/%s/firmware/"
    GET_FIELD_DEFINITION = "/api/v1/namespace/%s/device_type/%s/field_definition/"
    REGISTER_DEVICE = "/api/v1/namespace/register_device/%s/"
    SEND_MESSAGE = "/api/v1/message/%s/%s/"
    SET_FIELDS = "/api/v1/device_control/set_fields/%s/%s/"
    LOAD_TIMESERIES_DATA = "/api/v1/timeseries/%s/%s/%s/"

    def login(self, username: str, password: str, login_path: str | None = None) -> None:
        """Logs in, for the calls below; a session from before is forgotten.

        :param login_path: a path on the host, in place of ``LOGIN_PATH``

        Raises ByteportLoginFailedException where user name or password is refused.
        """
        path = self.LOGIN_PATH if login_path is None else login_path
        return self._run(self._core.login(username, password, path), nothing)

    def logout(self) -> str:
        """Ends the session, here in any case, and returns what the service says to that."""
        if not is_overridden(self, "make_request"):
            return self._run(self._core.logout(self.LOGOUT_PATH), _text)
        # What the program calls shows the session's cookies, so they are forgotten after it.
        try:
            return self._send(self._core.get(self.LOGOUT_PATH, []), self._logged_out)
        except BaseException:
            self._core.logout(self.LOGOUT_PATH)
            raise

    def _logged_out(self, answer: _byteport.Answer) -> str:
        self._core.logout(self.LOGOUT_PATH)  # forgets the session; the call itself was made
        return _text(answer)

    def list_namespaces(self, *, key: str | None = None) -> list[dict[str, Any]]:
        """The namespaces that the user may see, or the one of the name ``key``, as the service describes them: with keys."""
        return self._list(self.LIST_NAMESPACES, {"key": key})

    def query_devices(self, term: str, full: bool = False, limit: int = 20) -> dict[str, Any]:
        """Searches the devices that the user may see.

        :param term: matches any part of ``NAMESPACE.DEVICE_UID.FIELD_NAME``; a ``.`` at the end asks for the exact name, and
            ``*`` stands for anything
        :param full: the devices themselves, not their names
        :param limit: at most so many

        Returns ``{"meta": {"term": ...}, "data": [name or device, ...]}``.
        """
        return self._dict(self.QUERY_DEVICES, {"term": term, "full": full, "limit": limit})

    def search_devices(self, term: str, full: bool, limit: int) -> dict[str, Any]:
        """Another name of :meth:`query_devices`."""
        return self.query_devices(term, full, limit)

    def get_device(self, namespace: str, uid: str | int, *, depth: int = 1) -> list[dict[str, Any]]:
        """One device, in a list; a ``*`` at the UID's end stands for anything. ``depth`` as of :meth:`list_devices`."""
        return self._list(self.GET_DEVICE % _namespace(namespace), {"uid": uid, "depth": depth})

    def list_devices(self, namespace: str, depth: int = 0) -> list[dict[str, Any]]:
        """The devices of a namespace. Depth 0: their UIDs only; 1: the devices; 2 and 3: their types and children too."""
        return self._list(self.GET_DEVICE % _namespace(namespace), {"depth": depth})

    def get_devices(
        self, namespace: str, key: str | int | None = None, *, depth: int | None = None
    ) -> list[dict[str, Any]]:
        """The devices of a namespace, or the one with the UID ``key``; ``depth`` as of :meth:`list_devices`."""
        return self._list(self.GET_DEVICE % _namespace(namespace), {"_key": key, "depth": depth})

    def get_device_types(
        self, namespace: str, key: str | int | None = None, *, depth: int | None = None
    ) -> list[dict[str, Any]]:
        """The device types of a namespace, or the one with the id ``key``; ``depth`` is 0 to 2."""
        return self._list(self.GET_DEVICE_TYPE % _namespace(namespace), {"_key": key, "depth": depth})

    def get_firmwares(
        self, namespace: str, device_type_id: str | int, key: str | int | None = None
    ) -> list[dict[str, Any]]:
        """The firmwares of a device type, or the one with the id ``key``."""
        address = _namespace(namespace), _id(device_type_id)
        return self._list(self.GET_FIRMWARE % address, {"_key": key})

    def get_field_definitions(
        self, namespace: str, device_type_id: str | int, key: str | int | None = None
    ) -> list[dict[str, Any]]:
        """The field definitions of a device type, or the one with the id ``key``."""
        address = _namespace(namespace), _id(device_type_id)
        return self._list(self.GET_FIELD_DEFINITION % address, {"_key": key})

    def batch_register_devices(
        self,
        namespace: str,
        uids: str | int | Iterable[str | int],
        device_type_id: str | int,
        force: bool = False,
        batch_register: bool = False,
        reg_code_length: int | None = None,
        active: bool = False,
        serial: str | None = None,
    ) -> dict[str, Any]:
        """Registers devices.

        :param uids: a UID, several (a list, or a text with commas), or with ``batch_register`` a range such as
            ``device100-107``
        :param force: registers again what is registered
        :param reg_code_length: makes registration codes of that length
        :param active: whether the devices are switched on at once
        :param serial: a serial number, of a single device

        Returns ``{"registration_result": {"devices": [{"uid", "access_key", "reg_code"}], "errors", ...}, ...}``. A failure
        is an answer too, with ``error`` in place of ``registration_result``.
        """
        if not isinstance(uids, (str, int)):
            uids = ",".join(_byteport.value_text("uids", uid) for uid in _several(uids))
        form = {
            "device_uid": uids,
            "device_type_id": device_type_id,
            "force": force,
            "batch_register": batch_register,
            "reg_code_length": reg_code_length,
            "active": active,
            "serial": serial,
        }
        return self._post(self.REGISTER_DEVICE % _namespace(namespace), form)

    def send_message(
        self, namespace: str, device_uid: str | int, message: object, format: str = "json"
    ) -> Any:
        """Sends a message to a device, and returns what the service says of it: when it was sent, its id, its status."""
        address = _namespace(namespace), _device(device_uid)
        return self._post(self.SEND_MESSAGE % address, {"message": message, "format": format})

    def set_fields(self, namespace: str, uid: str | int, set_fields: Mapping[str, object]) -> Any:
        """Sets properties of a device.

        :param set_fields: the properties' paths, such as ``Group name.Property``, and their values

        Raises ByteportClientInvalidDataTypeException for anything but a dict, and for values that are no text.
        """
        fields = dict(_byteport.items(set_fields))
        return self._post(self.SET_FIELDS % (_namespace(namespace), _device(uid)), fields)

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
        is written by ``ISO8601`` in UTC, and None is left out. Returns and raises as :meth:`load_timeseries_data_range`.
        """
        return self._dict(self._series_path(namespace, uid, field_name), kwargs)

    def load_series(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: datetime.datetime | None = None,
        to_time: datetime.datetime | None = None,
        *,
        scale: float | None = None,
        operation: str | None = None,
    ) -> tuple[NDArray[numpy.datetime64], NDArray[numpy.float64]]:
        """One field's numbers as two NumPy arrays, oldest first: times (``datetime64[us]``, UTC) and values (``float64``).

        An end that is None is left to the service. ``scale`` is a factor for the values, ``operation`` what the service
        makes of them: ``'diff'``, ``'smooth_diff'`` or ``'cum_sum'``. What is stored and no number is left out, and one
        UserWarning counts it. Raises as :meth:`load_timeseries_data_range`, and ImportError without NumPy (``pip install
        byteport[numpy]``). The answer is read without the interpreter's lock.
        """
        _numpy()
        path = self._series_path(namespace, uid, field_name)
        query = self._query({"from": from_time, "to": to_time, "scale": scale, "operation": operation})
        return self._send(self._core.get(path, query), _columns)

    def _series_path(self, namespace: str, uid: str | int, field_name: str) -> str:
        address = _namespace(namespace), _device(uid), _byteport.check_name("field name", field_name)
        return self.LOAD_TIMESERIES_DATA % address

    def _list(self, path: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        return self._send(self._core.get(path, self._query(parameters)), parsed)

    def _dict(self, path: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        return self._send(self._core.get(path, self._query(parameters)), parsed)

    def _post(self, path: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        return self._send(self._core.post(path, self._query(parameters)), parsed)


def _namespace(name: object) -> str:
    return _byteport.check_name("namespace", name)


def _device(uid: object) -> str:
    return _byteport.check_name("device UID", uid)


def _id(value: object) -> str:
    if isinstance(value, (str, int)):
        text = _byteport.value_text("device_type_id", value)
        if _byteport.is_valid_name(text):
            return text
    raise refused(f"device_type_id {shown(value)} is no id")


def _several(uids: Iterable[str | int]) -> Iterator[str | int]:
    try:
        return iter(uids)
    except TypeError:
        kind = ByteportClientInvalidDataTypeException
        message = f"uids must be a text, a number or a list, not {type(uids).__name__}"
        raise refused(message, 4, kind=kind) from None


def _text(answer: _byteport.Answer) -> str:
    return answer.body.decode("utf-8", "replace")


def _numpy() -> Any:
    try:
        import numpy
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise ImportError("load_series needs numpy: pip install byteport[numpy]", name="numpy") from None
    return numpy


def _depth() -> int:
    """How far above the function that asks the line is that called the package, as ``stacklevel`` counts."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("byteport."):
        frame, depth = frame.f_back, depth + 1
    return depth


def _columns(answer: _byteport.Answer) -> tuple[Any, Any]:
    numpy = _numpy()
    times, values, skipped = answer.series()
    if skipped:
        message = (
            f"{answer.path}: {skipped} of {skipped + len(times) // 8} values are no numbers and were left out"
        )
        warnings.warn(message, stacklevel=_depth())
    return numpy.frombuffer(times, "datetime64[us]"), numpy.frombuffer(values, "float64")
