#!/usr/bin/env bash
# Makes sure that the system has what the tests run on: a C compiler (the race
# detector needs it), PostgreSQL's server and Chromium. Root gets them from
# apt-get; everybody else is told what to install.
set -euo pipefail

has() { command -v "$1" >/dev/null 2>&1; }

missing=()
has cc || missing+=(gcc libc6-dev)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || has postgres || missing+=(postgresql-15)
has chromium || has google-chrome || missing+=(chromium)

[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
  echo "make test needs what this system does not have. Please install: ${missing[*]}" >&2
  echo "On Debian: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
