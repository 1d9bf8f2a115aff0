#!/bin/sh
# Runs cmocka programs and counts: unit.sh PROGRAM...  Ends with "N passed, N failed".
#
# A program that dies on the way counts the tests it had announced and not passed as failed; one
# that ends with a status other than 0 although all its tests passed (a leak found at exit, say)
# counts as one failure.  cmocka prints on stderr.  A program that failed runs once more, unless it
# crashed or a sanitizer found something (why: lib/Unsteady.pm); two may need that in one run.
set -u
sum_passed=0 sum_failed=0 unsteady=0

# Sets output, announced, passed, failed.
run_program() {
    output=$("$1" 2>&1 </dev/null)
    status=$?
    announced=$(printf '%s\n' "$output" | sed -n 's/.*Running \([0-9]*\) test(s)\..*/\1/p' | paste -sd+ -)
    passed=$(printf '%s\n' "$output" | sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\..*/\1/p' | paste -sd+ -)
    announced=$((${announced:-0})) passed=$((${passed:-0}))
    failed=$((announced - passed))
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    [ "$announced" -gt 0 ] || failed=1
}

for program in "$@"; do
    run_program "$program"
    if [ "$failed" -gt 0 ] && [ "$status" -lt 128 ] && [ "$unsteady" -lt 2 ] &&
        ! printf '%s\n' "$output" | grep -qE 'Sanitizer|runtime error: |SIG|Test failed with exception'; then
        first=$output
        run_program "$program"
        if [ "$failed" -eq 0 ]; then
            unsteady=$((unsteady + 1))
            printf 'UNSTEADY: %s (what was wrong is below; right when run again)\n' "$program"
            printf '%s\n' "$first" | sed 's/^/    | /'
        fi
    fi
    if [ "$failed" -gt 0 ]; then
        printf '%s\n' "$output"
    fi
    printf '%-40s %4d passed %4d failed\n' "$program" "$passed" "$failed"
    sum_passed=$((sum_passed + passed)) sum_failed=$((sum_failed + failed))
done
printf '%d passed, %d failed\n' "$sum_passed" "$sum_failed"
[ "$sum_failed" -eq 0 ]
