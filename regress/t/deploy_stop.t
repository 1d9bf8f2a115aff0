#!/usr/bin/perl
# What ends a deployment from outside: another deployment, the time limit, Ctrl-C, a killed backend,
# a lost server.  Every step waits for a state of the server, never for a time.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use PgmishTest;

my $server = start_server();
$server->query('CREATE DATABASE app');
my %env = (clean_env(), $server->env);
delete $env{PGDATABASE};

sub script { return make_project({ 'deploy.sql' => $_[0], %{ $_[1] // {} } }) }
sub count { return $server->query("SELECT count(*) FROM pg_class WHERE relname = '$_[0]'", 'app') }
sub advisory { return $server->comes_to("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted", 0, 'app') }

# A command in the background: (pid, files of its output).
sub start {
    my (@command) = @_;
    my $dir = private_dir();
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp;
        chdir $dir;
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$dir/out" or die;
        open STDERR, '>', "$dir/err" or die;
        %ENV = %env;
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    return { pid => $pid, dir => $dir };
}

sub deploy { return start(pgmi_program(), 'deploy', $_[0], '-d', 'app', '--json', @_[1 .. $#_]) }

sub err_of { return -e "$_[0]{dir}/err" ? slurp("$_[0]{dir}/err") : '' }

sub finish {
    my ($job, $name) = @_;
    my $status;
    my $done = wait_until { waitpid($job->{pid}, WNOHANG) == $job->{pid} and $status = $?, 1 };
    if (!$done) {
        kill 'KILL', $job->{pid};
        waitpid $job->{pid}, 0;
        fail("$name: still running: " . slurp("$job->{dir}/err"));
    }
    $job->{exit} = $status & 127 ? 128 + ($status & 127) : $status >> 8;
    ($job->{out}, $job->{err}) = map { slurp("$job->{dir}/$_") } qw(out err);
    $job->{json} = eval { decode_json($job->{out}) } // {};
    return $job->{exit};
}

# Waits until a backend of the deployment runs a statement like this; returns its pid.
sub running {
    my ($like, $state) = @_;
    my $pid;
    $state //= 'active';
    wait_until { $pid = $server->query("SELECT pid FROM pg_stat_activity WHERE application_name = "
            . "'pgmi' AND state = '$state' AND query ~ '$like' LIMIT 1") } 60
        or die "nothing like $like is running\n";
    return $pid;
}

# Holds advisory lock 1 in a session of its own until stopped.
sub hold {
    my ($sql) = @_;
    my $job = start(psql_program(), '-X', '-d', 'app', '-c', $sql, '-c', 'SELECT pg_sleep(1000)');
    wait_until { $server->query("SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep\\(1000' AND application_name = 'psql'") }
        or die 'the holder did not start';
    return $job;
}

sub let_go {
    my ($job) = @_;
    kill 'KILL', $job->{pid};
    waitpid $job->{pid}, 0;
    $server->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep\\(1000' AND application_name = 'psql'");
    wait_until { !$server->query("SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep\\(1000' AND application_name = 'psql'") };
}

# ---- two at once ---------------------------------------------------------------------------------
my $first = deploy(script("BEGIN;\nCREATE TABLE two1 ();\nSELECT pg_sleep(1000);\nCOMMIT;\n"));
my $backend = running('pg_sleep');
my $second = deploy(script("CREATE TABLE two2 ();\n"));
is(finish($second, 'second'), 15, 'two deployments at once: the second gets 15');
like($second->{json}{error}, qr/another deployment of database "app" is running/, '... and why');
is(count('two2'), 0, '... and does nothing');

# ---- Ctrl-C in the head ------------------------------------------------------------------------------
kill 'INT', $first->{pid};
is(finish($first, 'interrupted'), 130, 'Ctrl-C in the head is 130');
is("$first->{json}{exitCode} $first->{json}{error}", '130 interrupted', '... in the JSON too');
is(count('two1') . advisory(), '00', '... nothing stays, the lock is released');

# ---- in the tail ----------------------------------------------------------------------------------------
my $tail = deploy(script("CREATE TABLE tail1 ();\nCOMMIT;\nSELECT pg_sleep(1000);\nCREATE TABLE tail2 ();\n"));
running('^SELECT pg_sleep\(1000\);$');
kill 'TERM', $tail->{pid};
is(finish($tail, 'tail'), 130, 'TERM in the tail is 130');
is(count('tail1') . count('tail2') . advisory(), '100', '... what was committed stays, no more');
is("$tail->{json}{unitsCommitted}", 1, '... and is counted');

# ---- time limit -------------------------------------------------------------------------------------------
my $late = deploy(script("CREATE TABLE late1 ();\nSELECT pg_sleep(1000);\n"), '--timeout', '1500ms');
is(finish($late, 'timeout'), 16, '--timeout: 16');
like($late->{json}{error}, qr/time limit of 1500ms has expired/, '... and says which');
is(count('late1') . advisory(), '00', '... nothing stays, the lock is released');
my $own = deploy(script("SET statement_timeout = '100ms';\nSELECT pg_sleep(1000);\n"));
is(finish($own, 'statement_timeout'), 13, "the server's own statement_timeout: 13");
my $yaml = deploy(script("SELECT pg_sleep(1000);\n", { 'pgmi.yaml' => "timeout: 1s\n" }));
is(finish($yaml, 'yaml'), 16, 'timeout of pgmi.yaml');

# ---- the backend is killed ----------------------------------------------------------------------------------
my $killed = deploy(script("BEGIN;\nCREATE TABLE k1 ();\nSELECT pg_sleep(1000);\nCOMMIT;\n"));
$backend = running('pg_sleep');
$server->query("SELECT pg_terminate_backend($backend)");
is(finish($killed, 'killed'), 13, 'backend killed in the head: 13');
is($killed->{json}{sqlstate}, '57P01', "... with the server's SQLSTATE");
ok(!exists $killed->{json}{commitOutcome}, '... it was not at a commit');
advisory();
is(count('k1'), 0, '... nothing stays');
$killed = deploy(script("CREATE TABLE k2 ();\nCOMMIT;\nSELECT pg_sleep(1000);\nSELECT 1;\n"));
$backend = running('^SELECT pg_sleep\(1000\);$');
$server->query("SELECT pg_terminate_backend($backend)");
is(finish($killed, 'killed'), 13, 'backend killed in the tail: 13');
is("$killed->{json}{unitsCommitted} $killed->{json}{executionMode} " . count('k2'), '1 psql 1',
    '... what was committed stays');
($backend) = $server->query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmi'");

# ---- who blocks -----------------------------------------------------------------------------------------------
$server->query('CREATE TABLE blocked (a int)', 'app');
my $holder = hold('BEGIN; LOCK TABLE blocked');
my $waiter = deploy(script("BEGIN;\nALTER TABLE blocked ADD b int;\nCOMMIT;\n"));
ok(wait_until { err_of($waiter) =~ /^Waiting for a lock; blocked by pid \d+, user "postgres", application "psql", query \d+ s old, active$/m },
    'who blocks is said while it waits');
let_go($holder);
is(finish($waiter, 'waiter'), 0, '... and the deployment goes on');

# ---- lock timeout and retries -----------------------------------------------------------------------------------
$holder = hold('BEGIN; LOCK TABLE blocked');
my $locked = deploy(script("BEGIN;\nCREATE TABLE r1 ();\nALTER TABLE blocked ADD c int;\nCOMMIT;\n"),
    '--lock-timeout', '50ms');
is(finish($locked, 'lock'), 13, '--lock-timeout without retries: 13');
is($locked->{json}{sqlstate}, '55P03', '... lock not available');
$locked = deploy(script("BEGIN;\nCREATE TABLE r1 ();\nALTER TABLE blocked ADD c int;\nCOMMIT;\n"),
    '--lock-timeout', '50ms', '--lock-retries', '1000');
ok(wait_until { err_of($locked) =~ /tried again \(2 of 1000\)/ }, 'the head is tried again');
let_go($holder);
is(finish($locked, 'lock'), 0, '... until it can');
is(count('r1'), 1, '... and takes effect once');

# ---- \pgmi deploy and Ctrl-C ----------------------------------------------------------------------------------------
my $dir = script("BEGIN;\nCREATE TABLE p1 ();\nSELECT pg_sleep(1000);\nCOMMIT;\n");
my $pty = spawn_pty([pgmish_program(), '-X', '-d', 'app'], env => \%env);
$pty->expect(qr/app=# /, 'a prompt');
$pty->type("\\pgmi deploy $dir");
wait_until { $server->query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmish' AND state = 'active'") };
$pty->send("\003");
$pty->expect(qr/interrupted.*app=# /s, 'Ctrl-C ends \pgmi deploy, and the shell goes on');
$pty->type('SELECT 40 + 2;');
$pty->expect(qr/42.*app=# /s, 'the connection is in order');
is(advisory(), 0, 'the lock is released');
$pty->type('\q');
$pty->finish('quit');

# ---- the server goes away between two statements of the tail -------------------------------------------------------
# (a server of its own, as it is stopped)
my $other = start_server();
$other->query('CREATE DATABASE app');
%env = (clean_env(), $other->env);
delete $env{PGDATABASE};
my $gone = deploy(script("CREATE TABLE x1 ();\nCOMMIT;\nCREATE TABLE x2 ();\nSELECT pg_sleep(1000);\nCREATE TABLE x3 ();\n"));
wait_until { $other->query("SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep\\(1000\\);\$'") };
$other->stop;
is(finish($gone, 'stopped'), 13, 'the server stops in the tail: 13');
is("$gone->{json}{unitsCommitted} $gone->{json}{executionUnits}", '2 4', '... and how far it went');

done_testing();
