#!/bin/sh
# An editor that shows what it got and adds a statement; "keep" leaves the file as it is.
test "$1" = keep && exit 0
for file; do :; done
echo "$@" | sed 's/edit\.[0-9]*/edit.PID/'
cat "$file"
echo "select 'edited' as e;" >>"$file"
