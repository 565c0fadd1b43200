# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The import name of the client's last release: every module here gives the objects of the same module in byteport."""
