# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A program of the old client, as its documentation has it: a file, compressed and encoded, is the value."""

# fmt: off
# isort: off
from byteport.clients import ByteportHttpClient

client = ByteportHttpClient('myownspace', 'f00b4s3cretk3y', 'barDev1')

path_to_interesting_file = '/tmp/status_data'  # noqa: S108

client.base64_encode_and_store_store_file('staus_files', path_to_interesting_file, compression='bzip2')
