# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
include $(sort $(wildcard $(BR2_EXTERNAL_BYTEPORT_PATH)/package/*/*.mk))
