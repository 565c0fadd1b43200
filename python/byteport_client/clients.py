# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.clients`."""

from byteport.clients import (
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
