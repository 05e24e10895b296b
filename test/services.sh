#!/bin/sh
# Makes sure that the real servers which the conformance and terminal tests talk to are installed.
# Installs what is missing when run as root on a Debian system, else names the command. Runs again at no cost.
set -u

# A command, and the package that has it where that is called otherwise.
SERVICES='haproxy memcached ssh:openssh-client sshd:openssh-server tmux'
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

if [ -n "$wanted" ]; then
  echo "Missing: ${wanted% }" >&2
  echo "Install: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted% }" >&2
  exit 1
fi
echo "All there: $SERVICES"
