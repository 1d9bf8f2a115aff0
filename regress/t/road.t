#!/usr/bin/perl
# The main job, end to end: load, look, deploy, from each source that SQL can come from.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $app = make_project({
    'deploy.sql' => <<'SQL',
BEGIN;
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT p.content FROM pg_temp.pgmi_plan_view p
               JOIN pg_temp.pgmi_source_view s USING (path)
              WHERE s.is_sql_file ORDER BY p.execution_order
    LOOP
        EXECUTE f.content;
    END LOOP;
END $$;
CALL pgmi_test();
COMMIT;
\echo the tail
INSERT INTO log VALUES ('tail');
SQL
    'schema/01.sql'          => "CREATE TABLE log (what text);\n",
    'data.json'              => "{}\n",
    '__test__/_setup.sql'    => "INSERT INTO log VALUES ('fixture');\n",
    '__test__/test_one.sql'  => "DO \$\$ BEGIN ASSERT (SELECT count(*) FROM log) = 1; END \$\$;\n",
}, private_dir() . '/app');
my $parent = $app =~ s{/app$}{}r;

# ---- a scratch server of its own ------------------------------------------------------------
my $script = join "\n", '\pgmi load ./app', '\plan', '\tests',
    'SELECT count(*) FROM pg_temp.pgmi_plan_view;', '\i ./app/deploy.sql', 'TABLE log;', '';
my ($exit, $out, $err) = run([pgmish_program(), '--scratch', '-X'], stdin => $script, cwd => $parent);
is($exit, 0, 'pipe: exit status') or diag($err);
like($out, qr{\./data\.json.*\./schema/01\.sql}s, 'pipe: the plan');
like($out, qr{__test__/.*_setup\.sql.*test_one\.sql}s, 'pipe: the tests');
like($out, qr{ count \n-------\n     2\n\(1 row\)\n}, 'pipe: the plan view');
like($err, qr{\[pgmi\] Test: \./__test__/test_one\.sql}, 'pipe: the tests ran');
like($out, qr{COMMIT\nthe tail\nINSERT 0 1\n what \n------\n tail\n\(1 row\)\n}, 'pipe: deployed');

($exit, $out, $err) = pgmish(['--scratch', '-f', './app/deploy.sql'], cwd => $parent);
is($exit, 0, '-f deploy.sql: exit status') or diag($err);
like($out, qr{the tail\nINSERT 0 1\n\z}, '-f deploy.sql: loads and deploys');

($exit, $out, $err) = pgmish(['--scratch', '--no-load', '-f', './app/deploy.sql'], cwd => $parent);
is($exit, 0, '--no-load: a script like any other');
like($err, qr{pgmi_plan_view}, '--no-load: nothing was loaded');

# ---- on a server ----------------------------------------------------------------------------
my $server = start_server();
my $tables = q{SELECT count(*) FROM pg_tables WHERE schemaname = 'public'};

spew("$app/__test__/test_two.sql", "DO \$\$ BEGIN ASSERT false, 'must not be'; END \$\$;\n");
for my $way (['-f', './app/deploy.sql'],
    ['--load', './app', '-c', '\i ./app/deploy.sql', '-v', 'ON_ERROR_STOP=1']) {
    ($exit, $out, $err) = pgmish($way, cwd => $parent, server => $server);
    is($exit, $way->[0] eq '-f' ? 3 : 1, "failing test, $way->[0]: exit status");
    like($err, qr{Failed in \./__test__/test_two\.sql: must not be}, "failing test, $way->[0]: named");
    unlike($out, qr{the tail}, "failing test, $way->[0]: no tail");
    is($server->query($tables), 0, "failing test, $way->[0]: nothing stays");
}
($exit, $out, $err) = pgmish([], server => $server, cwd => $parent,
    stdin => "\\pgmi load app\n\\ir app/deploy.sql\n\\echo still here\n");
is($exit, 0, 'failing test, pipe: goes on after the file');
like($out, qr{still here}, 'failing test, pipe: the next command runs');
unlike($out, qr{the tail}, 'failing test, pipe: no tail');
is($server->query($tables), 0, 'failing test, pipe: nothing stays');
unlink "$app/__test__/test_two.sql";

# The user's own ON_ERROR_STOP off is respected.
spew("$app/deploy.sql", "SELECT nosuch;\n\\echo after\n");
($exit, $out) = pgmish(['-f', './app/deploy.sql'], server => $server, cwd => $parent);
is($exit, 3, 'stops at the first error by itself');
unlike($out, qr{after}, 'nothing after it');
($exit, $out) = pgmish(['-v', 'ON_ERROR_STOP=off', '-f', './app/deploy.sql'],
    server => $server, cwd => $parent);
is($exit, 0, 'ON_ERROR_STOP=off: goes on');
like($out, qr{after}, 'ON_ERROR_STOP=off: the rest runs');

# As psql it never loads by itself.
symlink pgmish_program(), "$parent/psql";
($exit, $out, $err) = run(["$parent/psql", '-X', '-c', 'SELECT 1', '-f', './app/deploy.sql'],
    server => $server, cwd => $parent);
unlike($err, qr{pgmish}, 'as psql: no other name');
is($exit, 0, 'as psql: no stopping either');

done_testing();
