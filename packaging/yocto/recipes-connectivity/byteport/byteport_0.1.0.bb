# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
SUMMARY = "Client library for the Byteport IoT service"
DESCRIPTION = "Stores readings over HTTPS or through a broker, and keeps in a file what cannot be sent now. In C and C++."
HOMEPAGE = "https://www.byteport.se"
SECTION = "libs"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://LICENSE;md5=c3da34802897df4fd8b3a6426f3b7b3e"

# scripts/dist.sh makes the archive, with all crates in it
BYTEPORT_DIST ?= "${THISDIR}/../../../../build"
SRC_URI = "file://${BYTEPORT_DIST}/${BP}.tar.gz"

inherit cargo

# the archive says itself where its crates are
CARGO_DISABLE_BITBAKE_VENDORING = "1"

RRECOMMENDS:${PN} = "ca-certificates"

BUILT = "${B}/target/${CARGO_TARGET_SUBDIR}"

# cargo looks for its settings from the current folder on, so it has to run in the sources. It builds the static library; the
# shared one, with versions, is linked from it.
do_compile() {
    cd ${S}
    oe_cargo_build -p byteport-ffi
    scripts/link-shared.sh ${BUILT}/libbyteport.a ${BUILT}/linked/libbyteport.so ${CC} ${LDFLAGS}
}

# BitBake itself puts what a debugger reads into a package of its own.
do_install() {
    STRIP="${STRIP}" ${S}/scripts/install.sh --only library --no-manifest --no-strip \
        --from ${BUILT} --destdir ${D} --prefix ${prefix} \
        --libdir ${libdir} --includedir ${includedir} --datadir ${datadir} --mandir ${mandir}
}
