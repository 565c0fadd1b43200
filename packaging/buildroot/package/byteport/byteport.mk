################################################################################
#
# byteport
#
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
#
################################################################################

BYTEPORT_VERSION = 0.1.0
# scripts/dist.sh makes the archive, with all crates in it
BYTEPORT_SOURCE = byteport-$(BYTEPORT_VERSION).tar.gz
BYTEPORT_SITE = $(BR2_EXTERNAL_BYTEPORT_PATH)/../../build
BYTEPORT_SITE_METHOD = file
BYTEPORT_LICENSE = BSD-3-Clause
BYTEPORT_LICENSE_FILES = LICENSE
BYTEPORT_INSTALL_STAGING = YES
BYTEPORT_CARGO_BUILD_OPTS = -p byteport-ffi

# What the images do not need, such as headers, Buildroot removes from the target's tree in the end.
define BYTEPORT_INSTALL_INTO
	STRIP="$(TARGET_STRIP)" $(@D)/scripts/install.sh --only library --no-manifest \
		--from $(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release) \
		--prefix /usr --destdir $(1)
endef

define BYTEPORT_INSTALL_STAGING_CMDS
	$(call BYTEPORT_INSTALL_INTO,$(STAGING_DIR))
endef

define BYTEPORT_INSTALL_TARGET_CMDS
	$(call BYTEPORT_INSTALL_INTO,$(TARGET_DIR))
endef

$(eval $(cargo-package))
