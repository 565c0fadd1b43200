# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The clients over HTTP with coroutines for calls. The methods are made from the other client's; here is what they take."""

import datetime
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, NoReturn

import numpy
from numpy.typing import NDArray
from typing_extensions import Self

from ._byteport import Downloaded, Fetched
from ._calls import Progress
from ._requests import PostData, Response
from ._storing import Object, Path
from ._streaming import Writable
from .client_base import AbstractByteportClient, Timestamp
from .outbox import Event, Order, Outbox, Span, WhenFull

__all__ = ["ByteportHttpClient", "ByteportHttpGetClient"]

class ByteportHttpClient(AbstractByteportClient):
    DEFAULT_BYTEPORT_API_PROTOCOL: str
    DEFAULT_BYTEPORT_API_HOSTNAME: str
    DEFAULT_BYTEPORT_STORE_PATH: str
    DEFAULT_BYTEPORT_API_STORE_URL: str
    ISO8601: str
    STORE_PACKETS: str
    LOGIN_PATH: str
    LOGOUT_PATH: str
    SESSION_PATH: str
    ECHO_PATH: str
    LIST_NAMESPACES: str
    QUERY_DEVICES: str
    GET_DEVICE: str
    GET_DEVICE_TYPE: str
    GET_FIRMWARE: str
    GET_FIELD_DEFINITION: str
    REGISTER_DEVICE: str
    SEND_MESSAGE: str
    SET_FIELDS: str
    LOAD_TIMESERIES_DATA: str
    namespace_name: str | int | None
    api_key: str | int | None
    device_uid: str | int | None
    byteport_api_hostname: str
    store_enabled: bool
    store_base_url: str | None
    def __init__(
        self,
        namespace_name: str | int | None = ...,
        api_key: str | int | None = ...,
        default_device_uid: str | int | None = ...,
        byteport_api_hostname: str = ...,
        proxy_type: int = ...,
        proxy_addr: str = ...,
        proxy_port: int | str | None = ...,
        proxy_username: str | None = ...,
        proxy_password: str | None = ...,
        initial_heartbeat: bool = ...,
        *,
        timeout: float = ...,
        connect_timeout: float = ...,
        ca_file: str | os.PathLike[str] | None = ...,
        client_cert: str | os.PathLike[str] | None = ...,
        outbox: str | os.PathLike[str] | Mapping[str, Any] | None = ...,
        max_connections: int = ...,
    ) -> None: ...
    def outbox(
        self,
        path: Path,
        *,
        max_disk: int | None = ...,
        max_memory: int | None = ...,
        max_count: int | None = ...,
        max_age: Span | None = ...,
        when_full: WhenFull = ...,
        order: Order = ...,
        connections: int = ...,
        max_rate: float | None = ...,
        legacy_key: str | None = ...,
        broker: dict[str, Any] | None = ...,
        commit_interval: Span = ...,
        commit_bytes: int | None = ...,
        sync_interval: Span = ...,
        timeout: Span = ...,
        clock_floor: Timestamp | None = ...,
        on_event: Callable[[Event], object] | None = ...,
    ) -> Outbox: ...
    async def store(
        self,
        data: Mapping[str, object] | None = ...,
        device_uid: str | int | None = ...,
        timestamp: Timestamp | None = ...,
    ) -> None: ...
    async def log(self, message: object, level: str = ..., device_uid: str | int | None = ...) -> None: ...
    async def store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = ...,
        timestamp: Timestamp | None = ...,
    ) -> None: ...
    async def store_directory(
        self, directory_path: Path, device_uid: str | int | None, timestamp: Timestamp | None = ...
    ) -> None: ...
    async def base64_encode_and_store(
        self,
        field_name: str,
        fileobj: Object,
        device_uid: str | int | None = ...,
        timestamp: Timestamp | None = ...,
        compression: str | None = ...,
    ) -> None: ...
    async def base64_encode_and_store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = ...,
        timestamp: Timestamp | None = ...,
        compression: str | None = ...,
    ) -> None: ...
    async def base64_encode_and_store_store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = ...,
        timestamp: Timestamp | None = ...,
        compression: str | None = ...,
    ) -> None: ...
    async def store_packets(self, packets: Any, legacy_key: str, json_encode: bool = ...) -> None: ...
    async def make_request(
        self, url: str, post_data: PostData | None = ..., body: object = ...
    ) -> Response: ...
    async def login(self, username: str, password: str, login_path: str | None = ...) -> None: ...
    async def list_namespaces(self, *, key: str | None = ...) -> list[dict[str, Any]]: ...
    async def query_devices(self, term: str, full: bool = ..., limit: int = ...) -> dict[str, Any]: ...
    async def search_devices(self, term: str, full: bool, limit: int) -> dict[str, Any]: ...
    async def get_device(
        self, namespace: str, uid: str | int, *, depth: int = ...
    ) -> list[dict[str, Any]]: ...
    async def list_devices(self, namespace: str, depth: int = ...) -> list[dict[str, Any]]: ...
    async def get_devices(
        self, namespace: str, key: str | int | None = ..., *, depth: int | None = ...
    ) -> list[dict[str, Any]]: ...
    async def get_device_types(
        self, namespace: str, key: str | int | None = ..., *, depth: int | None = ...
    ) -> list[dict[str, Any]]: ...
    async def get_firmwares(
        self, namespace: str, device_type_id: str | int, key: str | int | None = ...
    ) -> list[dict[str, Any]]: ...
    async def get_field_definitions(
        self, namespace: str, device_type_id: str | int, key: str | int | None = ...
    ) -> list[dict[str, Any]]: ...
    async def batch_register_devices(
        self,
        namespace: str,
        uids: str | int | Iterable[str | int],
        device_type_id: str | int,
        force: bool = ...,
        batch_register: bool = ...,
        reg_code_length: int | None = ...,
        active: bool = ...,
        serial: str | None = ...,
    ) -> dict[str, Any]: ...
    async def send_message(
        self, namespace: str, device_uid: str | int, message: object, format: str = ...
    ) -> Any: ...
    async def set_fields(self, namespace: str, uid: str | int, set_fields: Mapping[str, object]) -> Any: ...
    async def load_timeseries_data_range(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: datetime.datetime,
        to_time: datetime.datetime,
    ) -> dict[str, Any]: ...
    async def load_timeseries_data(
        self, namespace: str, uid: str | int, field_name: str, **kwargs: object
    ) -> dict[str, Any]: ...
    async def load_series(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: datetime.datetime | None = ...,
        to_time: datetime.datetime | None = ...,
        *,
        scale: float | None = ...,
        operation: str | None = ...,
    ) -> tuple[NDArray[numpy.datetime64], NDArray[numpy.float64]]: ...
    async def echo(self, **kwargs: object) -> dict[str, str]: ...
    async def session(self) -> dict[str, Any]: ...
    async def activity(self, namespace: str) -> dict[str, Any]: ...
    async def load_value(
        self, namespace: str, uid: str | int, field_name: str, ref: str | int
    ) -> dict[str, Any]: ...
    async def statistics(
        self, namespace: str, uid: str | int, field_name: str, build_calendar: bool = ...
    ) -> dict[str, Any]: ...
    async def distance_to_typical(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: Timestamp | None = ...,
        to_time: Timestamp | None = ...,
        *,
        timedelta_minutes: int | None = ...,
        timedelta_hours: int | None = ...,
        timedelta_days: int | None = ...,
        grouping: str = ...,
        order: str = ...,
        diff_before_analysis: bool = ...,
        include_descriptions: bool = ...,
        exclude_descriptors: Iterable[str] | str = ...,
    ) -> dict[str, Any]: ...
    async def configure_device(
        self, namespace: str, uid: str | int, **settings: object
    ) -> dict[str, Any]: ...
    async def list_messages(
        self,
        namespace: str,
        device_uid: str | int,
        from_index: int | None = ...,
        to_index: int | None = ...,
    ) -> list[dict[str, Any]]: ...
    def iter_timeseries_data(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: Timestamp,
        to_time: Timestamp | None = ...,
        *,
        scale: float | None = ...,
    ) -> AsyncIterator[list[dict[str, Any]]]: ...
    async def download_value(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        ref: str | int,
        path_or_fileobj: Path | Writable,
        *,
        decode: bool = ...,
        decompress: bool = ...,
        locally: bool = ...,
        max_size: int | None = ...,
        progress: Progress | None = ...,
    ) -> Downloaded: ...
    async def fetch_firmware(
        self,
        namespace: str,
        uid: str | int,
        folder: Path,
        *,
        current_version: str | None = ...,
        media_prefix: str | None = ...,
        max_size: int | None = ...,
        allow_unchecked: bool = ...,
        progress: Progress | None = ...,
    ) -> Fetched: ...
    async def logout(self) -> str: ...
    async def poll_directory_and_store_upon_content_change(
        self,
        directory_path: Path,
        device_uid: str | int | None,
        timestamp: Timestamp | None = ...,
        poll_interval: float = ...,
    ) -> None: ...
    async def connect(self) -> None: ...
    async def close(self) -> None: ...
    def __enter__(self) -> NoReturn: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...
    def sorted_ls(self, path: Path) -> list[str]: ...
    def __getstate__(self) -> dict[str, Any]: ...

class ByteportHttpGetClient(ByteportHttpClient): ...
