#!/usr/bin/perl
# pgmi deploy --dry-run: what it refuses, what it leaves behind (nothing), what it lists.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
$server->query('CREATE DATABASE app');
$server->query('CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE p (a int) PARTITION BY LIST (a);'
    . ' CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);'
    . ' CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (77); COMMIT; END $$', 'app');

sub dry {
    my ($script, %files) = @_;
    my ($exit, $out, $err) = pgmi(['deploy', make_project({ 'deploy.sql' => $script, %files }), '-d', 'app', '--dry-run', '--json'],
        server => $server, env => { PGDATABASE => undef });
    return ($exit, eval { decode_json($out) } // {}, $err);
}

# ---- refused before anything runs, with the line ---------------------------------------------------
for my $statement ('VACUUM t', 'CREATE DATABASE other', 'DROP DATABASE IF EXISTS other', 'CREATE INDEX CONCURRENTLY i ON t (a)',
    'DROP INDEX CONCURRENTLY IF EXISTS i', 'REINDEX TABLE CONCURRENTLY t', 'REINDEX (CONCURRENTLY) INDEX t_pkey', 'REINDEX SCHEMA public',
    "ALTER SYSTEM SET work_mem = '5MB'", 'DROP TABLESPACE IF EXISTS x', 'CLUSTER', 'DISCARD ALL', "PREPARE TRANSACTION 'left'",
    "COMMIT PREPARED 'left'", 'ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY', 'ALTER DATABASE app SET TABLESPACE pg_default',
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION y", 'DROP SUBSCRIPTION IF EXISTS s') {
    my ($exit, $json) = dry("CREATE TABLE before ();\n/* x */ $statement;\nCOMMIT;\n");
    is("$exit $json->{line}", '10 2', "refused with its line: $statement") or diag(explain($json));
    like($json->{error}, qr/a dry run cannot roll this statement back: \Q$statement\E/, '... and named');
}
my ($exit, $json, $err) = dry("SELECT 1;\nVACUUM \e[31m" . 'x' x 5000 . ";\n");
is($exit, 10, 'a long one with control characters');
unlike($err, qr/\e/, '... is shown harmlessly');
($exit, $json) = dry("BEGIN;\nCALL commits();\nCOMMIT;\n");
is("$exit $json->{sqlstate}", '13 2D000', 'a procedure that commits fails');
($exit, $json) = dry("DO \$\$ BEGIN INSERT INTO t VALUES (78); COMMIT; END \$\$;\n");
is("$exit $json->{sqlstate}", '13 2D000', '... a block that commits too');
is($server->query('SELECT count(*) FROM t', 'app'), 0, 'nothing was left behind');
is($server->query("SELECT count(*) FROM pg_prepared_xacts", 'app'), 0, '... no prepared transaction');

# ---- what may be part of a head is rolled back ---------------------------------------------------------
for my $head ("CREATE TABLE x1 ();\nBEGIN;\nCREATE TABLE x2 ();\nCOMMIT;\n", "BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE x1 ();\nCOMMIT AND CHAIN;\n",
    "CREATE TABLE x1 ();\nEND;\n", "BEGIN;\nCREATE TABLE x1 ();\n", "CREATE TABLE x1 ()", "START TRANSACTION;\nSAVEPOINT a;\nCREATE TABLE x1 ();\nRELEASE a;\nEND WORK;\n",
    "CREATE TABLE x1 ();\nCALL pgmi_test();\nCOMMIT;\n", "BEGIN;\nCREATE TABLE x1 ();\nROLLBACK;\n", '', "-- nothing\n") {
    ($exit, $json, $err) = dry($head, '__test__/t.sql' => 'SELECT 1');
    is($exit, 0, "rolled back: $head") or diag($err);
    is($server->query("SELECT count(*) FROM pg_class WHERE relname ~ '^x[12]\$'", 'app'), 0, '... is not there');
    is("$json->{dryRun} $json->{unitsCommitted}", '1 0', '... and JSON says so');
}
like($err, qr/dry run: .*sequences and effects outside the database stay/, 'the report says what stays');
($exit, $json, $err) = dry("SELECT 1;\nCOMMIT;\n\n  VACUUM\n t;\n-- c\nALTER SYSTEM SET work_mem = '5MB';\n");
is($exit, 0, 'what cannot be rolled back may stand in the tail');
like($err, qr/^Not run: deploy\.sql line 4: VACUUM\n.*^Not run: deploy\.sql line 7: ALTER SYSTEM SET work_mem = '5MB';$/ms, '... is listed with its line');

done_testing();
