# Installs Debian packages where that is possible without a question. Sourced by scripts.

can_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; }

# With RUNLEVEL=1 most packages don't start their services.
install_packages() {
  local root=()
  if ((EUID != 0)); then
    root=(sudo -n)
  fi
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq "$@"
}
