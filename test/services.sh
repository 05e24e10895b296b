#!/bin/sh
# Makes sure that the real servers which the conformance and terminal tests talk to are installed.
# Installs what is missing when run as root on a Debian system, else names the command. Runs again at no cost.
set -u
cd "$(dirname "$0")/.." || exit 1

# A command, and the package that has it where that is called otherwise.
SERVICES='haproxy memcached ssh:openssh-client sshd:openssh-server tmux nft:nftables ip:iproute2'
PATH="$PATH:/usr/sbin:/sbin"

missing() {
  for service in $SERVICES; do
    command -v "${service%:*}" >/dev/null 2>&1 || printf '%s ' "${service#*:}"
  done
}

wanted=$(missing)
if [ -n "$wanted" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086  # a list of names
  apt-get install -y -qq --no-install-recommends $wanted
  wanted=$(missing)
fi

# Moto is an EC2 server; Debian has no package of it. Without PyPI the tests that talk to it are skipped, aloud.
MOTO=.venv-moto/bin/moto_server
has_moto() { [ -x "${FIREBREAK_MOTO:-$MOTO}" ] || [ -x "$MOTO" ] || command -v moto_server >/dev/null 2>&1; }

if ! has_moto && ! { python3 -m venv .venv-moto &&
  .venv-moto/bin/pip install --quiet --timeout 10 --retries 1 'moto[ec2,autoscaling,server]'; } >/dev/null 2>&1; then
  echo "Not there: moto_server. Its tests are skipped. Install: python3 -m venv .venv-moto &&" \
    ".venv-moto/bin/pip install 'moto[ec2,autoscaling,server]'" >&2
fi

if [ -n "$wanted" ]; then
  echo "Missing: ${wanted% }" >&2
  echo "Install: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted% }" >&2
  exit 1
fi
echo "All there: $SERVICES$(has_moto && echo ' moto_server')"
