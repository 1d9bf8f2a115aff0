#!/bin/sh
# Installs what pgmish and its tests need: `make deps`.  deps.sh demo: what the demo needs.
#
# On Debian and Ubuntu with apt-get (through sudo when not root); elsewhere it only says what to
# install.  Does nothing, and asks no network, when everything is there and recent enough: the
# tests compare pgmish with the real psql, whose 15.20 differs visibly from earlier 15.x.
set -eu
umask 022 # what is installed is for every user of the machine

purpose=${1:-check}
build_packages="gcc make pkg-config libpq-dev libedit-dev libyaml-dev libxml2-dev libssl-dev"
test_packages="libxml2-utils libcmocka-dev libjansson-dev postgresql postgresql-client pgbouncer perl libipc-run-perl libio-pty-perl"

say() { printf 'deps: %s\n' "$*"; }

# The psql of the newest PostgreSQL on this machine, or nothing.
real_psql() {
    # shellcheck disable=SC2086  # a pattern; DEPS_PSQL: another one, for the test of this script
    ls -d ${DEPS_PSQL:-/usr/lib/postgresql/*/bin/psql} 2>/dev/null | sort -t/ -k5,5n | tail -n 1
}

# True when that psql is one the tests can be judged by: 15.20 or a later minor, or a newer major.
psql_is_recent() {
    psql=$(real_psql)
    [ -n "$psql" ] || return 1
    version=$("$psql" --version | sed -n 's/^psql (PostgreSQL) \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    set -- $version
    [ "${1:-0}" -gt 15 ] || { [ "${1:-0}" -eq 15 ] && [ "${2:-0}" -ge 20 ]; }
}

missing_packages() {
    for package in $build_packages $test_packages; do
        case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
        ii*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else
        say "not root and no sudo; as root run: $*"
        exit 1
    fi
}

# Tests bring their own servers; a system cluster is not wanted for them.  Only on a machine that
# has none yet, and only while the packages are being installed.
apt_install() {
    say "installing: $*"
    no_cluster="" failed=""
    if ! dpkg-query -W postgresql-common >/dev/null 2>&1; then
        no_cluster=/etc/postgresql-common/createcluster.d/pgmish-deps.conf
        as_root mkdir -p "${no_cluster%/*}"
        printf 'create_main_cluster = false\n' | as_root tee "$no_cluster" >/dev/null
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
        say "warning: the lists of packages could not be renewed"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" ||
        failed=$?
    [ -z "$no_cluster" ] || as_root rm -f "$no_cluster"
    [ -z "$failed" ] || exit "$failed"
}

# The packages that `postgresql` stands for, as far as they are installed: dpkg-query also lists names
# that others only mention (postgresql-9.1), which apt-get would stumble over.
installed_versions() {
    dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'postgresql-[0-9]*' 'postgresql-client-[0-9]*' \
        libpq5 2>/dev/null | sed -n 's/^ii *//p'
}

# An old psql hinders nothing but the tests' comparisons: the demo does not renew it, and where it
# cannot be renewed (no network, no root, no newer one) the tests run all the same.
install_debian() {
    missing=$(missing_packages)
    # shellcheck disable=SC2086  # lists of package names
    [ -z "$missing" ] || apt_install $missing
    if [ "$purpose" = demo ] || psql_is_recent; then
        return 0
    fi
    # shellcheck disable=SC2046
    (apt_install postgresql postgresql-client $(installed_versions)) || true
    psql_is_recent || say "warning: $(real_psql) is older than 15.20; some comparisons with it will differ"
}

explain_elsewhere() {
    say "this system has no apt-get; please install by its own means:"
    cat <<'TEXT'
  Fedora, RHEL:  dnf install gcc make pkgconf libpq-devel libedit-devel libyaml-devel libxml2-devel \
                     openssl-devel libcmocka-devel jansson-devel postgresql-server postgresql pgbouncer \
                     perl-IPC-Run perl-IO-Tty perl-Test-Simple
  Arch:          pacman -S base-devel postgresql postgresql-libs libedit libyaml libxml2 openssl \
                     cmocka jansson pgbouncer perl-ipc-run perl-io-tty
  macOS:         brew install postgresql@15 libedit libyaml libxml2 openssl@3 cmocka jansson pgbouncer
                     and: cpan IPC::Run IO::Pty
TEXT
    # Going on makes sense when the compiler and libpq are there: the build says the rest.
    command -v cc >/dev/null 2>&1 && command -v pg_config >/dev/null 2>&1
}

if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
    install_debian
else
    explain_elsewhere
fi
