#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Installs what was built: the library with headers, pkg-config and CMake files, and the programs with their manual pages
# and completions; with either, the licences. Runs nothing that was built, so it serves cross builds and packagers too.
# usage: install.sh [OPTION]...      installs; `make install` calls it after a release build
#        install.sh --uninstall [OPTION]...     removes all that installs into the same folders have installed; takes folders only
#   --from DIR       the folder with what was built, target/release unless told: libbyteport.a, linked/libbyteport.so as
#                    scripts/link-shared.sh makes it, byteport, byteport-server
#   --pages DIR      the folder that scripts/pages.sh wrote; `pages` in --from unless told
#   --only PART      library or tools; both unless told
#   --no-manifest    keeps no list for --uninstall
#   --no-strip       leaves in the libraries what only a debugger reads, for packagers whose tools take it out themselves
#   --prefix DIR     where it will be used: /usr/local unless told. Within it, unless told: --libdir lib,
#                    --includedir include, --bindir bin, --datadir share, --mandir share/man
#   --destdir DIR    a folder to put the tree into instead of /, for packagers
# Folders may come as variables too: PREFIX, LIBDIR, INCLUDEDIR, BINDIR, DATADIR, MANDIR and DESTDIR. The variable STRIP is the
# program that strips the libraries, `aarch64-linux-gnu-strip` and such for a cross build, with that machine's binutils
# beside it; `true` leaves the libraries as they are.
set -euo pipefail
root=$(realpath "$(dirname "$0")/..")
templates=$root/packaging/install
static_libraries=$(<"$templates/static-libraries") # what Rust's standard library needs; a compiler adds -lgcc_s and -lc
modes=755 # of folders and programs, whatever the umask

fail() {
  echo "install: $*" >&2
  exit 1
}

# absolute NAME PATH: the path without . and .. and double slashes; links stay
absolute() {
  [[ $2 == /* ]] || fail "$1 must begin with /, and is: $2"
  [[ $2 != *$'\n'* ]] || fail "$1 must be one line"
  realpath -ms "$2"
}

options() {
  local name unfit=
  action=install from=${CARGO_TARGET_DIR:-$root/target}/release pages='' parts=(library tools) manifest=yes strip_debug=yes
  while [ $# -gt 0 ]; do
    case "$1" in
      --uninstall) action=uninstall ;;
      --no-manifest) manifest='' unfit=$1 ;;
      --no-strip) strip_debug='' unfit=$1 ;;
      --from | --pages | --only | --prefix | --libdir | --includedir | --bindir | --datadir | --mandir | --destdir)
        [ $# -gt 1 ] || fail "$1 needs a value"
        case "$1" in
          --from) from=$2 unfit=$1 ;;
          --pages) pages=$2 unfit=$1 ;;
          --only) parts=("$2") unfit=$1 ;;
          *)
            name=${1#--}
            printf -v "${name^^}" %s "$2"
            ;;
        esac
        shift
        ;;
      *) fail "there is no option $1; the head of $0 lists them" ;;
    esac
    shift
  done
  [[ $action == install || -z $unfit ]] || fail "--uninstall removes all that the manifest lists: it takes no $unfit"
  [[ ${parts[0]} == library || ${parts[0]} == tools ]] || fail "--only is library or tools, not ${parts[0]}"
}

folders() {
  prefix=$(absolute PREFIX "${PREFIX:-/usr/local}")
  libdir=$(absolute LIBDIR "${LIBDIR:-$prefix/lib}")
  includedir=$(absolute INCLUDEDIR "${INCLUDEDIR:-$prefix/include}")
  bindir=$(absolute BINDIR "${BINDIR:-$prefix/bin}")
  datadir=$(absolute DATADIR "${DATADIR:-$prefix/share}")
  mandir=$(absolute MANDIR "${MANDIR:-$datadir/man}")
  destdir=
  if [ -n "${DESTDIR:-}" ]; then destdir=$(realpath -ms "$DESTDIR"); fi
  [[ $destdir != / ]] || destdir=
  pages=${pages:-$from/pages}
}

# What the sources say of themselves. Of several libraries of one SONAME, ldconfig takes the one whose file name has the higher
# numbers. 0.x.y is SONAME.x.y; later versions come after all of these, 1.x.y as SONAME.(1000 + x).y.
facts() {
  local abi major minor patch
  version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
  abi=$(sed -n 's/^pub const BYTEPORT_ABI_VERSION: u32 = \([0-9]*\);$/\1/p' "$root/crates/byteport-ffi/src/abi.rs")
  [[ $version =~ ^([0-9]+)\.([0-9]{1,3})\.([0-9]+.*) && -n $abi ]] || fail "the version is not where it was in $root"
  soname=libbyteport.so.$abi
  major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]} patch=${BASH_REMATCH[3]}
  library=$soname.$((major * 1000 + minor)).$patch
}

# writable DIR: fails unless DIR can be made, or written to if it is there
writable() {
  local place=$destdir$1
  until [ -e "$place" ]; do place=$(dirname "$place"); done
  [ -d "$place" ] || fail "$place is no folder"
  [ -w "$place" ] || fail "$place cannot be written to: run this as root, or choose another PREFIX, or a DESTDIR"
}

# built FILE...: fails unless each is there
built() {
  local file
  for file in "$@"; do
    [ -f "$file" ] || fail "there is no $file: run \`make release\`; --from says where it was built"
  done
}

# folder DIR: makes it, and notes each folder that was not there, but for those that the prefix is in
folder() {
  [ -d "$destdir$1" ] && return
  folder "$(dirname "$1")"
  mkdir -m $modes "$destdir$1"
  [[ $prefix == "$1"/* ]] || installed+=("$1/")
}

# put MODE SOURCE DESTINATION: installs one file
put() {
  folder "$(dirname "$3")"
  installed+=("$3")
  install -m "$1" "$2" "$destdir$3"
}

# link TARGET DESTINATION: installs one symbolic link
link() {
  folder "$(dirname "$2")"
  installed+=("$2")
  ln -sfn "$1" "$destdir$2"
}

# within VARIABLE DIR SPACE: the folder as a path that begins with a variable for the prefix, if it is inside
within() {
  local path=$2
  if [[ $2/ == "${prefix%/}"/* ]]; then path="\${$1}${2#"${prefix%/}"}"; fi
  printf '%s' "${path// /"$3"}"
}

# fill TEMPLATE DESTINATION HERE VARIABLE SPACE: installs a file that finds the prefix from HERE, a variable for the folder
# that it is in, calls it VARIABLE, and writes a space as SPACE. From outside of the prefix no way to it survives a move.
fill() {
  local text way=$prefix size fills i
  text=$(<"$templates/$1")
  if [[ $2 == "${prefix%/}"/* ]]; then way="\${$3}/$(realpath -ms --relative-to="${2%/*}" "$prefix")"; fi
  size=$(od -An -tu1 -j4 -N1 "$from/linked/libbyteport.so") # the class of an ELF file: 1 for 32 bits, 2 for 64
  fills=(PREFIX "${way// /"$5"}" LIBDIR "$(within "$4" "$libdir" "$5")" INCLUDEDIR "$(within "$4" "$includedir" "$5")"
    STATIC_LIBRARIES "$static_libraries" POINTER_SIZE $((size * 4)) VERSION_MAJOR "${version%%.*}" VERSION "$version"
    LIBRARY "$library" SONAME "$soname")
  for ((i = 0; i < ${#fills[@]}; i += 2)); do text=${text//"@${fills[i]}@"/"${fills[i + 1]}"}; done
  printf '%s\n' "$text" >"$scratch/filled"
  put 644 "$scratch/filled" "$2"
}

# Fails unless the library can be installed, before anything is changed.
check_library() {
  local place
  built "$from/libbyteport.a"
  if [ ! -f "$from/linked/libbyteport.so" ] || [ "$from/libbyteport.a" -nt "$from/linked/libbyteport.so" ]; then
    fail "$from/linked/libbyteport.so is not linked, or older than libbyteport.a: have scripts/link-shared.sh make it"
  fi
  for place in "$libdir" "$includedir" "$mandir" "$datadir"; do writable "$place"; done
}

check_tools() {
  local place
  built "$from/byteport" "$from/byteport-server" "$pages/man1/byteport.1"
  for place in "$bindir" "$mandir" "$datadir"; do writable "$place"; done
}

# without_debug STRIP: takes from the libraries in $scratch what only a debugger reads, unless told to leave it
without_debug() {
  [ -n "$strip_debug" ] || return 0
  "$1" --strip-debug "$scratch/libbyteport.a" && "$1" --strip-unneeded "$scratch/libbyteport.so"
}

# The libraries as they are installed, in $scratch, showing their functions only.
finish_libraries() {
  local strip=${STRIP:-strip}
  cp "$from/linked/libbyteport.so" "$scratch/"
  if [[ ${strip##*/} == true ]]; then
    cp "$from/libbyteport.a" "$scratch/"
  elif ! {
    "$root/scripts/link-static.sh" "$from/libbyteport.a" "$scratch/libbyteport.a" "$strip" && without_debug "$strip"
  } 2>"$scratch/told"; then
    fail "$(tail -n 1 "$scratch/told") (for a cross build, name its strip in the variable STRIP)"
  fi
}

# The licences of libbyteport and of what is linked into it.
install_licences() {
  put 644 "$root/LICENSE" "$datadir/doc/byteport/LICENSE"
  put 644 "$templates/THIRD-PARTY" "$datadir/doc/byteport/THIRD-PARTY"
}

install_library() {
  local header file
  finish_libraries
  put $modes "$scratch/libbyteport.so" "$libdir/$library"
  link "$library" "$libdir/$soname"
  link "$soname" "$libdir/libbyteport.so"
  put 644 "$scratch/libbyteport.a" "$libdir/libbyteport.a"
  for header in "$root"/include/*.h "$root"/include/*.hpp "$root"/include/byteport/*.hpp; do
    put 644 "$header" "$includedir/${header#"$root/include/"}"
  done
  fill byteport.pc.in "$libdir/pkgconfig/byteport.pc" pcfiledir prefix '\ '
  for file in byteportConfig.cmake byteportConfigVersion.cmake; do
    fill $file.in "$libdir/cmake/byteport/$file" _byteport_here _byteport_prefix ' '
  done
  fill byteport.3.in "$mandir/man3/byteport.3" '' '' ' '
}

install_tools() {
  local program page
  for program in byteport byteport-server; do
    put $modes "$from/$program" "$bindir/$program"
  done
  for page in "$pages"/man1/*.1; do
    put 644 "$page" "$mandir/man1/${page##*/}"
  done
  put 644 "$pages/completions/byteport.bash" "$datadir/bash-completion/completions/byteport"
  put 644 "$pages/completions/byteport.zsh" "$datadir/zsh/site-functions/_byteport"
  put 644 "$pages/completions/byteport.fish" "$datadir/fish/vendor_completions.d/byteport.fish"
}

# The manifest's lines as absolute paths: files, and folders, which end with /. Within the prefix they are kept relative, so
# that it may be moved.
listed() {
  local path
  [ -f "$destdir$list" ] || return 0
  while IFS= read -r path; do
    [[ /$path/ != */../* ]] || fail "$destdir$list has been changed: $path"
    [[ $path == /* ]] || path=${prefix%/}/${path#./}
    printf '%s\n' "$path"
  done <"$destdir$list"
}

# Adds what was installed to the manifest, also if the install has failed half way.
keep() {
  local path
  folder "${list%/*}"
  { listed && printf '%s\n' "${installed[@]}" "$list"; } | sort -u >"$scratch/all"
  while IFS= read -r path; do
    [[ $path != "${prefix%/}"/* ]] || path=./${path#"${prefix%/}"/}
    printf '%s\n' "$path"
  done <"$scratch/all" >"$scratch/manifest"
  install -m 644 "$scratch/manifest" "$destdir$list"
}

uninstall() {
  local path
  [ -f "$destdir$list" ] || fail "there is no $destdir$list: give the same folders as to the install"
  listed | sort -r >"$scratch/all" # what is in a folder comes before the folder
  while IFS= read -r path; do
    [ -d "$destdir$path" ] || path=$(dirname "$path")
    writable "$path"
  done <"$scratch/all"
  while IFS= read -r path; do
    if [[ $path != */ ]]; then
      rm -f "$destdir$path"
    elif [ -d "$destdir$path" ]; then
      rmdir --ignore-fail-on-non-empty "$destdir$path"
    fi
  done <"$scratch/all"
}

finish() {
  local status=$?
  if [ $status != 0 ] && [ ${#installed[@]} -gt 0 ] && [ -n "$manifest" ]; then keep; fi
  rm -rf "$scratch"
}

options "$@"
folders
facts
list=$datadir/byteport/manifest
installed=()
scratch=$(mktemp -d)
trap finish EXIT
if [ $action = uninstall ]; then
  uninstall
  exit
fi
for part in "${parts[@]}"; do "check_$part"; done
mkdir -p "$destdir/"
for part in "${parts[@]}" licences; do "install_$part"; done
if [ -n "$manifest" ]; then keep; fi
installed=()
