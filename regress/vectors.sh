#!/bin/sh
# Runs the conformance vectors: vectors.sh PROGRAM...  Ends with "N passed, N failed" (cases).
#
# The programs (regress/unit/test_vectors_*.c) look for the JSON files in VECTORS_DIR and append
# "FILE PASSED FAILED" to the file that VECTORS_TALLY names.  The vectors live outside this
# repository: without VECTORS_DIR, and with nothing at the default place, they are skipped and
# that is said; a VECTORS_DIR that was given and holds none is an error, and in CI so is absence.
set -u
default=../shared/vectors
dir=${VECTORS_DIR:-$default}
if ! ls "$dir"/*.json >/dev/null 2>&1; then
    if [ -n "${VECTORS_DIR:-}" ] || [ "${CI:-}" = true ]; then
        echo "vectors: no *.json files in $dir" >&2
        exit 1
    fi
    echo "SKIPPED: no vectors in $dir (set VECTORS_DIR to run them)"
    echo "0 passed, 0 failed"
    exit 0
fi
VECTORS_DIR=$(cd "$dir" && pwd)
VECTORS_TALLY=$(mktemp)
export VECTORS_DIR VECTORS_TALLY
trap 'rm -f "$VECTORS_TALLY"' EXIT
broken=0
for program in "$@"; do
    output=$("$program" 2>&1) || { broken=1; printf '%s\n' "$output"; }
done
for file in "$VECTORS_DIR"/*.json; do
    name=${file##*/}
    awk -v name="$name" '$1 == name { p += $2; f += $3; seen = 1 }
        END { if (seen) printf "%-20s %5d passed %5d failed\n", name, p, f
              else printf "%-20s not covered yet\n", name }' "$VECTORS_TALLY"
done
awk -v broken="$broken" '{ p += $2; f += $3 }
    END { if (broken && !f) f = 1
          printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$VECTORS_TALLY"
