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
BYTEPORT_LICENSE_FILES = LICENSE packaging/install/THIRD-PARTY
BYTEPORT_INSTALL_STAGING = YES
BYTEPORT_CARGO_BUILD_OPTS = -p byteport-ffi

BYTEPORT_BUILT = $(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release)

# cargo builds the static library; the shared one, with versions, is linked from it.
define BYTEPORT_LINK_SHARED
	$(TARGET_MAKE_ENV) $(@D)/scripts/link-shared.sh $(BYTEPORT_BUILT)/libbyteport.a \
		$(BYTEPORT_BUILT)/linked/libbyteport.so $(TARGET_CC) $(TARGET_LDFLAGS)
endef
BYTEPORT_POST_BUILD_HOOKS += BYTEPORT_LINK_SHARED

# What the images do not need, such as headers, Buildroot removes from the target's tree in the end.
define BYTEPORT_INSTALL_INTO
	$(TARGET_MAKE_ENV) STRIP="$(TARGET_STRIP)" $(@D)/scripts/install.sh --only library --no-manifest \
		--from $(BYTEPORT_BUILT) --prefix /usr --destdir $(1)
endef

define BYTEPORT_INSTALL_STAGING_CMDS
	$(call BYTEPORT_INSTALL_INTO,$(STAGING_DIR))
endef

define BYTEPORT_INSTALL_TARGET_CMDS
	$(call BYTEPORT_INSTALL_INTO,$(TARGET_DIR))
endef

$(eval $(cargo-package))
