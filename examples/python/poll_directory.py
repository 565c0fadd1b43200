# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A program of the old client, as its documentation has it: all files of a directory, upon change."""

# fmt: off
# isort: off
from byteport.clients import ByteportHttpClient

client = ByteportHttpClient('myownspace', 'f00b4s3cretk3y', 'barDev1')

# NOTE: This will block the current thread!
client.poll_directory_and_store_upon_content_change('/home/iot_user/measured_values/', 'barDev1', poll_interval=10)
