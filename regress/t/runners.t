#!/usr/bin/perl
# The runners themselves: what fails once is run again, is shown and counted as unsteady; what fails
# every time fails, and a crash is never excused.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $regress = "$PgmishTest::TOP/regress";
my $dir     = private_dir();
my $once    = 0;

sub program {
    my ($name, $text) = @_;
    spew("$dir/$name", $text);
    chmod 0755, "$dir/$name";
    return "$dir/$name";
}

# Shell code that is true the first time it runs.
sub first_time { return "mkdir $dir/once" . ++$once . " 2>/dev/null" }

# Exit status, and stdout with stderr.
sub runner {
    my ($command, %env) = @_;
    my ($exit, $out, $err) = run($command, env => { CHECK_JOBS => 1, QUIET => 0.3, TIMES => undef, %env });
    return ($exit, $out . $err);
}

# ---- TAP scripts --------------------------------------------------------------------------------
sub tap_script {
    my ($name, $condition, $said) = @_;
    return program($name, <<"END");
use Test::More tests => 2;
pass('one');
my \$bad = $condition;
ok(!\$bad, 'two') or warn "$said\\n";
END
}
sub mkdir_once { return "mkdir('$dir/once" . ++$once . "')" }
sub tap { return runner(['perl', "$regress/tap.pl", @_]) }

my $good = tap_script('good.t', '0', '');
my ($exit, $out) = tap($good, tap_script('once.t', mkdir_once(), 'it was odd'));
is($exit, 0, 'tap.pl: a script that fails once: status');
like($out, qr/\n4 passed, 0 failed\n\z/, '... counts');
like($out, qr/^UNSTEADY: \S+once\.t .*\n(?:    \| .*\n)*    \| it was odd\n/m, '... and is shown');
unlike($out, qr/^not ok|FAILED/m, '... not as a failure');
($exit, $out) = tap($good, tap_script('always.t', '1', 'it is bad'));
is($exit, 1, 'tap.pl: a script that fails every time: status');
like($out, qr/always\.t .*FAILED \(1 of 2\)\n(?s:.*)it is bad\n(?s:.*)\n3 passed, 1 failed\n\z/, '... counts');
unlike($out, qr/UNSTEADY/, '... is not unsteady');
($exit, $out) = tap($good, tap_script('asan.t', mkdir_once(), 'ERROR: AddressSanitizer: heap-use-after-free'));
is($exit, 1, 'tap.pl: what a sanitizer finds is not excused');
like($out, qr/\n3 passed, 1 failed\n\z/, '... counts');
($exit, $out) = tap(map { tap_script("once$_.t", mkdir_once(), 'odd') } 1 .. 4);
is($exit, 1, 'tap.pl: too many unsteady scripts');
like($out, qr/4 unsteady tests, more than 3(?s:.*)\n8 passed, 4 failed\n\z/, '... counts');
($exit, $out) = tap(program('dies.t', "use Test::More; pass('one'); die 'no more';\n"));
like("$exit $out", qr/\A1 .*exit status.*\n1 passed, 1 failed\n\z/s, 'tap.pl: a script that dies');
($exit, $out) = tap(program('told.t', <<'END'));
use Test::More tests => 1;
open my $out, '>>', $ENV{PGMISH_UNSTEADY} or die;
print $out "UNSTEADY: a screen\nwas odd\n";
close $out;
pass('one');
END
like("$exit $out", qr/\A0 .*^UNSTEADY: \S+told\.t: a screen .*\n    \| was odd\n1 passed, 0 failed\n\z/ms,
    'tap.pl: what a script tells');

# ---- comparisons with psql ------------------------------------------------------------------------
my $psql = psql_program();
sub client { return program($_[0], "#!/bin/sh\nif $_[1]; then echo odd; fi\nexec $psql \"\$@\"\n") }

for my $case ([ 'screens.pl', 'interrupt', 1 ], [ 'run.pl', 'singlestep', 3 ]) {
    my ($runner, $name, $tests) = @$case;
    my @command = ('perl', "$regress/psql/$runner", $name);
    ($exit, $out) = runner(\@command, PGMISH => client('once', first_time()), ONLY => 'at an empty prompt');
    is($exit, 0, "$runner: what differs once: status");
    like($out, qr/^UNSTEADY: .*$name: .*\n(?:    \| .*\n)*    \| .*\+odd\n/m, '... is shown');
    like($out, qr/\n$tests passed, 0 failed\n\z/, '... counts');
    ($exit, $out) = runner(\@command, PGMISH => client('always', 'true'), ONLY => 'at an empty prompt');
    is($exit, 1, "$runner: what differs every time: status");
    unlike($out, qr/UNSTEADY/, '... is not unsteady');
    like($out, qr/\+odd\n(?s:.*)\n0 passed, $tests failed\n\z/, '... counts');
}

# ---- pg_regress -------------------------------------------------------------------------------------
mkdir "$dir/real";
symlink pgmish_program(), "$dir/real/psql" or die;
for my $case ([ 'once', first_time(), 0, qr/\n1 passed, 0 failed\n\z/ ], [ 'always', 'true', 1, qr/\n0 passed, 1 failed\n\z/ ]) {
    my ($name, $condition, $status, $counts) = @$case;
    mkdir "$dir/regress-$name";
    my $client = program("regress-$name/pgmish", "#!/bin/sh\nif $condition; then echo odd; fi\nexec $dir/real/psql \"\$@\"\n");
    ($exit, $out) = runner([ 'perl', "$regress/regress.pl", 'drg' ], PGMISH => $client);
    is($exit, $status, "regress.pl: what differs $name: status");
    like($out, $counts, '... counts');
    like($out, $status ? qr/^\+odd$/m : qr/^UNSTEADY: drg .*\n(?:    \| .*\n)*    \| \+odd\n/m, '... is shown');
}

# ---- unit tests ---------------------------------------------------------------------------------------
sub unit { return program("unit$_[0]", <<"END") }
#!/bin/sh
echo '[==========] Running 2 test(s).'
if $_[1]; then echo '$_[2]'; echo '[  PASSED  ] 1 test(s).'; exit 1; fi
echo '[  PASSED  ] 2 test(s).'
END
sub units { return runner([ 'sh', "$regress/unit.sh", @_ ]) }
($exit, $out) = units(unit(1, first_time(), 'it was odd'), unit(2, 'false', ''));
like("$exit $out", qr/\A0 UNSTEADY: \S+unit1 .*^    \| it was odd\n.*\n4 passed, 0 failed\n\z/ms, 'unit.sh: once');
($exit, $out) = units(unit(3, 'true', 'it is bad'));
like("$exit $out", qr/\A1 .*\n1 passed, 1 failed\n\z/s, 'unit.sh: every time');
($exit, $out) = units(unit(4, first_time(), 'ERROR: LeakSanitizer: detected memory leaks'));
like("$exit $out", qr/\A1 .*\n1 passed, 1 failed\n\z/s, 'unit.sh: a leak is not excused');
($exit, $out) = units(map { unit(4 + $_, first_time(), 'it was odd') } 1 .. 3);
like("$exit $out", qr/\A1 .*\n5 passed, 1 failed\n\z/s, 'unit.sh: too many');

# ---- the sum -------------------------------------------------------------------------------------------
my $make = program('make', <<'END');
#!/bin/sh
case $2 in
a) printf 'UNSTEADY: x (...)\n    | 0 passed, 9 failed\n3 passed, 0 failed\n2 passed, 0 failed\n' ;;
b) printf '1 passed, 1 failed\n'; exit 1 ;;
c) exit 2 ;;
esac
END
sub sum { return runner([ 'sh', "$regress/check.sh", @_ ], MAKE => $make, BUILD => $dir) }
($exit, $out) = sum('a');
like("$exit $out", qr/\A0 .*^a +5 passed +0 failed \(1 unsteady\)\n5 passed, 0 failed\n\z/ms, 'check.sh: all passed');
($exit, $out) = sum('a', 'b', 'c');
like("$exit $out", qr/\A1 .*\n6 passed, 2 failed\n\z/s, 'check.sh: what failed');

done_testing();
