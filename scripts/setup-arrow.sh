#!/usr/bin/env bash
# Fetches libarrow and libparquet (from the pyarrow wheel, about 50 MB) into the cache that scripts/setup.sh uses,
# and compiles the bridge to them there. Optional: without it, all but Parquet and Arrow files can be read. Prints
# the bridge's path as its last line; a second run compiles only what has changed.
#   ANNEAL_PYARROW  a pyarrow folder that is already there (such as an installed Python's), in place of the wheel
#   ANNEAL_CACHE    where to keep downloads (default: $XDG_CACHE_HOME/anneal or ~/.cache/anneal)
#   CXX             the C++ compiler (default: c++, clang++ or g++)
set -euo pipefail
cd "$(dirname "$0")"

version=26.0.1
say() { printf 'setup-arrow: %s\n' "$*" >&2; }
fail() { printf 'setup-arrow: error: %s\n' "$*" >&2; exit 1; }

cache=${ANNEAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anneal}
system=$(uname -s)-$(uname -m)
home="$cache/arrow-$version-$system"
case "$system" in
  Linux-x86_64 | Linux-aarch64)
    ending=so
    platforms=(--platform "manylinux_2_28_$(uname -m)" --platform "manylinux_2_17_$(uname -m)" --platform "manylinux2014_$(uname -m)")
    ;;
  Darwin-arm64)
    ending=dylib
    platforms=(--platform macosx_12_0_arm64 --platform macosx_14_0_arm64)
    ;;
  *) fail "no pyarrow $version wheel for $system; set ANNEAL_PYARROW to a pyarrow folder." ;;
esac
compiler=${CXX:-$(command -v c++ || command -v clang++ || command -v g++ || true)}
[ -n "$compiler" ] || fail "there is no C++ compiler: install g++ or clang++, or set CXX."
mkdir -p "$home"

if [ -n "${ANNEAL_PYARROW:-}" ]; then
  [ -e "$ANNEAL_PYARROW/include/arrow/api.h" ] || fail "ANNEAL_PYARROW=$ANNEAL_PYARROW holds no include/arrow/api.h; name the pyarrow folder of site-packages."
  ln -sfn "$ANNEAL_PYARROW" "$home/pyarrow"
elif [ ! -e "$home/pyarrow/.complete" ]; then
  command -v python3 >/dev/null || fail "python3 is missing; it unpacks the wheel."
  work=$(mktemp -d "$cache/setup-arrow.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "fetching pyarrow $version (about 50 MB, once) into $cache"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    "${platforms[@]}" --dest "$work" "pyarrow==$version" >&2 ||
    fail "pip could not download pyarrow $version. Check the network and pip's index settings, or set ANNEAL_PYARROW."
  python3 - "$work" <<'PY'
import glob, os, sys, zipfile
work = sys.argv[1]
with zipfile.ZipFile(glob.glob(os.path.join(work, "*.whl"))[0]) as archive:
    if archive.testzip() is not None:
        sys.exit("the wheel is damaged")
    for entry in archive.namelist():
        # Headers, and the two libraries with whatever else they link to; without the Python code.
        name = os.path.basename(entry)
        if entry.startswith("pyarrow/include/") or entry.startswith("pyarrow.libs/") or name.startswith(
                ("libarrow.", "libparquet.", "libarrow_compute.")):
            archive.extract(entry, os.path.join(work, "out"))
PY
  : >"$work/out/pyarrow/.complete"
  rm -rf "$home/pyarrow"
  mv "$work/out/pyarrow" "$home/pyarrow"
  [ ! -d "$work/out/pyarrow.libs" ] || { rm -rf "$home/pyarrow.libs"; mv "$work/out/pyarrow.libs" "$home/pyarrow.libs"; }
fi

bridge="$home/libanneal_arrow.$ending"
if [ ! -e "$bridge" ] || [ arrow/arrow_bridge.cpp -nt "$bridge" ]; then
  say "compiling the bridge"
  libraries=()
  for name in arrow parquet; do
    found=$(ls "$home/pyarrow/lib$name".*"$ending"* "$home/pyarrow/lib$name.$ending"* 2>/dev/null | head -n 1)
    [ -n "$found" ] || fail "the wheel holds no lib$name."
    libraries+=("$found")
  done
  "$compiler" -std=c++20 -O2 -fPIC -shared -Wall -I "$home/pyarrow/include" arrow/arrow_bridge.cpp "${libraries[@]}" \
    -Wl,-rpath,"$home/pyarrow" -o "$bridge.partial"
  mv "$bridge.partial" "$bridge"
fi
printf '%s\n' "$bridge"
