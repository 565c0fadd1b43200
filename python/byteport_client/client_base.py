# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""As :mod:`byteport.client_base`."""

from byteport.client_base import (
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
    "ByteportLoginFailedException",
    "ByteportNotAllowedException",
    "ByteportServerException",
]
