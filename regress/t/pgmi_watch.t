#!/usr/bin/perl
# \pgmi watch: what a save brings about, the keys, Ctrl-C, and that the database stays as it is.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $table  = "CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL);\n";
my $deploy = <<'END';
BEGIN;
DO $$
DECLARE f record;
BEGIN
    FOR f IN SELECT path, content FROM pg_temp.pgmi_plan_view WHERE path LIKE '%.sql' ORDER BY execution_order LOOP
        RAISE NOTICE 'running %', f.path;
        EXECUTE f.content;
    END LOOP;
END $$;
CALL pgmi_test();
COMMIT;
SELECT pg_notify('deployed', 'no watch goes so far');
END
my $app = make_project({
    'deploy.sql'              => $deploy,
    'migrations/001.sql'      => $table,
    '__test__/test_empty.sql' => "DO \$\$ BEGIN ASSERT (SELECT count(*) FROM customer) = 0, 'not empty'; END \$\$;\n",
    '__test__/test_other.sql' => "SELECT 1;\n",
}, private_dir() . '/app');

sub watch {
    my (@options) = @_;
    my $pty = spawn_pty([PgmishTest::pgmish_program(), '--load', $app, '-X'], server => $server, @options);
    $pty->expect(qr/postgres=# /, 'the prompt');
    $pty->type('\pgmi watch');
    return $pty;
}

# One round as the user sees it; the text up to its list of keys.
my $KEYS = qr/a all tests .* q quit\n/;
sub round { my ($pty, $name) = @_; return $pty->expect(qr/Watching.*?$KEYS/s, $name) // '' }

my $pty  = watch();
my $text = round($pty, 'a first round');
like($text, qr/Watching \S+\/app \| all tests \| \d\d:\d\d:\d\d\n/, 'what is watched');
like($text, qr/✓ deployed and rolled back: 3 files, \d+ ms\n✓ 2 tests passed, \d+ ms\n/, 'green');
unlike($text, qr/running/, 'what a good deploy.sql says is not shown');
unlike($pty->{raw}, qr/\a/, 'no bell');
is($server->query("SELECT to_regclass('customer') IS NULL"), 't', 'nothing is left in the database');

# ---- a save ------------------------------------------------------------------------------------------
spew("$app/migrations/001.sql", "${table}INSERT INTO customer VALUES (1, 'Ada');\n");
$text = round($pty, 'a save is a round');
like($text, qr/changed: \.\/migrations\/001\.sql\n\n✓ deployed/, 'the file is named');
like($text, qr/ERROR:  Failed in \.\/__test__\/test_empty\.sql: not empty\n.*FILE:  \.\/__test__\/test_empty\.sql:1\n/s, 'the failure and its place');
like($text, qr/✗ 1 test passed, 1 failed/, 'goes on behind a failure');
like($pty->{raw}, qr/\a/, 'the bell');
spew("$app/.new", $table);
rename "$app/.new", "$app/migrations/001.sql" or die;
like(round($pty, "an editor's rename"), qr/changed: \.\/migrations\/001\.sql\n.*✓ 2 tests passed/s, '... is a save');
mkdir "$app/later" or die;
spew("$app/later/002.sql", "SELEKT 1;\n");
$text = round($pty, 'a file in a new directory');
like($text, qr/changed: \.\/later\/002\.sql\n/, '... is seen');
like($text, qr/running \.\/later\/002\.sql\n.*✗ deploy\.sql failed\n/s, '... and what deploy.sql said before it failed');
like($text, qr/FILE: \.\/later\/002\.sql:1:1\n +SELEKT 1;\n +\^\n/, '... with the place');
unlike($text, qr/tests? passed/, 'no tests behind a failed head');
(my $handler = $deploy) =~ s/EXECUTE f.content;/BEGIN EXECUTE f.content; EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION 'Failed in %: %', f.path, SQLERRM; END;/;
spew("$app/later/002.sql", "SELECT 1;\nDO \$\$ BEGIN\n  PERFORM 1 \/ 0;\nEND \$\$;\n");
spew("$app/deploy.sql", $handler);
$pty->expect(qr/\nFailed in \.\/later\/002\.sql: division by zero\n.*FILE:  \.\/later\/002\.sql:3.*?$KEYS/s, 'an error raised anew is followed to its statement');
is($server->query("SELECT to_regclass('customer') IS NULL"), 't', '... and nothing is left either');
spew("$app/later/002.sql", "SELECT 1;\n");
spew("$app/deploy.sql", "\\echo no\n$deploy");
$pty->expect(qr/changed: [^\n]*\.\/deploy\.sql.*deploy\.sql:1:1: backslash command.*?$KEYS/s, 'a broken deploy.sql');
spew("$app/deploy.sql", $deploy);
unlink "$app/later/002.sql" or die;
$pty->expect(qr/✓ 2 tests passed.*?$KEYS/s, 'mended');

# ---- keys ------------------------------------------------------------------------------------------------
$pty->send('p');
$pty->expect(qr/pattern \(nothing: all tests\): /, 'p asks');
$pty->type('other');
like(round($pty, 'a pattern'), qr/\| other \|.*✓ 1 test passed/s, 'p: only these');
spew("$app/__test__/test_other.sql", "SELECT 1/0;\n");
like(round($pty, 'the pattern stays'), qr/\| other \|.*✗ 0 tests passed, 1 failed/s, '... red');
$pty->send('a');
like(round($pty, 'a'), qr/\| all tests \|.*✗ 1 test passed, 1 failed/s, 'a: all of them');
$pty->send('f');
like(round($pty, 'f'), qr/\| failed tests \|.*✗ 0 tests passed, 1 failed/s, 'f: only what failed');
spew("$app/__test__/test_other.sql", "SELECT 1;\n");
like(round($pty, 'mended'), qr/\| failed tests \|.*✓ 1 test passed/s, '... until it passes');
$pty->send("\r");
like(round($pty, 'Enter'), qr/\| all tests \|.*✓ 2 tests passed/s, '... then all again');

# ---- Ctrl-C, the end ----------------------------------------------------------------------------------------
spew("$app/__test__/test_slow.sql", "SELECT pg_sleep(1000);\n");
my $sleeping = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'";
ok((wait_until { $server->query($sleeping) eq '1' } 30), 'a test that hangs');
$pty->key('ctrl-c');
like(round($pty, 'Ctrl-C'), qr/canceled\n/, '... cancels the run');
unlink "$app/__test__/test_slow.sql" or die;
like(round($pty, 'a save after it'), qr/✓ 2 tests passed/, '... and the watch goes on');
$pty->key('ctrl-c');
$pty->expect(qr/postgres=# /, 'Ctrl-C when nothing runs: the prompt');
$pty->type('SELECT 40 + 2 AS answer;');
$pty->expect(qr/answer \n.*42/s, 'the prompt works as before');
$pty->type('\pgmi watch other');
like(round($pty, 'with a pattern'), qr/\| other \|.*✓ 1 test passed/s, '\pgmi watch PATTERN');
$server->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
$pty->send("\r");
round($pty, 'a connection that was lost');
$pty->send("\r");
like(round($pty, 'the next round'), qr/✓ 1 test passed/, '... is there again');
$pty->send('q');
$pty->expect(qr/postgres=# /, 'q: the prompt');
$pty->type('BEGIN;');
$pty->expect(qr/postgres=\*# /, 'in a transaction');
$pty->type('\pgmi watch');
$pty->expect(qr/cannot watch in an open transaction.*\n.*ROLLBACK first/, '... it refuses');
$pty->type('\q');
is($pty->finish, 0, 'exit status');

# ---- without colours, from a script ------------------------------------------------------------------------
$pty = watch(env => { NO_COLOR => 1 });
like(round($pty, 'NO_COLOR'), qr/ok: deployed and rolled back.*\nok: 2 tests passed/, 'words in the place of colours');
unlike($pty->{raw}, qr/\e\[[0-9;]*[1-9]m/, '... and no colour at all');
$pty->send('q');
$pty->expect(qr/postgres=# /, 'q');
$pty->type('\q');
$pty->finish;

my ($exit, $out, $err) = pgmish(['-X', '-c', '\pgmi watch'], server => $server);
like($err, qr/no project is loaded/, 'without a project');
is($exit, 1, '... is an error');

done_testing();
