#!/usr/bin/perl
# The session API as its documentation uses it: every kind of example, in one session over a
# project that has what they ask for.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $ok = "SELECT 1;\n";
my %files = (
    'deploy.sql'                           => "SELECT 1;\n",
    'pgmi.yaml'                            => "params:\n  env: development\n  api_token: hidden\n",
    'schemas/001.sql'                      => "CREATE TABLE t (a int);\n",
    'migrations/001.sql'                   => "INSERT INTO t VALUES (1);\n",
    'migrations/002.sql'                   => '/* <pgmi-meta id="11111111-2222-4333-8444-555555555555" '
        . "idempotent=\"false\"/> */ INSERT INTO t VALUES (2);\n",
    'migrations/v2/003.sql'                => "INSERT INTO t VALUES (3);\n",
    'seeds/001.sql'                        => "INSERT INTO t VALUES (100);\n",
    '__test__/_setup.sql'                  => $ok,
    '__test__/test_a.sql'                  => $ok,
    '__test__/auth/_setup.sql'             => $ok,
    '__test__/auth/test_login.sql'         => $ok,
    '__test__/integration/test_x.sql'      => $ok,
    '__test__/pay/test_card_critical.sql'  => $ok,
);
my $project = make_project(\%files, private_dir() . '/app');
my $server  = start_server();

sub loop {
    my ($prefix) = @_;
    return "FOR f IN (SELECT path, content FROM pg_temp.pgmi_plan_view WHERE path LIKE './$prefix/%' "
        . "ORDER BY execution_order) LOOP RAISE NOTICE 'Executing: %', f.path; EXECUTE f.content; END LOOP;";
}
sub block { return 'DO $$ DECLARE f record; BEGIN ' . join(' ', @_) . ' END $$;' }

# Each: name, script, what stdout or stderr must show.  All start from an empty database and stop
# at the first error, which fails the example.
my $setup   = block(loop('schemas'));
my $callback = <<'SQL';
CREATE FUNCTION pg_temp.my_callback(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CASE e.event
        WHEN 'suite_start' THEN RAISE NOTICE 'start';
        WHEN 'suite_end' THEN RAISE NOTICE 'done after % steps', e.ordinal;
        WHEN 'test_start' THEN RAISE NOTICE 'running %', e.path;
        WHEN 'test_end' THEN RAISE NOTICE 'passed %', e.path;
        ELSE NULL;
    END CASE;
END $$;
SQL
my @examples = (
    ['list files', q{SELECT path, name FROM pg_temp.pgmi_source_view WHERE directory = './migrations/' AND is_sql_file ORDER BY path;},
        qr{\./migrations/001\.sql \| 001\.sql\n \./migrations/002\.sql \| 002\.sql\n\(2 rows\)}],
    ['plan loop', "$setup " . block(loop('migrations')) . ' TABLE t;', qr{ 1\n 2\n 3\n\(3 rows\)}],
    ['setting with default', q{SELECT coalesce(current_setting('pgmi.env', true), 'x'), current_setting('pgmi.nosuch', true) IS NULL;},
        qr{ development \| t}],
    ['setting in a condition', block(q{IF coalesce(current_setting('pgmi.env', true), 'dev') = 'development' THEN RAISE NOTICE 'dev it is'; END IF;},
        q{IF current_setting('pgmi.feature_flag', true) IS NOT NULL THEN RAISE EXCEPTION 'no'; END IF;}), qr{dev it is}],
    ['parameter view', 'SELECT key, value, description FROM pg_temp.pgmi_parameter_view ORDER BY key;', qr{ api_token \| hidden\s+\|.*\n env\s+\| development \|}],
    ['parameter loop', q{DO $$ DECLARE p record; BEGIN FOR p IN SELECT key, value FROM pg_temp.pgmi_parameter_view LOOP RAISE NOTICE '% = %', p.key,
        CASE WHEN lower(p.key) ~ '(password|secret|token|key|credential|auth)' THEN '********' ELSE p.value END; END LOOP; END $$;},
        qr{api_token = \*{8}}],
    ['casts', q{DO $$ DECLARE a boolean := coalesce(current_setting('pgmi.on', true), 'false')::boolean;
        b int := coalesce(current_setting('pgmi.max', true), '100')::int; c timestamp := coalesce(current_setting('pgmi.since', true), '2024-01-01')::timestamp;
        BEGIN RAISE NOTICE '% % %', a, b, c; END $$;}, qr{f 100 2024-01-01 00:00:00}],
    ['phases with an exception block', block('BEGIN', loop('schemas'), q{EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION 'Schema phase failed: %', SQLERRM; END;}, loop('migrations')) . ' TABLE t;',
        qr{\(3 rows\)}],
    ['conditional seeds', "$setup DO \$\$ DECLARE f record; v_env text := coalesce(current_setting('pgmi.env', true), 'development'); BEGIN "
        . loop('migrations') . " IF v_env = 'development' THEN " . loop('seeds') . ' END IF; END $$; TABLE t;', qr{ 100\n\(4 rows\)}],
    ['metadata', 'SELECT path, id, idempotent, sort_keys FROM pg_temp.pgmi_source_metadata_view; SELECT path FROM pg_temp.pgmi_source_metadata_view WHERE NOT idempotent;',
        qr{002\.sql \| 11111111-2222-4333-8444-555555555555 \| f\s+\| \{\}\n\(1 row\).*002\.sql\n\(1 row\)}s],
    ['test files', 'SELECT path, is_fixture FROM pg_temp.pgmi_test_source_view ORDER BY directory, filename;', qr{\(6 rows\)}],
    ['fixtures', 'SELECT path FROM pg_temp.pgmi_test_source_view WHERE is_fixture;', qr{\(2 rows\)}],
    ['test directories', 'SELECT path, parent_path, depth FROM pg_temp.pgmi_test_directory_view ORDER BY depth, path;', qr{ \./__test__/\s+\|\s+\|\s+0\n}],
    ['nested test directories', 'SELECT path FROM pg_temp.pgmi_test_directory_view WHERE depth > 0;', qr{\(3 rows\)}],
    ['all tests', 'CALL pgmi_test();', qr{Test suite started.*Fixture: \./__test__/_setup\.sql.*Test: \./__test__/test_a\.sql.*Test suite completed \(\d+ steps\)}s],
    ['tests by pattern', q{CALL pgmi_test('.*/integration/.*');}, qr{Fixture: \./__test__/_setup\.sql.*Test: \./__test__/integration/test_x\.sql}s],
    ['tests by suffix', q{CALL pgmi_test('.*_critical\.sql$');}, qr{Test: \./__test__/pay/test_card_critical\.sql}],
    ['unqualified callback', "$callback CALL pgmi_test('.*/auth/.*', 'my_callback');", qr{start.*running \./__test__/auth/test_login\.sql.*passed.*done after \d+ steps}s],
    ['qualified callback', "$callback CALL pgmi_test(NULL, 'pg_temp.my_callback');", qr{passed \./__test__/test_a\.sql}],
    ['test plan', 'SELECT * FROM pg_temp.pgmi_test_plan();', qr{ 1 \| fixture\s+\| \./__test__/_setup\.sql}],
    ['test plan by pattern', q{SELECT * FROM pg_temp.pgmi_test_plan('.*/auth/.*');}, qr{auth/test_login\.sql.*teardown}s],
    ['test plan, two columns', 'SELECT step_type, script_path FROM pg_temp.pgmi_test_plan() ORDER BY ordinal;', qr{ teardown  \| \n\(\d+ rows\)}],
    ['generated suite', q{SELECT pg_temp.pgmi_test_generate(); SELECT pg_temp.pgmi_test_generate('.*/auth/.*', 'my_callback');},
        qr{SAVEPOINT __pgmi_d1__;.*SAVEPOINT __pgmi_t2__;.*ROLLBACK TO SAVEPOINT __pgmi_t2__;.*RELEASE SAVEPOINT __pgmi_d1__;}s],
    ['persisted plan', q{SELECT pg_temp.pgmi_persist_test_plan('public', NULL); SELECT count(*) > 5 AS many FROM public.pgmi_test_plan;}, qr{ t\n}],
    ['phases', block(q{RAISE NOTICE '=== Phase 1 ===';}, loop('schemas'), q{RAISE NOTICE '=== Phase 2 ===';}, loop('migrations')), qr{Phase 2.*Executing: \./migrations/001\.sql}s],
    ['one directory', "$setup " . block(loop('migrations/v2')) . ' TABLE t;', qr{ 3\n\(1 row\)}],
    ['by regular expression', "$setup " . q{DO $$ DECLARE f record; BEGIN FOR f IN (SELECT path, content FROM pg_temp.pgmi_source_view WHERE path ~ '.*/v2/.*' AND is_sql_file ORDER BY path) LOOP EXECUTE f.content; END LOOP; END $$; TABLE t;},
        qr{ 3\n\(1 row\)}],
    ['files in order', 'SELECT path, execution_order, idempotent FROM pg_temp.pgmi_plan_view ORDER BY execution_order;', qr{002\.sql\s+\|\s+\d+ \| f}],
    ['all parameter columns', 'SELECT key, value, type, required, default_value, description FROM pg_temp.pgmi_parameter_view;', qr{ env\s+\| development \| text \| f\s+\|}],
    ['preview', 'SELECT execution_order, path, left(content, 80) AS preview FROM pg_temp.pgmi_plan_view ORDER BY execution_order;', qr{CREATE TABLE t}],
    ['in a transaction', "BEGIN; $setup CALL pgmi_test(); COMMIT;", qr{Test suite completed.*}],
);

for my $example (@examples) {
    my ($name, $sql, $shows) = @$example;
    $server->query('SET client_min_messages = warning; DROP TABLE IF EXISTS t, public.pgmi_test_plan');
    my ($exit, $out, $err) = pgmish(['--load', $project, '-v', 'ON_ERROR_STOP=1'],
        server => $server, stdin => "$sql\n");
    is($exit, 0, "$name: works") or diag($err);
    like("$out$err", $shows, "$name: shows");
}

# ---- two examples that open no transaction: the deployment is atomic ---------------------------
my %gated = (
    'conditional deployment' => 'DO $$ DECLARE f record; v_env text := coalesce(current_setting(\'pgmi.env\', true), \'development\'); BEGIN '
        . loop('schemas') . loop('migrations') . " IF v_env = 'development' THEN " . loop('seeds')
        . " END IF; END \$\$;\n-- tests\nCALL pgmi_test();\nCOMMIT;\n",
    'test isolation' => block(loop('schemas')) . "\nCALL pgmi_test();\nCOMMIT;\n",
);
for my $name (sort keys %gated) {
    spew("$project/deploy.sql", $gated{$name});
    for my $way ('-f', '\i') {
        my @run = $way eq '-f' ? ['-f', "$project/deploy.sql"] : ['--load', $project, '-c', "\\i $project/deploy.sql"];
        $server->query('SET client_min_messages = warning; DROP TABLE IF EXISTS t');
        spew("$project/__test__/test_z.sql", "SELECT 1/0;\n");
        my ($exit, $out, $err) = pgmish(@run, server => $server);
        isnt($exit, 0, "$name, $way: a failing test fails it");
        like($err, qr{Failed in \./__test__/test_z\.sql: division by zero}, "$name, $way: named");
        is($server->query(q{SELECT to_regclass('t') IS NULL}), 't', "$name, $way: nothing stays");
        unlink "$project/__test__/test_z.sql";
        ($exit, $out, $err) = pgmish(@run, server => $server);
        is($exit, 0, "$name, $way: deploys") or diag($err);
        is($server->query(q{SELECT to_regclass('t') IS NULL}), 'f', "$name, $way: stays");
    }
}

done_testing();
