#!/usr/bin/env bash
# Fetches libtorch (from the torch wheel) into a cache outside the checkout and writes libtorch.pc beside it.
# Prints the folder that holds torch/ and libtorch.pc as its last line. A second run does nothing;
# with --print it only prints the folder.
#   ANNEAL_LIBTORCH  a folder that already holds include/ and lib/ (such as an installed Python's torch/)
#   ANNEAL_CACHE     where to keep downloads (default: $XDG_CACHE_HOME/anneal or ~/.cache/anneal)
set -euo pipefail

version=2.11.0
say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

cache=${ANNEAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anneal}
system=$(uname -s)-$(uname -m)
home="$cache/libtorch-$version-$system"
if [ -n "${ANNEAL_LIBTORCH:-}" ]; then
  home="$cache/libtorch-given-$(printf %s "$ANNEAL_LIBTORCH" | cksum | cut -d' ' -f1)"
fi
if [ "${1:-}" = --print ]; then
  printf '%s\n' "$home"
  exit 0
fi

install_missing() { # names of Debian packages whose commands are missing
  [ $# -eq 0 ] && return 0
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    say "installing $*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >/dev/null 2>&1 && return 0
  fi
  fail "missing system packages: $*. Install them (Debian: sudo apt-get install $*; macOS: brew install pkg-config) and run this again."
}

missing=()
command -v pkg-config >/dev/null || command -v pkgconf >/dev/null || missing+=(pkg-config)
command -v python3 >/dev/null || missing+=(python3)
if command -v python3 >/dev/null && ! python3 -m pip --version >/dev/null 2>&1; then missing+=(python3-pip); fi
if [ "$(uname -s)" = Linux ] && [ ! -e /usr/include/zlib.h ]; then missing+=(zlib1g-dev); fi
if [ "$(uname -s)" = Linux ] && [ ! -e /usr/include/sqlite3.h ]; then missing+=(libsqlite3-dev); fi
install_missing ${missing[@]+"${missing[@]}"}
command -v swift >/dev/null || fail "swift is missing: install Swift 6.2 or later from swift.org and put its bin folder on PATH."

write_pc() { # folder that receives the .pc, folder with include/ and lib/
  local pc="$1/libtorch.pc"
  cat >"$pc.partial" <<PC
Name: libtorch
Description: PyTorch's C++ library
Version: $version
Cflags: -I$2/include -I$2/include/torch/csrc/api/include
Libs: -L$2/lib -ltorch_cpu -lc10
PC
  mv "$pc.partial" "$pc"
}

# A folder that is already there.
if [ -n "${ANNEAL_LIBTORCH:-}" ]; then
  [ -e "$ANNEAL_LIBTORCH/include/torch/csrc/api/include/torch/torch.h" ] ||
    fail "ANNEAL_LIBTORCH=$ANNEAL_LIBTORCH holds no include/torch/csrc/api/include/torch/torch.h; name the torch folder of a libtorch or of Python's site-packages."
  found=$(sed -n 's/^#define TORCH_VERSION "\([0-9.]*\).*/\1/p' "$ANNEAL_LIBTORCH/include/torch/csrc/api/include/torch/version.h" \
    "$ANNEAL_LIBTORCH/include/torch/headeronly/version.h" 2>/dev/null | head -n 1)
  [ -z "$found" ] || [ "$found" = "$version" ] || fail "ANNEAL_LIBTORCH is libtorch $found; this project needs $version."
  mkdir -p "$home"
  ln -sfn "$ANNEAL_LIBTORCH" "$home/torch"
  write_pc "$home" "$home/torch"
  printf '%s\n' "$home"
  exit 0
fi

if [ -e "$home/.complete" ]; then
  printf '%s\n' "$home"
  exit 0
fi

mkdir -p "$cache"
free_kib=$(df -Pk "$cache" | awk 'NR == 2 { print $4 }')
[ "$free_kib" -gt 3145728 ] || fail "only $((free_kib / 1024)) MiB free under $cache; libtorch needs 3 GiB while unpacking. Free some, or set ANNEAL_CACHE to another disk."

# Builds beside the final place and renames, so that an interrupted run leaves nothing half made.
work=$(mktemp -d "$cache/setup.XXXXXX")
trap 'rm -rf "$work"' EXIT

platforms=()
wheels=("torch==$version")
case "$system" in
  Linux-x86_64 | Linux-aarch64)
    machine=$(uname -m)
    for minor in 28 27 26 25 24 17; do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
    platforms+=(--platform "manylinux2014_$machine")
    # libtorch_cpu.so of the wheel links to these two small libraries, GPU or not.
    wheels+=(nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
    if [ "${ANNEAL_CUDA:-}" = 1 ] || { [ "${ANNEAL_CUDA:-}" != 0 ] && command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1; }; then
      with_cuda=1
    fi
    ;;
  Darwin-arm64) platforms+=(--platform macosx_11_0_arm64 --platform macosx_14_0_arm64) ;;
  *) fail "no libtorch $version wheel for $system; build one and set ANNEAL_LIBTORCH to it." ;;
esac

say "fetching libtorch $version (about 550 MB, once) into $cache"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
  "${platforms[@]}" --dest "$work/wheels" "${wheels[@]}" >&2 ||
  fail "pip could not download ${wheels[*]}. Check the network and pip's index settings, or set ANNEAL_LIBTORCH to a libtorch $version that is already here."
if [ -n "${with_cuda:-}" ]; then
  say "an NVIDIA GPU is here: fetching the CUDA libraries too (about 2.5 GB; ANNEAL_CUDA=0 leaves them out)"
  python3 -m pip install --quiet --disable-pip-version-check --target "$work/cuda" "torch==$version" >&2 ||
    fail "pip could not fetch the CUDA libraries; run again with ANNEAL_CUDA=0 for the CPU alone."
fi

say "unpacking"
python3 - "$work" "${with_cuda:-}" <<'PY'
import glob, os, shutil, sys, zipfile
work, cuda = sys.argv[1], sys.argv[2]
out = os.path.join(work, "out")
if cuda:
    os.makedirs(out)
    for name in ("torch", "nvidia"):
        if os.path.isdir(os.path.join(work, "cuda", name)):
            shutil.move(os.path.join(work, "cuda", name), os.path.join(out, name))
# Only what compiling and running need: headers and shared libraries, without the Python code.
unwanted = ("libtorch_python", "libtorch_cuda", "libtorch_cuda_linalg", "libtorch_nvshmem", "libcaffe2_nvrtc")
for wheel in sorted(glob.glob(os.path.join(work, "wheels", "*.whl"))):
    with zipfile.ZipFile(wheel) as archive:
        if archive.testzip() is not None:
            sys.exit(f"{wheel} is damaged")
        for entry in archive.namelist():
            base = os.path.basename(entry)
            wanted = entry.startswith(("torch/include/", "torch/lib/")) or (
                entry.startswith("nvidia/") and (".so" in base or base.endswith(".dylib")))
            if wanted and (cuda or not base.startswith(unwanted)):
                archive.extract(entry, out)
PY
[ -e "$work/out/torch/lib/libtorch_cpu.so" ] || [ -e "$work/out/torch/lib/libtorch_cpu.dylib" ] ||
  fail "the torch wheel holds no libtorch_cpu; the download is damaged. Run again."

# A run that died between the rename and the mark leaves a folder without .complete: it is made anew.
# Another setup may have finished in the meantime: its libtorch may be in use.
if [ -e "$home/.complete" ]; then
  printf '%s\n' "$home"
  exit 0
fi
rm -rf "$home"
mv "$work/out" "$home"
write_pc "$home" "$home/torch"
: >"$home/.complete"
say "libtorch $version is in $home"
printf '%s\n' "$home"
