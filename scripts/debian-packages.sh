#!/usr/bin/env bash
# Installs the Debian (or Ubuntu) packages that Understudy's window and its tests need: the libraries
# that Electron links against, Xvfb for computers without a display, unzip, a font if none is installed, and
# tools for a network namespace in which tests see every packet. Does nothing if all are installed. Needs root, or sudo.
set -euo pipefail

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This is not a Debian or Ubuntu system. Install with its own package manager: Xvfb, xauth, GTK 3," >&2
  echo "NSS, ALSA, GBM, XScreenSaver, the ATK bridge, libdrm, the Vulkan loader, unzip, iproute2, util-linux and Perl." >&2
  exit 1
fi

packages=(
  xvfb xauth unzip
  libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 libatk-bridge2.0-0 libdrm2
  libvulkan1
  iproute2 util-linux perl-base
)

# Debian 13 and Ubuntu 24.04 renamed libraries when time_t grew to 64 bits.
installed() {
  local name
  for name in "$1" "$1t64"; do
    case "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null)" in ii*) return 0 ;; esac
  done
  return 1
}

has_font() {
  compgen -G '/usr/share/fonts/truetype/*' >/dev/null ||
    compgen -G '/usr/share/fonts/opentype/*' >/dev/null
}

missing=()
for name in "${packages[@]}"; do
  installed "$name" || missing+=("$name")
done
has_font || missing+=(fonts-dejavu-core)

if [ ${#missing[@]} -eq 0 ]; then
  echo "All packages that the window needs are installed."
  exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null; then
  as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
  echo "Missing: ${missing[*]}. Run this as root, or install sudo." >&2
  exit 1
fi

echo "Installing ${missing[*]} and what they depend on."
"${as_root[@]}" apt-get update -qq

names=()
for name in "${missing[@]}"; do
  # A renamed package is still listed under its old name, but has no version to install.
  if [[ "$(apt-cache show "$name" 2>/dev/null)" == *$'\nVersion:'* ]]; then
    names+=("$name")
  else
    names+=("${name}t64")
  fi
done
"${as_root[@]}" apt-get install --yes --no-install-recommends -qq "${names[@]}"
echo "Installed."
