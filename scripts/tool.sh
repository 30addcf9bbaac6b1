#!/usr/bin/env bash
# Installs a Go program in one version: tool.sh PACKAGE .tools/NAME-vVERSION
set -euo pipefail

package=$1 target=$2
version=v${target##*-v}

# The toolchain is the one that go.mod selects, and no other is fetched.
toolchain=$(go env GOVERSION)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo "installing $package@$version (once; the first time takes some minutes)"
GOTOOLCHAIN=$toolchain GOFLAGS='' GOBIN=$folder go install -trimpath "$package@$version"
mkdir -p "$(dirname "$target")"
mv "$folder"/* "$target"
