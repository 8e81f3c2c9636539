#!/usr/bin/env bash
# Is a tool there that no package of ours brings? On Debian as root it is installed; elsewhere one line says how.
#   deploy/need.sh python node chromium fonts
set -euo pipefail

is_there() {
    case "$1" in
        python) "${PYTHON:-python3}" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' ;;
        node) command -v node && command -v npm ;;
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        fonts) ! command -v fc-list || fc-list :lang=zh family | grep -q . ;;
    esac >/dev/null 2>&1
}

declare -A packages=(
    [python]="python3 python3-venv"
    [node]="nodejs npm"
    [chromium]="chromium"
    [fonts]="fontconfig fonts-noto-cjk"
)
declare -A names=(
    [python]="Python 3.11 or newer with venv"
    [node]="Node.js with npm"
    [chromium]="Chromium (for the browser tests)"
    [fonts]="A font with Chinese letters"
)

missing=()
for tool in "$@"; do
    is_there "$tool" || missing+=("$tool")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    for tool in "${missing[@]}"; do
        echo "Installing: ${packages[$tool]}"
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ${packages[$tool]} >/dev/null
    done
    for tool in "${missing[@]}"; do
        is_there "$tool" || { echo "${names[$tool]} could not be installed; install ${packages[$tool]} by hand." >&2; exit 1; }
    done
    exit 0
fi

for tool in "${missing[@]}"; do
    echo "${names[$tool]} is missing. On Debian or Ubuntu: sudo apt-get install ${packages[$tool]}" >&2
done
exit 1
