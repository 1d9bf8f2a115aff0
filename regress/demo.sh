#!/bin/sh
# `make demo`: a project from the basic template, on a scratch server: what is in it, the plan,
# the tests, a deployment, the tests' results.  Nothing is left behind but the cluster cache.
# On a terminal it ends at the prompt, with everything still there to play with.
set -eu
pgmish=${BUILD:-build}/pgmish
case $pgmish in /*) ;; *) pgmish=$PWD/$pgmish ;; esac
dir=$(mktemp -d "${TMPDIR:-/tmp}/pgmish-demo-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Each step is shown as one would type it.
step() { printf '\\echo\n\\echo %s\n%s\n' "'=> $(printf %s "$1" | sed 's/\\/\\\\/g')'" "$1"; }
{
    step '\pgmi init demo basic'
    step '\pgmi load demo'
    step '\plan'
    step '\tests'
    step '\i demo/deploy.sql'
    step '\test'
    step 'SELECT id, email, name FROM "user";'
} >"$dir/steps.sql"
cd "$dir"

if [ -t 0 ] && [ -t 1 ]; then
    # A startup file is what runs before the prompt comes; the user's own are left out.
    { cat steps.sql
      printf '%s\n' '\echo' "\\echo 'Your turn: \\\\? pgmi lists the commands, \\\\q leaves.'"; } >rc.sql
    HOME=$dir PSQLRC=$dir/rc.sql XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache} "$pgmish" --scratch
else
    "$pgmish" --scratch -X -v ON_ERROR_STOP=1 <steps.sql
fi
