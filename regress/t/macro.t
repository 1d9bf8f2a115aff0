#!/usr/bin/perl
# CALL pgmi_test() on the one road that all SQL takes: every source of statements, what is left
# alone, transactions, failures, what the user sees of it.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $app    = make_project({
    'deploy.sql'            => "SELECT 1;\n",
    'a.sql'                 => "SELECT 1;\n",
    '__test__/test_a.sql'   => "INSERT INTO seen VALUES ('a');\n",
    '__test__/test_b.sql'   => "INSERT INTO seen VALUES ('b');\n",
    '__test__/q/_setup.sql' => "SELECT 1;\n",
    "__test__/q/it's.sql"   => "SELECT 1;\n",
    '__test__/q/b\'\'q.sql' => "SELECT 1;\n",
}, private_dir() . '/app');
$server->query('CREATE TABLE seen (what text); CREATE TABLE kept (what text)');

# Runs with the project loaded; options behind the script are pgmish's.  Returns exit, out, err.
sub with_app {
    my ($script, @options) = @_;
    return pgmish(['-q', '--load', $app, @options], server => $server, stdin => $script);
}
sub clean { $server->query('TRUNCATE seen, kept') }
sub ran { return join ' ', $_[0] =~ /\[pgmi\] Test: \.\/__test__\/(\S+)\.sql/g }

# ---- every source ----------------------------------------------------------------------------------
my $dir = private_dir();
spew("$dir/call.sql",    "CALL pgmi_test('test_a');\n");
spew("$dir/open.sql",    "CALL pgmi_test('test_a')");
spew("$dir/outer.sql",   "\\ir call.sql\n");
spew("$dir/copy.sql",    "COPY kept FROM STDIN;\nx\n\\.\nCALL pgmi_test('test_a');\n");
my @sources = (
    ['a pipe', "CALL pgmi_test('test_a');\n"],
    ['a pipe, no semicolon', "CALL pgmi_test('test_a')"],
    ['several lines', "CALL\n  pgmi_test -- which\n ( /* ; */ 'test_a'\n);\n"],
    ['with its schema', "call PG_TEMP.Pgmi_Test('test_a');\n"],
    ['-c', '', '-c', "CALL pgmi_test('test_a')"],
    ['-f', '', '-f', "$dir/call.sql"],
    ['-f, no semicolon', '', '-f', "$dir/open.sql"],
    ['-f -', "CALL pgmi_test('test_a');\n", '-f', '-'],
    ['\i', "\\i $dir/call.sql\n"],
    ['\i, no semicolon', "\\i $dir/open.sql\n"],
    ['\ir in a file', "\\i $dir/outer.sql\n"],
    ['-c \i', '', '-c', "\\i $dir/call.sql"],
    ['\g', "CALL pgmi_test('test_a') \\g\n"],
    ['\gx', "CALL pgmi_test('test_a') \\gx\n"],
    ['\g FILE', "CALL pgmi_test('test_a') \\g $dir/out.txt\n"],
    ['\g again', "SELECT 1 WHERE false \\g $dir/out.txt\n\\unset nothing\nCALL pgmi_test('test_a')\\g\n"],
    ['\; in front', "SELECT 1 WHERE false\\; CALL pgmi_test('test_a');\n"],
    ['\; behind', "CALL pgmi_test('test_a')\\; SELECT 1 WHERE false;\n"],
    ['\gexec', "SELECT 'CALL pgmi_test(''test_a'')' \\gexec\n"],
    ['after COPY data', "\\i $dir/copy.sql\n"],
    ['a line of its own in -S', "CALL pgmi_test('test_a')\n", '-S'],
    ['FETCH_COUNT', "\\set FETCH_COUNT 1\nCALL pgmi_test('test_a');\n"],
    ['a true branch', "\\if :PGMI_LOADED\nCALL pgmi_test('test_a');\n\\endif\n"],
    ['a variable for the statement', "\\set call 'CALL pgmi_test(''test_a'');'\n:call\n"],
    ['a second time with \g', "CALL pgmi_test('test_a');\n\\set PGMI_X 1\n\\g\n", [], 'test_a test_a'],
);
for my $case (@sources) {
    my ($name, $script, @options) = @$case;
    my $want = 'test_a';
    (undef, $want, @options) = @options if ref $options[0];
    my ($exit, $out, $err) = with_app($script, @options);
    is($exit, 0, "$name: exit status") or diag($err);
    is(ran($err), $want, "$name: the test ran") or diag("$out$err");
}
clean();

{
    my $home = private_dir();
    spew("$home/rc", "CALL pgmi_test('test_a');\n");
    my ($exit, $out, $err) = run([pgmish_program(), '--load', $app, '-c', 'SELECT 1'],
        server => $server, env => { PSQLRC => "$home/rc" });
    is(ran($err), 'test_a', 'startup file: the test ran') or diag($err);
    my $pty = spawn_pty([pgmish_program(), '-X', '--load', $app], server => $server);
    $pty->expect(qr/=# $/, 'prompt');
    $pty->type("CALL pgmi_test('test_b');");
    $pty->expect(qr/Test: \.\/__test__\/test_b\.sql.*\nCALL\n.*=# $/s, 'typed: runs, one tag');
    $pty->type('CALL pgmi_test(');
    $pty->expect(qr/-# $|\(# $/, 'typed: goes on');
    $pty->type("'test_a'); SELECT 6*7;");
    $pty->expect(qr/Test: \.\/__test__\/test_a\.sql.*CALL.* 42/s, 'typed: over two lines');
    spew("$app/__test__/test_slow.sql", "SELECT pg_sleep(1000);\n");
    $pty->type('\pgmi reload');
    $pty->expect(qr/test_slow.*=# $/s, 'a slow test');
    my $sleeps = sub { wait_until { $server->query(q{SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'}) } 60 };
    for my $block (0, 1) {
        $pty->type('BEGIN;') if $block;
        $pty->expect(qr/BEGIN.*=\*# $/s, 'a block') if $block;
        $pty->type("CALL pgmi_test('slow');");
        $pty->expect(qr/Test: \.\/__test__\/test_slow\.sql/, 'it runs');
        ok($sleeps->(), 'and sleeps');
        $pty->key('ctrl-C');
        $pty->expect(qr/Cancel request sent\n+ERROR:  canceling statement due to user request\n.*FILE:  \.\/__test__\/test_slow\.sql:1\n.*=!?# $/s, 'Ctrl-C: says so');
        $pty->type('ROLLBACK;');
        $pty->expect(qr/ROLLBACK.*=# $/s, 'and the prompt is back');
    }
    $pty->type("\\test slow");
    $pty->expect(qr/\.\/__test__\/test_slow\.sql \[/, '\test shows which one takes so long');
    ok($sleeps->(), 'and sleeps');
    $pty->key('ctrl-C');
    $pty->expect(qr/canceling statement due to user request.*=# $/s, '\test: Ctrl-C');
    unlink "$app/__test__/test_slow.sql";
    $pty->type('\q');
    $pty->finish('leaves');
}

{
    my ($exit, $out, $err) = pgmish(['-q', '--load', $app], server => $server, stdin => "\\e\n",
        env => { PSQL_EDITOR => "cp $dir/call.sql" });
    is(ran($err), 'test_a', '\e: the test ran') or diag("$out$err");
}

# ---- left alone -------------------------------------------------------------------------------------
my @alone = (
    ['string', q{SELECT 'CALL pgmi_test();' AS s;}, qr/CALL pgmi_test\(\);/],
    ['escape string', q{SELECT E'\\' CALL pgmi_test();' AS s;}, qr/' CALL pgmi_test\(\);/],
    ['line comment', qq{SELECT 1 -- CALL pgmi_test();\n;}, qr/ 1\n/],
    ['block comment', q{SELECT 1 /* CALL pgmi_test(); /* x */ CALL pgmi_test(); */;}, qr/ 1\n/],
    ['dollar quote', q{SELECT $x$CALL pgmi_test();$x$ AS s;}, qr/CALL pgmi_test\(\);/],
    ['quoted identifier', q{SELECT 1 AS "CALL pgmi_test();";}, qr/CALL pgmi_test\(\);/],
    ['function body', q{CREATE FUNCTION pg_temp.f() RETURNS text LANGUAGE sql AS 'SELECT ''CALL pgmi_test();''::text'; SELECT pg_temp.f();}, qr/CALL pgmi_test\(\);/],
    ['part of a word', q{SELECT 1 AS recall, 2 AS pgmi_test;}, qr/recall \| pgmi_test/],
    ['variable in a string', q{\set x 'CALL pgmi_test();'} . "\nSELECT :'x' AS s;", qr/CALL pgmi_test\(\);/],
);
for my $case (@alone) {
    my ($name, $sql, $shows) = @$case;
    my ($exit, $out, $err) = with_app("$sql\n");
    like($out, $shows, "$name: as it is") or diag($err);
    is($err, '', "$name: nothing ran");
}

# ---- arguments ----------------------------------------------------------------------------------------
my @arguments = (
    ["\\set pattern test_b\nCALL pgmi_test(:'pattern');", 'test_b'],
    ["\\set pattern '\\\\./__test__/test_[b]\\\\.sql\$'\nCALL pgmi_test(:'pattern');", 'test_b'],
    ["\\set pattern 'it''s'\nCALL pgmi_test(:'pattern');", "q/it's"],
    ["CALL pgmi_test('it''s');", "q/it's"],
    ["\\set args '''test_a'''\nCALL pgmi_test(:args);", 'test_a'],
    ["\\set what pgmi_test\nCALL :what('test_a');", 'test_a'],
    ["CALL pgmi_test();", "test_a test_b q/b''q q/it's"],
    ["CALL pgmi_test(NULL);", "test_a test_b q/b''q q/it's"],
    ["CALL pgmi_test('');", "test_a test_b q/b''q q/it's"],
    ["CALL pgmi_test(NULL, 'pg_temp.pgmi_test_callback');", "test_a test_b q/b''q q/it's"],
    ["CALL pgmi_test('test_a', 'pgmi_test_callback');", 'test_a'],
);
for my $case (@arguments) {
    my ($sql, $want) = @$case;
    my ($exit, $out, $err) = with_app("$sql\n");
    is(ran($err), $want, "arguments: $sql") or diag($err);
}
{
    my ($exit, $out, $err) = with_app('', '-v', 'p=test_a', '-c', q{CALL pgmi_test(:'p')});
    like($err, qr/syntax error at or near ":"/, '-c: no variables, as in psql');
    # Only after a substitution: as typed, an E'' literal is not the macro.
    ($exit, $out, $err) = with_app(q{CALL pgmi_test(E'test_a');} . "\n");
    is(ran($err), '', "E'' as typed: not the macro");
    like($err, qr/ERROR:  procedure pgmi_test\(unknown\) does not exist/, "E'' as typed: sent as it is");
}

{
    my ($exit, $out, $err) = with_app("CREATE FUNCTION atomic_one() RETURNS void BEGIN ATOMIC CALL pgmi_test(); END;\n\\df atomic_one\n", '-At');
    is(ran($err), '', 'BEGIN ATOMIC body: nothing runs');
    like($err, qr/^ERROR:  .*BEGIN ATOMIC/m, 'BEGIN ATOMIC body: refused') or diag($err);
    ($exit, $out, $err) = with_app("SELECT 1;\nCALL pgmi_test('test_a');\nPREPARE p AS SELECT 'CALL pgmi_test()';\nEXECUTE p;\n", '-At');
    is(ran($err), 'test_a', 'PREPARE of a string: left alone');
}

# ---- transactions -----------------------------------------------------------------------------------------
my ($exit, $out, $err);
sub kept { my $rows = $server->query('TABLE kept'); clean(); return $rows }

($exit, $out, $err) = with_app("INSERT INTO kept VALUES ('one')\\; CALL pgmi_test()\\; INSERT INTO kept VALUES ('two');\n");
is(kept(), "one\ntwo", 'a joined string that works stays') or diag($err);
spew("$app/__test__/test_z.sql", "SELECT 1/0;\n");
($exit, $out, $err) = with_app("INSERT INTO kept VALUES ('one')\\; CALL pgmi_test()\\; INSERT INTO kept VALUES ('two');\nINSERT INTO kept VALUES ('three');\n");
is(kept(), 'three', 'a joined string that fails is one unit; the next statement works');
($exit, $out, $err) = with_app('', '-c', "INSERT INTO kept VALUES ('one'); CALL pgmi_test(); INSERT INTO kept VALUES ('two')");
is($exit, 1, '-c string that fails: exit status');
is(kept(), '', '-c string that fails is one unit');
($exit, $out, $err) = with_app('', '-c', "INSERT INTO kept VALUES ('one'); CALL pgmi_test('test_a'); INSERT INTO kept VALUES ('two')");
is(kept(), "one\ntwo", '-c string that works stays');
($exit, $out, $err) = with_app('', '-c', "BEGIN; INSERT INTO kept VALUES ('one'); CALL pgmi_test('test_a'); COMMIT");
is(kept(), 'one', '-c string with its own transaction');
($exit, $out, $err) = with_app('', '-c', "INSERT INTO kept VALUES ('one'); CALL pgmi_test('test_a'); COMMIT");
is(kept(), 'one', '-c string that only commits');
is($err =~ /WARNING/ ? 1 : 0, 0, '-c string that only commits: no warning') or diag($err);
($exit, $out, $err) = with_app("BEGIN;\nINSERT INTO kept VALUES ('one');\nCALL pgmi_test('test_a');\nCOMMIT;\n");
is(kept(), 'one', 'in a block: goes on after it');
is($server->query('TABLE seen'), '', 'the tests left nothing');
($exit, $out, $err) = with_app("BEGIN;\nINSERT INTO kept VALUES ('one');\nCALL pgmi_test();\nCOMMIT;\n");
is(kept(), '', 'in a block: a failing test takes all of it');
like($err, qr/Failed in \.\/__test__\/test_z\.sql: division by zero/, 'in a block: named');
($exit, $out, $err) = with_app("\\set AUTOCOMMIT off\nINSERT INTO kept VALUES ('one');\nCALL pgmi_test('test_a');\nCOMMIT;\n");
is(kept(), 'one', 'AUTOCOMMIT off: in the open block') or diag($err);
($exit, $out, $err) = with_app("\\set AUTOCOMMIT off\nCALL pgmi_test('test_a');\nINSERT INTO kept VALUES ('one');\nCOMMIT;\n");
is(kept(), 'one', 'AUTOCOMMIT off: first statement') or diag($err);
($exit, $out, $err) = with_app("\\set AUTOCOMMIT off\nCALL pgmi_test('test_a');\n");
is($server->comes_to(q{SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'}, 0), 0, 'AUTOCOMMIT off: nothing stays open');

# A failed expansion leaves the block aborted, whatever ON_ERROR_ROLLBACK says.
my @bad = (
    ['bad pattern', "CALL pgmi_test('[');", qr/regex|regular expression/i],
    ['bad callback', "CALL pgmi_test(NULL, 'no such name');", qr/callback/i],
    ['missing callback', "CALL pgmi_test(NULL, 'pg_temp.nosuch');", qr/nosuch/],
    ['no test matches', "CALL pgmi_test('nothing_like_it');", qr/no tests matched/],
    ['failing test', 'CALL pgmi_test();', qr/test_z/],
);
for my $case (@bad) {
    my ($name, $call, $message) = @$case;
    for my $setting ('off', 'on', 'interactive') {
        ($exit, $out, $err) = with_app("\\set ON_ERROR_ROLLBACK $setting\nBEGIN;\nINSERT INTO kept VALUES ('one');\n$call\n"
            . "INSERT INTO kept VALUES ('two');\nCOMMIT;\n");
        like($err, $message, "$name, ON_ERROR_ROLLBACK $setting: message");
        is(kept(), '', "$name, ON_ERROR_ROLLBACK $setting: nothing is committed");
    }
    ($exit, $out, $err) = with_app("\\set AUTOCOMMIT off\n$call\nINSERT INTO kept VALUES ('two');\nCOMMIT;\n");
    is(kept(), '', "$name, AUTOCOMMIT off: the block it opened is aborted");
    ($exit, $out, $err) = with_app("BEGIN\\; INSERT INTO kept VALUES ('one')\\; $call\nINSERT INTO kept VALUES ('two');\nCOMMIT;\n");
    is(kept(), '', "$name, block opened in the same string: aborted");
    ($exit, $out, $err) = with_app("$call\n\\echo :ERROR :SQLSTATE\nINSERT INTO kept VALUES ('after');\n");
    is(kept(), 'after', "$name, alone: nothing stays open");
    like($out, qr/^true [0-9A-Z]{5}$/m, "$name: ERROR and SQLSTATE are set") or diag("$out$err");
    ($exit, $out, $err) = with_app("$call\nSELECT 1;\n", '-v', 'ON_ERROR_STOP=1');
    is($exit, 3, "$name, ON_ERROR_STOP: exit status");
    ($exit, $out, $err) = with_app('', '-c', $call);
    is($exit, 1, "$name, -c: exit status");
    ($exit, $out, $err) = with_app("$call\n", '-b');
    like($err, qr/^STATEMENT:  /m, "$name, -b: the statement is shown");
}
unlink "$app/__test__/test_z.sql";

# ---- what the user sees --------------------------------------------------------------------------------------
sub loud {
    my ($script, @options) = @_;
    ($exit, $out, $err) = pgmish(['--load', $app, @options], server => $server, stdin => $script);
    $out =~ s/^Loaded .*\n//m;
    return $out;
}
is(loud("CALL pgmi_test('test_a');\n"), "CALL\n", 'alone: one CALL tag');
is(loud("BEGIN; CALL pgmi_test('test_a'); COMMIT;\n"), "BEGIN\nCALL\nCOMMIT\n", 'in a block: one CALL tag');
is(loud("CALL pgmi_test('test_a');\n", '-q'), '', '-q: no tag');
is(loud("\\t\nSELECT 1\\; CALL pgmi_test('test_a')\\; SELECT 2;\n", '-A'), "Tuples only is on.\n1\nCALL\n2\n", 'joined: its place');
is(loud("CALL pgmi_test('test_a')\\; CALL pgmi_test('test_b');\n"), "CALL\nCALL\n", 'two of them: two tags');
is(loud("CALL pgmi_test('test_a')CALL pgmi_test('test_b')\n"), "CALL\nCALL\n", 'nothing between them');
is(loud("\\timing on\nCALL pgmi_test('test_a');\n") =~ s/[\d.]+ ms.*/N ms/r, "Timing is on.\nCALL\nTime: N ms\n", 'timing: once');
is(loud("CALL pgmi_test('test_a');\n\\echo :ROW_COUNT :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED\n"), "CALL\n0 1 0\n", 'variables');
is(loud("CALL pgmi_test('test_a') \\gdesc\nSELECT 1;\n", '-At'), "The command has no result, or the result has no columns.\n1\n", '\gdesc: one CALL');
is(loud("SELECT 1 AS one\\; CALL pgmi_test('test_a')\\; SELECT 2 AS two \\gset\n\\echo :one :two\n", '-At'), "1\nCALL\n:one 2\n", '\gset: of the last result that is shown');
is(loud("\\set SHOW_ALL_RESULTS off\nSELECT 1\\; CALL pgmi_test('test_a')\\; SELECT 2;\n\\echo :ROW_COUNT\nSELECT 1\\; CALL pgmi_test('test_a');\n", '-At'), "2\n1\nCALL\n", 'SHOW_ALL_RESULTS off: the last one that is shown');
is(loud("\\set FETCH_COUNT 1\nSELECT 1\\; CALL pgmi_test('test_a')\\; SELECT 2;\n", '-At'), "1\nCALL\n2\n", 'FETCH_COUNT: no cursor');
like(loud("\\set SINGLESTEP on\nCALL pgmi_test('test_a');\n\n"), qr/^CALL pgmi_test\('test_a'\);\n.*\nCALL\n\z/ms, 'SINGLESTEP: shows what was read');
like(loud("\\set ECHO queries\nCALL pgmi_test('test_a');\n"), qr/^BEGIN;\nSELECT .*suite_start.*SAVEPOINT __pgmi_d1__;.*COMMIT;?\nCALL\n\z/s, 'ECHO queries: what was sent');
like(loud("CALL pgmi_test('test_a');\n", '-e'), qr/SAVEPOINT __pgmi_d1__;/, '-e: what was sent');
like(loud("CALL pgmi_test('test_a');\n", '-a'), qr/^CALL pgmi_test\('test_a'\);\nCALL\n\z/, '-a: what was read');
loud("CALL pgmi_test('test_a');\n", '-L', "$dir/log");
like(slurp("$dir/log"), qr/SAVEPOINT __pgmi_d1__;.*\nCALL\n/s, '-L: what was sent and the tag');
is(loud("BEGIN;\nCALL pgmi_test('test_a')\n\\expand\n\\r\nROLLBACK;\n") =~ /SAVEPOINT __pgmi_d1__/ ? 1 : 0, 1, '\expand: of the query buffer');
is(ran($err), '', '\expand: nothing is sent');
spew("$dir/big.sql", "-- CALL pgmi_test();\nSELECT 'x';\nCALL pgmi_test('test_b');\nSELECT 'y';\n");
like(loud("\\expand $dir/big.sql\n"), qr/^-- CALL pgmi_test\(\);\nSELECT 'x';\n.*test_b.*SELECT 'y';\n\z/s, '\expand FILE');

# ---- no project ------------------------------------------------------------------------------------------------
($exit, $out, $err) = pgmish([], server => $server, stdin => "CALL pgmi_test();\n");
like($err, qr/procedure pgmi_test\(\) does not exist/, 'no project: sent as it is');
like($err, qr/HINT: .*\\pgmi load DIR/, 'no project: hint') or diag($err);
$server->query(q{CREATE PROCEDURE pgmi_test() LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''mine''; END'});
($exit, $out, $err) = pgmish([], server => $server, stdin => "CALL pgmi_test();\n");
like($err, qr/NOTICE:  mine/, 'no project: the user may have a procedure of that name');
$server->query('DROP PROCEDURE pgmi_test()');
($exit, $out, $err) = with_app("DO \$\$ BEGIN CALL pgmi_test(); END \$\$;\n");
like($err, qr/HINT: .*top level/, 'in a DO block: hint') or diag($err);
($exit, $out, $err) = with_app("CREATE PROCEDURE pg_temp.x() LANGUAGE plpgsql AS 'BEGIN CALL pg_temp.pgmi_test(); END';\nCALL pg_temp.x();\n");
like($err, qr/HINT: .*top level/, 'in a procedure: hint') or diag($err);

done_testing();
