# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The names that programs import: the clients, their base class and the exceptions."""

from .http_clients import (
    AbstractByteportClient,
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedCompressionException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportHttpGetClient,
    ByteportHttpPostClient,
    ByteportLoginFailedException,
    ByteportNotAllowedException,
    ByteportServerException,
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
