#!/usr/bin/perl
# --scratch on the command line: what runs on it, and that nothing is left of it however pgmish
# ends.  (Caches, kept clusters' errors, accounts: regress/unit/test_scratch*.c.)
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $where = 'SHOW unix_socket_directories';

# Number of processes whose command line names the directory; the server's does.
sub processes {
    my ($dir) = @_;
    my (undef, $out) = run(['ps', '-A', '-o', 'args']);
    return scalar grep { index($_, $dir) >= 0 } split /\n/, $out;
}

sub nothing_left {
    my ($dir, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    like($dir, qr{^/tmp/pgmish-\w{6}$}, "$name: a private directory under /tmp");
    ok(!-e $dir, "$name: no directory left");
    is(processes($dir), 0, "$name: no process left");
}

# ---- ordinary ends ----------------------------------------------------------------------

my ($exit, $out, $err) = pgmish(['--scratch', '-Atc', $where, '-c', 'SHOW listen_addresses',
    '-c', 'SELECT current_user = session_user, current_database()']);
my ($dir, @rest) = split /\n/, $out;
is_deeply([$exit, $err, @rest], [0, '', '', 't|postgres'], '-c: exit, no TCP, database');
nothing_left($dir, '-c');

($exit, $out) = pgmish(['--scratch', '-At'], stdin => "$where;\nSELECT 1/0;\nSELECT 2;\n");
is($exit, 0, 'pipe: exit');
like($out, qr/\n2\n\z/, 'pipe: to the end');
nothing_left((split /\n/, $out)[0], 'pipe');

($exit, $out) = pgmish(['--scratch', '-At', '-v', 'ON_ERROR_STOP=1'],
    stdin => "$where;\nSELECT 1/0;\n");
is($exit, 3, 'failing script: exit');
nothing_left((split /\n/, $out)[0], 'failing script');

# A program started from the shell that lives on does not keep the server.
($exit, $out) = pgmish(['--scratch', '-At'],
    stdin => "$where;\n\\! sleep 300 >/dev/null 2>&1 & echo \$!\n");
my ($of_server, $sleeper) = split /\n/, $out;
nothing_left($of_server, 'a child that lives on');
ok(kill('TERM', $sleeper), 'a child that lives on: it does');

# ---- ends by signals --------------------------------------------------------------------------

# The shell's child is the handiest place to send a signal from.
for my $signal ('TERM', 'HUP') {
    ($exit, $out) = pgmish(['--scratch', '-At'],
        stdin => "$where;\n\\! kill -$signal \$PPID\nSELECT pg_sleep(600);\n");
    is($exit, 128 + { TERM => 15, HUP => 1 }->{$signal}, "SIG$signal: exit");
    nothing_left((split /\n/, $out)[0], "SIG$signal");
}

($exit, $out) = pgmish(['--scratch', '-At'],
    stdin => "$where;\n\\! kill -KILL \$PPID\nSELECT pg_sleep(600);\n");
is($exit, 128 + 9, 'SIGKILL: exit');
($dir) = split /\n/, $out;
ok(wait_until(sub { !-e $dir && !processes($dir) }), 'SIGKILL: all goes away');
nothing_left($dir, 'SIGKILL');

# At a prompt Ctrl-C is for the statement, not for the server; then the terminal is closed.
my $pty = spawn_pty([pgmish_program(), '-X', '-At', '--scratch']);
$pty->expect(qr/postgres=# $/, 'prompt');
$pty->type("$where;");
($dir) = $pty->expect(qr{^/tmp/pgmish-\w{6}\n}m, 'prompt: directory') =~ m{(/tmp/pgmish-\w{6})\n\z};
$pty->expect(qr/postgres=# $/, 'prompt again');
$pty->type('SELECT pg_sleep(600);');
ok(wait_until(sub {
    my (undef, $active) = run([psql_program(), '-XAtc',
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'",
        '-h', $dir, '-U', scalar getpwuid($>), 'postgres']);
    return $active eq "1\n";
}), 'a statement runs');
$pty->key('ctrl-c');
$pty->expect(qr/canceling statement due to user request/, 'Ctrl-C ends the statement');
$pty->expect(qr/postgres=# $/, 'prompt after it');
$pty->type("SELECT 'still ' || 'here';");
$pty->expect(qr/still here/, 'the server is still there');
$pty->stop;
ok(wait_until(sub { !-e $dir && !processes($dir) }), 'closed terminal: all goes away');
nothing_left($dir, 'closed terminal');

# ---- which server -----------------------------------------------------------------------------------

($exit, $out, $err) = pgmish(['--scratch', '-Atc', 'SELECT inet_server_addr() IS NULL'],
    env => { PGHOSTADDR => '192.0.2.1', PGHOST => 'example.invalid', PGPORT => 1, PGUSER => 'no',
        PGDATABASE => 'no', PGSERVICE => 'no', PGREQUIREPEER => 'no' });
is("$exit $out$err", "0 t\n", 'PG* variables point elsewhere: not followed');
for my $arguments (['-h', 'example.invalid'], ['-p', '1'], ['-d', 'hostaddr=192.0.2.1'],
    ['-d', 'postgresql://example.invalid/x'], ['service=x']) {
    ($exit, $out, $err) = pgmish(['--scratch', @$arguments, '-c', 'SELECT 1']);
    is($exit, 2, "@$arguments: refused");
    like($err, qr/--scratch cannot be combined/, "@$arguments: says why");
}
($exit, $out) = pgmish(['--scratch', '-At', '-d', 'template1', '-c', 'SELECT current_database()']);
is("$exit $out", "0 template1\n", 'another database');
($exit, $out) = pgmish(['--scratch', '-c', '\! ' . psql_program() . ' -XAtc "SELECT 5"']);
is("$exit $out", "0 5\n", 'a program run from the shell reaches it');

# ---- kept -----------------------------------------------------------------------------------------------

my $base = private_dir();
chmod 0711, $base; # root's server runs under another account
($exit, undef, $err) = pgmish(["--scratch=$base/kept", '-c', 'CREATE TABLE t AS SELECT 1']);
is("$exit$err", '0', 'kept: made');
($exit, $out, $err) = pgmish(['--scratch=kept', '-Atc', 'SELECT * FROM t', '-c', $where],
    cwd => $base);
is("$exit$err", '0', 'kept: used again');
like($out, qr{^1\n/tmp/pgmish-}, 'kept: the data are there, the socket is under /tmp');
nothing_left((split /\n/, $out)[1], 'kept');
is(processes("$base/kept"), 0, 'kept: no server left');
($exit, $out, $err) = pgmish(["--scratch=$base"]);
is($exit, 2, 'no cluster: exit');
like($err, qr/directory "\Q$base\E" holds something that is no PostgreSQL cluster/, 'no cluster');
unlike($err, qr/\n(?!pgmish: hint)./, 'no cluster: one line and a hint');

done_testing();
