# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Programs to read and to run: ``python -m byteport.examples.unix_stats``, ``python -m byteport.examples.file_poller``."""
