#!/usr/bin/perl
# The connection is lost at the commit: what became of it is asked of the server.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use PgmishTest;

my $server;

sub script { return make_project({ 'deploy.sql' => $_[0] }) }

# Deploys in the background, kills its backend when $when is true, returns the JSON.
sub deploy_and_kill {
    my ($dir, $when) = @_;
    my $work = private_dir();
    my %env  = (clean_env(), $server->env);
    delete $env{PGDATABASE};
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$work/out" or die;
        open STDERR, '>', "$work/err" or die;
        %ENV = %env;
        exec { pgmi_program() } pgmi_program(), 'deploy', $dir, '-d', 'app', '--json'
            or POSIX::_exit(127);
    }
    my $backend;
    wait_until { $backend = $server->query("SELECT pid FROM pg_stat_activity WHERE application_name = 'pgmi' "
            . "AND state = 'active' AND $when", 'app') } 60 or diag('nothing to kill');
    $server->query("SELECT pg_terminate_backend($backend)");
    my $status;
    wait_until { waitpid($pid, WNOHANG) == $pid and $status = $?, 1 } 100
        or do { kill 'KILL', $pid; waitpid $pid, 0; die "still running: " . slurp("$work/err") };
    return (decode_json(slurp("$work/out")), slurp("$work/err"), $status >> 8);
}

# Rolled back: a deferred trigger waits for an advisory lock that this session holds.
$server = start_server();
$server->query('CREATE DATABASE app');
$server->query('CREATE TABLE done (a int); CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS '
    . '$$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;'
    . ' CREATE CONSTRAINT TRIGGER t AFTER INSERT ON done DEFERRABLE INITIALLY DEFERRED'
    . ' FOR EACH ROW EXECUTE FUNCTION wait()', 'app');
my $holder = fork // die;
if (!$holder) {
    %ENV = (clean_env(), $server->env);
    open STDOUT, '>', '/dev/null';
    exec { psql_program() } psql_program(), '-X', '-d', 'app', '-c', 'SELECT pg_advisory_lock(42)', '-c',
        'SELECT pg_sleep(1000)' or POSIX::_exit(127);
}
wait_until { $server->query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = 42", 'app') };
my ($json, $err, $exit) = deploy_and_kill(script("BEGIN;\nINSERT INTO done VALUES (1);\nCOMMIT;\nSELECT 1;\n"),
    "wait_event_type = 'Lock' AND query = 'COMMIT;'");
is("$exit $json->{commitOutcome}", '13 rolled back', 'killed before the commit: rolled back');
like($json->{error}, qr/connection was lost at the commit; the server has rolled the transaction back/, '... in words');
is($json->{unitsCommitted}, 0, '... nothing is counted as committed');
is($server->query('SELECT count(*) FROM done', 'app'), 0, '... and it is so');

# The same without a BEGIN of the script's, in the tail.
($json, $err, $exit) = deploy_and_kill(script("SELECT 1;\nCOMMIT;\nBEGIN;\nINSERT INTO done VALUES (2);\nCOMMIT;\n"),
    "wait_event_type = 'Lock' AND query = 'COMMIT;'");
is("$exit $json->{commitOutcome} $json->{executionMode}", '13 rolled back psql', 'a commit in the tail');
# A head without BEGIN: its implicit transaction tells its id in front of the commit.
for my $end ("COMMIT;\n", "SELECT 2 -- the end", '') {
    ($json, $err, $exit) = deploy_and_kill(script("INSERT INTO done VALUES (4);\nSELECT 1;\n$end"),
        "wait_event_type = 'Lock'");
    is("$exit $json->{commitOutcome}", '13 rolled back', "an implicit transaction ($end): rolled back");
    is($json->{unitsCommitted}, 0, '... not counted');
}
($json, $err, $exit) = deploy_and_kill(script("INSERT INTO done VALUES (5);\n"), "wait_event_type = 'Lock'");
is("$exit $json->{commitOutcome}", '13 rolled back', 'a head of one statement');
($json, $err, $exit) = deploy_and_kill(script("DO \$\$ BEGIN INSERT INTO done VALUES (5); END \$\$;\n"), "wait_event_type = 'Lock'");
is("$exit $json->{commitOutcome}", '13 rolled back', '... a DO block');
($json, $err, $exit) = deploy_and_kill(script("DO \$\$ BEGIN INSERT INTO done VALUES (5); COMMIT; END \$\$;\n"), "wait_event_type = 'Lock'");
is("$exit $json->{commitOutcome}", '13 unknown', '... that commits itself: nobody knows');
($json, $err, $exit) = deploy_and_kill(script("INSERT INTO done VALUES (6);\nSELECT pg_sleep(1000);\nCOMMIT;\n"),
    "wait_event = 'PgSleep'");
is($exit . ($json->{commitOutcome} // ''), '13', 'killed before its end: nothing to ask');
like($err, qr/nothing was committed/, '... and nothing was committed');
kill 'KILL', $holder;
waitpid $holder, 0;

# Committed: the commit is done and waits for a standby that does not exist.
# (The settings first: every later commit that does not say otherwise would wait as well.)
$server->query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42", 'app');
$server->query('DROP TRIGGER t ON done', 'app');
$server->query('ALTER ROLE postgres IN DATABASE app SET synchronous_commit = local');
$server->query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
$server->query('SELECT pg_reload_conf()');
wait_until { $server->query('SHOW synchronous_standby_names', 'app') eq 'nobody' };
($json, $err, $exit) = deploy_and_kill(script("BEGIN;\nINSERT INTO done VALUES (3);\nSET LOCAL synchronous_commit = on;\nCOMMIT;\n"),
    "wait_event = 'SyncRep'");
is("$exit $json->{commitOutcome}", '13 committed', 'killed behind the commit: committed');
is($json->{unitsCommitted}, 1, '... and counted');
is($server->query('SELECT a FROM done', 'app'), 3, '... and it is so');
like($err, qr/the head is committed/, '... the last line says so');

($json, $err, $exit) = deploy_and_kill(script("INSERT INTO done VALUES (7);\nSET LOCAL synchronous_commit = on;\nCOMMIT;\n"),
    "wait_event = 'SyncRep'");
is("$exit $json->{commitOutcome} $json->{unitsCommitted}", '13 committed 1', 'an implicit transaction: committed');
is($server->query('SELECT a FROM done WHERE a = 7', 'app'), 7, '... and it is so');
($json, $err, $exit) = deploy_and_kill(script("COMMIT;\nINSERT INTO done SELECT 9 WHERE set_config('synchronous_commit', 'on', true) = 'on';\n"),
    "wait_event = 'SyncRep'");
is("$exit $json->{commitOutcome} $json->{executionMode}", '13 unknown psql', 'a statement of the tail that commits by itself: unknown');
like($json->{error}, qr/connection was lost; whether the statement has taken effect is unknown/, '... in words');
unlike($err, qr/INFO/, '... its id is shown to nobody');

# A standby has taken over at the same address meanwhile: it may know another history.
$server = start_server();
$server->query('CREATE DATABASE app');
$server->query('CREATE TABLE done (a int)', 'app');
my $standby = start_server(standby => $server);
my $primary = $server;
{
    my $work = private_dir();
    my $dir  = script("BEGIN;\nINSERT INTO done VALUES (8);\nSET LOCAL synchronous_commit = on;\nCOMMIT;\n");
    $primary->query('ALTER ROLE postgres IN DATABASE app SET synchronous_commit = local');
    $primary->query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    $primary->query('SELECT pg_reload_conf()');
    wait_until { $primary->query('SHOW synchronous_standby_names', 'app') eq 'nobody' };
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        %ENV = clean_env();
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$work/out" or die;
        open STDERR, '>', "$work/err" or die;
        exec { pgmi_program() } pgmi_program(), 'deploy', $dir, '--json', '--connection',
            'host=' . $primary->host . ' user=postgres dbname=app' or POSIX::_exit(127);
    }
    wait_until { $primary->query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 'app') } 60;
    $standby->query('SELECT pg_promote()');
    my $address = $primary->host;
    $primary->stop;
    symlink $standby->host, $address or die "$address: $!";
    waitpid $pid, 0;
    $json = decode_json(slurp("$work/out"));
    unlink $address;
    is($json->{commitOutcome}, 'unknown', 'another timeline: unknown') or diag(slurp("$work/err"));
}

done_testing();
