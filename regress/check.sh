#!/bin/sh
# Runs the suites named as arguments (targets of the GNUmakefile), one after another, and sums
# what they counted: `make check`.
#
# Every suite prints a line "N passed, N failed", or several, which are summed.  A suite that says
# nothing of the kind, or ran no test, has failed: silence must not look like success.  A suite may
# say "SKIPPED: why".
# A line "UNSTEADY: name ..." is a test that passed only when it was run again (lib/Unsteady.pm): these
# are counted too.  The last line printed is the sum in the same form.
set -u
make=${MAKE:-make}
logs=${BUILD:-build}/check
mkdir -p "$logs"
sum_passed=0 sum_failed=0 summary=

for suite in "$@"; do
    printf '\n==== %s\n' "$suite"
    log=$logs/$suite.log
    { $make --no-print-directory "$suite"; echo $? >"$log.rc"; } 2>&1 | tee "$log"
    status=$(cat "$log.rc")
    counts=$(awk '/^==== summary$/ { p = f = n = 0 } # of suites in this suite (check-asan)
                  /^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; n++ }
                  END { if (n) print p " passed, " f " failed" }' "$log")
    passed=${counts%% passed*} failed=${counts##*, } failed=${failed%% failed*}
    passed=${passed:-0} failed=${failed:-0} remark=
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1 remark=" (exit status $status)"
    elif [ $((passed + failed)) -eq 0 ]; then
        if grep -q '^SKIPPED: ' "$log"; then remark=" (skipped)"
        else failed=1 remark=" (ran no test)"; fi
    fi
    unsteady=$(grep -c '^UNSTEADY: ' "$log")
    [ "$unsteady" -eq 0 ] || remark="$remark ($unsteady unsteady)"
    sum_passed=$((sum_passed + passed)) sum_failed=$((sum_failed + failed))
    summary="$summary$(printf '%-14s %6d passed %5d failed%s' "$suite" "$passed" "$failed" "$remark")
"
done

printf '\n==== summary\n%s' "$summary"
printf '%d passed, %d failed\n' "$sum_passed" "$sum_failed"
[ "$sum_failed" -eq 0 ] && [ "$sum_passed" -gt 0 ]
