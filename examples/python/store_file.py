# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A program of the old client, as its documentation has it: a file's text is the value."""

# fmt: off
# isort: off
from byteport.clients import ByteportHttpClient

client = ByteportHttpClient('myownspace', 'f00b4s3cretk3y', 'barDev1')

client.store_file('temperature', './current_temperature')
