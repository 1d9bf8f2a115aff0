#!/usr/bin/perl
# The gate of a deployment: which test failed, with what, and where (contract G5, E6).
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
$server->query('CREATE DATABASE app');

sub deploy_json {
    my ($files, @options) = @_;
    my ($exit, $out, $err) = pgmi(['deploy', make_project($files), '-d', 'app', '--json', @options],
        server => $server, env => { PGDATABASE => undef });
    my $json = eval { decode_json($out) } // {};
    return ($exit, $json, $err);
}

my $gate = "BEGIN;\nCALL pgmi_test();\nCOMMIT;\n";
my %good = map { ("__test__/a$_.sql" => "SELECT 1;\n") } 1 .. 5;

# ---- the words of the error --------------------------------------------------------------------
my ($exit, $json, $err) = deploy_json({ 'deploy.sql' => $gate, %good, '__test__/b.sql' =>
    "SELECT 1;\nDO \$\$ BEGIN\n  RAISE EXCEPTION 'broken' USING ERRCODE = 'P1234', DETAIL = 'why', HINT = 'so';\nEND \$\$;\n" });
is($exit, 13, 'a failed test is 13');
is(join('|', @$json{qw(error sqlstate detail hint failedFile fileLine)}),
    'Failed in ./__test__/b.sql: broken|P1234|why|so|./__test__/b.sql|3', 'RAISE: everything it said');
like($err, qr/^\S+: error: Failed in \.\/__test__\/b\.sql: broken\nDETAIL: why\nHINT: so\n/m, '... as text');
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, %good, '__test__/b.sql' => "SELECT 1;\nSELECT 'é', nothing;\n" });
is(join('|', @$json{qw(error failedFile fileLine fileColumn)}),
    'Failed in ./__test__/b.sql: column "nothing" does not exist|./__test__/b.sql|2|13', 'analysis: line and column');
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, '__test__/b.sql' => "SELECT 1;\n\n  SELEC 2;\n" });
is(join('|', @$json{qw(failedFile fileLine fileColumn)}), './__test__/b.sql|3|3', 'syntax: line and column');
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, '__test__/b.sql' => "DO \$\$ BEGIN ASSERT false, 'no'; END \$\$;\n" });
is("$json->{error} $json->{sqlstate}", 'Failed in ./__test__/b.sql: no P0004', 'ASSERT');
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, %good, '__test__/_setup.sql' => "SELECT 1/0;\n" });
is("$json->{error} $json->{failedFile}", 'Failed in ./__test__/_setup.sql: division by zero ./__test__/_setup.sql', 'a fixture');
($exit, $json) = deploy_json({ 'deploy.sql' => "SET statement_timeout = 200;\n$gate", '__test__/b.sql' => "SELECT pg_sleep(60);\n" });
is("$exit $json->{sqlstate} $json->{failedFile}", '13 57014 ./__test__/b.sql', "the server's statement_timeout");
unlike($json->{error}, qr/Failed in/, '... stays what it is');

# ---- which one --------------------------------------------------------------------------------------
my $same = "DO \$\$ BEGIN IF to_regclass('gate_mark') IS NOT NULL THEN RAISE EXCEPTION 'twice'; END IF; END \$\$;\n";
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, '__test__/a.sql' => $same, '__test__/z/_setup.sql' => 'CREATE TABLE gate_mark ()',
    '__test__/z/b.sql' => $same });
is("$json->{failedFile} $json->{fileLine}", './__test__/z/b.sql 1', 'of two tests with one text, the one that failed');
my $odd = "it's \$\$ \xc3\xa9\nSELECT pg_temp.pgmi_run_test_source('x').sql";
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, %good, "__test__/$odd" => 'SELECT 1' });
is($exit, 0, 'a hostile name') or diag(explain($json));
($exit, $json) = deploy_json({ 'deploy.sql' => $gate, %good, "__test__/$odd" => 'SELECT 1/0' });
like($json->{failedFile}, qr/\A\.\/__test__\/it's .*pgmi_run_test_source\('x'\)\.sql\z/s, '... that fails');
my $before = ";; /* ; */ ;\nBEGIN;\nCREATE TABLE IF NOT EXISTS r (a int);\nCREATE OR REPLACE RULE x AS ON INSERT TO r DO ALSO (SELECT 1; SELECT 2);\n"
    . "INSERT INTO r VALUES (1);\nCREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT 1; SELECT 2; END;\n"
    . "COPY r TO STDOUT;\nSELECT 1 WHERE false;\nSELECT 'a;b', \$q\$ ; \$q\$; -- ; CALL pgmi_test();\nDO \$\$BEGIN PERFORM 1; END\$\$;\n";
($exit, $json) = deploy_json({ 'deploy.sql' => $before . "CALL pgmi_test('a2');CALL pgmi_test('b');\nCOMMIT;\n", %good, '__test__/b.sql' => 'SELECT 1/0' });
is($json->{error}, 'Failed in ./__test__/b.sql: division by zero', 'behind statements of every kind, in the second macro');
($exit, $json) = deploy_json({ 'deploy.sql' => "SELECT 1;\nCOMMIT;\nSELECT 2;\nCALL pgmi_test();\n", %good, '__test__/b.sql' => 'SELECT 1/0' });
is("$json->{error} $json->{executionMode}", 'Failed in ./__test__/b.sql: division by zero psql', 'in the tail');
($exit, $json) = deploy_json({ 'deploy.sql' => "BEGIN;\nCREATE FUNCTION pg_temp.cb(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS "
    . "\$\$ BEGIN IF e.event = 'test_end' THEN RAISE EXCEPTION 'callback'; END IF; END \$\$;\nCALL pgmi_test(NULL, 'cb');\nCOMMIT;\n", %good });
is("$json->{error} " . ($json->{failedFile} // 'none'), 'callback none', 'an error of the callback is not a test\'s');

# A test and the events of the default callback are one statement: whose error was it?
my $replaced = "BEGIN;\nCREATE OR REPLACE FUNCTION pg_temp.pgmi_test_callback(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS "
    . "\$\$ BEGIN IF e.event = '%s' AND e.path ~ 'a3' THEN RAISE EXCEPTION 'callback %%', e.ordinal; END IF; RAISE NOTICE 'told: %% %%', e.event, e.path; END \$\$;\nCALL pgmi_test();\nCOMMIT;\n";
for my $event (qw(test_start test_end rollback)) {
    ($exit, $json, $err) = deploy_json({ 'deploy.sql' => sprintf($replaced, $event), %good });
    is("$json->{error} " . ($json->{failedFile} // 'none'), 'callback 3 none', "the default callback, replaced, fails at $event");
}
is(join(' ', $err =~ /told: (\S+) \.\/__test__\/(a[123])/g), join(' ', map { ("test_start $_", "test_end $_", $_ eq 'a3' ? () : "rollback $_") } qw(a1 a2 a3)),
    '... and was told everything until then');
($exit, $json) = deploy_json({ 'deploy.sql' => sprintf($replaced, 'none'), %good, '__test__/b.sql' => "SELECT 1;\nSELECT pg_temp._pgmi_run_test('./__test__/a1.sql', 'EXECUTE', 1, 1), 1/0;" });
is("$json->{error} $json->{failedFile}", 'Failed in ./__test__/b.sql: division by zero ./__test__/b.sql', 'a test that fails, with a replaced callback');

# ---- what the default callback says, whatever operators the search path offers ------------------------
($exit, $json, $err) = deploy_json({ 'deploy.sql' => "BEGIN;\nCREATE SCHEMA evil;\nCREATE FUNCTION evil.no(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';\n"
    . "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.no);\nSET LOCAL search_path = evil, pg_catalog;\n"
    . "CALL pgmi_test();\nCOMMIT;\n", %good, '__test__/_setup.sql' => 'SELECT 1' }, '-v');
is($exit, 0, 'an operator = of the user\'s own does not matter');
is(join(' ', $err =~ /\[pgmi\] (\w+ \w+|\w+:)/g), join(' ', 'Test suite', 'Fixture:', ('Test:', 'Rollback:') x 5, 'Teardown:', 'Test suite'), '... every event in order');

# ---- --report -----------------------------------------------------------------------------------------
my $dir = make_project({ 'deploy.sql' => "$gate", '__test__/a.sql' => "DO \$\$ BEGIN RAISE NOTICE 'heard'; END \$\$;", '__test__/b.sql' => "DO \$\$ BEGIN RAISE NOTICE 'said before'; END \$\$;\nSELECT 1/0;\n",
    '__test__/c.sql' => 'SELECT 1' });
my @app = (server => $server, env => { PGDATABASE => undef });
my $files = private_dir();
($exit, my $out, $err) = pgmi([ 'deploy', $dir, '-d', 'app', '--report', 'tap', '--report', "junit=$files/j.xml", '--report', "json=$files/j.json" ], @app);
is($exit, 13, '--report: the exit status is the deployment\'s');
like($out, qr/\ATAP version 13\n.*^ok 1 - \.\/__test__\/a\.sql\n.*^not ok 2 - .*line: 2\n.*^ok 3 - .* # SKIP .*^1\.\.3\n\z/ms, '... TAP alone on standard output');
like($err, qr/^NOTICE:  heard\n.*^FILE: \.\/__test__\/b\.sql:2\n/ms, '... the user sees what he sees without');
like(slurp("$files/j.xml"), qr/<testsuite name="[^"]*" package="pgmi deploy" .*tests="3" failures="1".*<failure .*division by zero/s, '... JUnit');
my @lines = map { decode_json($_) } split /\n/, slurp("$files/j.json");
is(join(' ', map { $_->{status} // $_->{event} } @lines), 'run_start passed failed not_run run_end summary', '... JSON, a line each');
like(join('', @{ $lines[2]{notices} || [] }), qr/^NOTICE:  said before$/, '... with what the failed test had said');
spew("$dir/__test__/b.sql", 'SELECT 1');
($exit, $out) = pgmi([ 'deploy', $dir, '-d', 'app', '--dry-run', '--json', '--report', "tap=$files/t" ], @app);
is("$exit " . decode_json($out)->{status}, '0 success', 'a report in a file beside --json, in a dry run');
like(slurp("$files/t"), qr/^# 3 passed, 0 failed, 0 not run\n1\.\.3\n\z/m, '... complete');
($exit, $out) = pgmi([ 'deploy', $dir, '-d', 'app', '--report', 'tap', '-h', '/nonexistent' ], @app);
is("$exit " . ($out =~ /^(Bail out!)/m)[0], '11 Bail out!', 'no tests were run: it says so');
for my $case ([ 2, 'pdf' ], [ 2, 'tap=' ], [ 10, 'tap=/nonexistent/x' ], [ 2, 'tap', '--json' ], [ 2, 'tap', '--targets', '/dev/null' ], [ 2, 'tap', '--report', 'json' ], [ 1, 'tap=/dev/full' ]) {
    my ($code, @options) = @$case;
    is((pgmi([ 'deploy', $dir, '-d', 'app', '--report', @options ], @app))[0], $code, "--report @options: $code");
}
($exit, $out) = pgmi([ 'deploy', $dir, '-d', 'app', '--report', 'tap', '--json' ], @app);
is(eval { decode_json($out)->{exitCode} }, 2, '... with nothing but the JSON on standard output');

done_testing();
