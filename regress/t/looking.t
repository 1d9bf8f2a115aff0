#!/usr/bin/perl
# Looking at a loaded project and running parts of it: \plan, \tests, \source, \run, \expand, \test,
# \pgmi check, init, templates, help, \?.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my ($exit, $out, $err);
my $id  = '11111111-2222-4333-8444-555555555555';
my $app = make_project({
    'deploy.sql'            => "\\echo deploying\nCALL pgmi_test();\n",
    'a/one.sql'             => "/* <pgmi-meta id=\"$id\" idempotent=\"false\"><description>The first | one</description></pgmi-meta> */\nCREATE TABLE one (a int);\n",
    'a/three.sql'           => "SELECT 'x' AS v;\nSELECT 'é', -- two lines\n   nosuch;\nSELECT 'never';\n",
    'b.txt'                 => "no SQL\n\ttabbed\n",
    'crlf.sql'              => "SELECT 1 AS one;\r\nSELECT\r\n  nosuch;\r\n",
    'meta.sql'              => "SELECT 'before' AS v;\n\\echo no\nSELECT 'after';\n",
    'data.sql'              => "CREATE TEMP TABLE d (a text);\nCOPY d FROM STDIN;\n",
    'open.sql'              => "SELECT 'last' AS v",
    'tests.sql'             => "CALL pgmi_test('test_a');\n",
    'variable.sql'          => "SELECT ':x' AS v, 1::int AS w, :x;\n",
    'pgmi.yaml'             => "params:\n  env: x\n",
    '__test__/_setup.sql'   => "CREATE TABLE fixture (a int);\n",
    '__test__/test_a.sql'   => "INSERT INTO fixture VALUES (1);\n",
    '__test__/deep/er/test_b.sql' => "DO \$\$ BEGIN ASSERT (SELECT count(*) FROM fixture) = 0; END \$\$;\n",
    '__test__/deep/_setup.pgsql'  => "SELECT 1;\n",
}, private_dir() . '/app');

sub shell {
    my ($script, @options) = @_;
    ($exit, $out, $err) = pgmish(['-q', '--load', $app, @options], server => $server, stdin => $script);
    return $out;
}
sub same { my ($one, $two) = @_; is(shell($one), shell($two), "$one = $two") }

# ---- \plan -------------------------------------------------------------------------------------------
shell("\\plan\n");
like($out, qr/Execution plan\n Order \|\s+Path\s+\|\s+Sort key\s+\| Idempotent \n/, '\plan: its columns');
like($out, qr/     1 \| \.\/a\/one\.sql\s+\| \.\/a\/one\.sql\s+\| no\n     2 \| \.\/a\/three\.sql .*\| yes/, '\plan: its rows');
is(shell("\\plan ^./a/\n", '-At'), "1|./a/one.sql|./a/one.sql|no\n2|./a/three.sql|./a/three.sql|yes\n", '\plan PATTERN');
is(shell("\\plan nothing\n", '-At'), '', '\plan PATTERN that matches nothing');
like(shell("\\plan+ one\n", '-At'), qr/^1\|\.\/a\/one\.sql\|\.\/a\/one\.sql\|no\|$id\|159\|[0-9a-f]{64}\|The first \| one\n\z/, '\plan+');
like(shell("\\x\n\\plan+ one\n"), qr/Description \| The first \| one/, '\plan+ follows \x');
like(shell("\\pset format csv\n\\plan one\n"), qr/^Order,Path,Sort key,Idempotent\n1,\.\/a\/one\.sql/m, '\plan follows \pset format');
shell("\\plan [\n\\echo on\n");
like($err, qr/invalid regular expression/, '\plan: bad pattern');
is($out, "on\n", '\plan: bad pattern shows nothing');
shell("\\plan [\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 3, '\plan: bad pattern is a failed command');
same("\\plan\n", "\\pgmi plan\n");
same("\\plan+ one\n", "\\pgmi plan+ one\n");
shell("\\plan \"'; DROP TABLE x; --\"\n");
is($err, '', '\plan: a pattern is never SQL');

# ---- \tests -------------------------------------------------------------------------------------------
is(shell("\\tests\n"), <<'END', '\tests');
./__test__/
    _setup.sql (fixture)
    test_a.sql
    deep/
        _setup.pgsql
        er/
            test_b.sql
(3 tests, 1 fixture)
END
is(shell("\\tests test_b\n"), <<'END', '\tests PATTERN');
./__test__/
    _setup.sql (fixture)
    deep/
        er/
            test_b.sql
(1 test, 1 fixture)
END
like(shell("\\tests+ test_a\n", '-At'), qr{^1\|fixture\|\./__test__/_setup\.sql\|\./__test__/\|0\n2\|test\|.*\n3\|teardown\|\|\./__test__/\|0\n\z}, '\tests+');
is(shell("\\tests nothing\n"), "(0 tests, 0 fixtures)\n", '\tests: nothing matches');
same("\\tests\n", "\\pgmi tests\n");
shell("\\tests [\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 3, '\tests: bad pattern');
like($err, qr/Invalid regex pattern: \[/, '\tests: bad pattern named');

# ---- \source --------------------------------------------------------------------------------------------
is(shell("\\source b.txt\n"), "     1  no SQL\n     2  \ttabbed\n", '\source');
same("\\source ./b.txt\n", "\\pgmi source b.txt\n");
like(shell("\\source __test__/test_a.sql\n"), qr/^     1  INSERT INTO fixture/, '\source of a test');
shell("\\source nosuch.sql\n\\source\n\\source deploy.sql\n", '-v', 'ON_ERROR_STOP=0');
like($err, qr{file "\./nosuch\.sql" is not loaded.*\\source: missing required argument}s, '\source: errors');
shell("\\! echo changed > $app/b.txt\n\\source b.txt\n");
like($out, qr/no SQL/, '\source shows what was loaded, not what is on disk');
spew("$app/b.txt", "no SQL\n\ttabbed\n");

# ---- \run -------------------------------------------------------------------------------------------------
is(shell("BEGIN;\n\\run a/one.sql\nSELECT count(*) FROM one;\nROLLBACK;\n", '-At'), "0\n", '\run');
shell("\\run a/three.sql\n\\echo :ERROR :SQLSTATE\n", '-At');
is($out, "x\ntrue 42703\n", '\run: stops at the first error');
like($err, qr{^pgmish:\./a/three\.sql:3: ERROR:  column "nosuch" does not exist\nLINE 2:    nosuch;\n\s+\^\nFILE:  \./a/three\.sql:3:4\n}, '\run: place in the file');
shell("\\run crlf.sql\n", '-At');
like($err, qr{FILE:  \./crlf\.sql:3:3\n}, '\run: CR LF') or diag($err);
shell("\\run meta.sql\n", '-At', '-v', 'ON_ERROR_STOP=1');
is($out, "before\n", '\run: a backslash command ends it');
like($err, qr{^pgmish:\./meta\.sql:2: error: .*backslash}, '\run: a backslash command is an error, with its place');
is($exit, 3, '\run: is a failed command');
is(shell("\\run open.sql\n", '-At'), "last\n", '\run: last statement without semicolon');
is(shell("\\set x 5\n\\run variable.sql\n", '-At'), '', '\run: no variables');
like($err, qr/syntax error at or near ":"/, '\run: no variables');
like((shell("\\run tests.sql\n"), $err)[1], qr{Test: \./__test__/test_a\.sql}, '\run: the macro is expanded');
is(shell("\\run data.sql\nSELECT count(*) FROM d;\n", '-At'), "0\n", '\run: COPY does not eat the script');
shell("\\run\n\\run nosuch\n");
like($err, qr{\\run: missing required argument.*file "\./nosuch" is not loaded}s, '\run: errors');
same("\\run open.sql\n", "\\pgmi run open.sql\n");
is(shell("\\o /dev/null\n\\run open.sql\n\\o\n"), '', '\run: follows \o');

# ---- \expand ---------------------------------------------------------------------------------------------------
like(shell("SELECT 1;\nCALL pgmi_test('test_a')\n\\expand\n\\r\n"), qr/^SELECT .*suite_start.*SAVEPOINT __pgmi_d1__;.*test_a.*suite_end/ms, '\expand: query buffer');
like(shell("SELECT 1;\n\\expand\n", '-At'), qr/\A1\nSELECT 1;?\n\z/, '\expand: previous query');
like(shell("\\expand $app/deploy.sql\n"), qr/\A\\echo deploying\n.*SAVEPOINT/s, '\expand FILE');
is(shell("\\expand\n"), "Query buffer is empty.\n", '\expand: nothing');
shell("\\expand /nonexistent\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 3, '\expand: no such file');
shell("CALL pgmi_test('[')\n\\expand\n\\r\nSELECT 'on';\n", '-At');
like($err, qr/Invalid regex pattern/, '\expand: bad pattern');
is($out, "on\n", '\expand: bad pattern does no harm');
same("CALL pgmi_test()\n\\expand\n\\r\n", "CALL pgmi_test()\n\\pgmi expand\n\\r\n");

# ---- \test ------------------------------------------------------------------------------------------------------
sub no_times { return $_[0] =~ s/\|[\d.]+$/|N/mgr }
is(no_times(shell("\\test\n", '-At')), "./__test__/test_a.sql|passed|N\n./__test__/deep/_setup.pgsql|passed|N\n./__test__/deep/er/test_b.sql|passed|N\n", '\test');
like(shell("\\test test_a\n"), qr/ +Test +\| Result \| Milliseconds \n-.*\n \.\/__test__\/test_a\.sql \| passed \| +\d+\.\d\n\(1 passed; \d+\.\d ms\)\n/, '\test PATTERN: a table');
is($server->query(q{SELECT to_regclass('fixture') IS NULL}), 't', '\test leaves nothing');
same("\\test nothing\n", "\\pgmi test nothing\n");
like($err, qr/no tests matched/, '\test: nothing matches');
shell("\\test [\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 3, '\test: bad pattern');
is(shell("BEGIN;\nCREATE TEMP TABLE mine ();\n\\o /dev/null\n\\test\n\\o\nSELECT count(*) FROM mine;\nCOMMIT;\n", '-At'), "0\n", '\test in a transaction leaves it as it was');
spew("$app/__test__/test_z.sql", "DO \$\$\nBEGIN\n    RAISE EXCEPTION 'must not be' USING HINT = 'Look here.';\nEND \$\$;\n");
spew("$app/__test__/test_zz.sql", "SELECT 1;\n");
is(no_times(shell("\\test test_\n\\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED\n", '-At')), "./__test__/test_a.sql|passed|N\n./__test__/test_z.sql|failed|N\n1 1\n", '\test: stops at the first failure');
like($err, qr{ERROR:  Failed in \./__test__/test_z\.sql: must not be\nHINT:  Look here\.\n.*FILE:  \./__test__/test_z\.sql:3}s, '\test: the failing message and its place') or diag($err);
shell("\\test\nSELECT 1;\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 3, '\test: a failure is a failed command');
shell('', '-c', '\test');
is($exit, 1, '\test: -c');
is(shell("BEGIN;\nCREATE TEMP TABLE mine ();\n\\o /dev/null\n\\test\n\\o\nSELECT count(*) FROM mine;\nCOMMIT;\nSELECT 'kept';\n", '-At'), "0\nkept\n", '\test that fails leaves the transaction usable');
shell("BEGIN;\nSELECT 1/0;\n\\test\nROLLBACK;\nSELECT 'on';\n", '-At');
like($err, qr/current transaction is aborted/, '\test in an aborted transaction: refused');
is($out, "on\n", '\test in an aborted transaction: nothing else');
is(shell("\\set AUTOCOMMIT off\n\\o /dev/null\n\\test test_a\n\\o\nSELECT 'on';\nCOMMIT;\n", '-At'), "on\n", '\test with AUTOCOMMIT off');
unlink "$app/__test__/test_z.sql", "$app/__test__/test_zz.sql";
shell("\\set ON_ERROR_STOP on\n\\test\n");
is($exit, 0, '\test: exit status when all pass');

# ---- without a project ------------------------------------------------------------------------------------------
for my $command ('plan', 'tests', 'source a', 'run a', 'expand', 'test', 'pgmi reload') {
    ($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1'], server => $server, stdin => "\\$command\n");
    is($exit, 3, "\\$command with no project");
    like($err, qr/no project (?:is|has been) loaded\n.*\\pgmi load DIR/, "\\$command with no project: said");
}

# ---- \pgmi check, init, templates, help -----------------------------------------------------------------------------
like(shell("\\pgmi check\n", '-v', 'QUIET=off'), qr/: 14 files, 3 tests, no problem found\.$/m, '\pgmi check of what is loaded') or diag($err);
my $bad = make_project({ 'deploy.sql' => "DO \$\$ BEGIN CALL pgmi_test(); END \$\$;\n", 'x.sql' => "\xff", '__tset__/y.sql' => '',
    'p.sql' => "/* <pgmi-meta id=\"$id\" idempotent=\"true\"/> */", 'q.sql' => "/* <pgmi-meta id=\"$id\" idempotent=\"true\"/> */",
    'pgmi.yaml' => "nosuch: 1\n" });
shell("\\pgmi check $bad\n\\echo on\n");
like($err, qr/\Q$_\E/, "\\pgmi check lists every problem: $_") for './x.sql', '__tset__', $id, 'nosuch';
is($out, "on\n", '\pgmi check is a failed command');
my $new = private_dir() . '/new';
shell("\\pgmi init $new\n\\pgmi load $new\n\\i $new/deploy.sql\n\\test\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 0, '\pgmi init: what it writes deploys') or diag($err);
like($out, qr{^\Q$new\E/deploy\.sql$}m, '\pgmi init: lists the files');
shell("\\pgmi init $new\n\\pgmi init\n\\pgmi init $new/x nosuch\n\\pgmi init $new/y basic more\n");
like($err, qr/not empty.*missing required argument.*no template "nosuch".*extra argument "more" ignored/s, '\pgmi init: errors') or diag($err);
like(shell("\\pgmi templates\n"), qr/^basic\s+\S/m, '\pgmi templates');
like(shell("\\pgmi help plan\n"), qr/^\\plan\[\+\] \[PATTERN\] \[--graph\[=FILE\]\]\n.*regular expression/s, '\pgmi help COMMAND');
like(shell("\\pgmi help load\n"), qr/^\\pgmi load \[DIR\] \[KEY=VALUE \.\.\.\]\n/, '\pgmi help of a subcommand');
same("\\pgmi help\n", "\\pgmi\n");
same("\\? pgmi\n", "\\pgmi\n");
shell("\\pgmi help nosuch\n\\pgmi nosuch\n");
is(() = $err =~ /there is no command "nosuch"/g, 2, '\pgmi: unknown command');
like(shell("\\?\n"), qr/^General\n.*\\q .*^Input\/Output\n.*\\i FILE.*^pgmi session\n.*\\plan/ms, '\?');
same("\\?\n", "\\? commands\n");
same("\\?\n", "\\? nosuch\n");
like(shell("\\? options\n"), qr/--csv.*--load DIR/s, '\? options');
like(shell("\\? variables\n"), qr/ON_ERROR_STOP.*PGMI_LOADED.*PGPASSWORD/s, '\? variables');
for my $command (qw(plan tests source run expand test load reload unload status params set check init templates help)) {
    like(shell("\\pgmi help $command\n"), qr/^\\(?:pgmi )?\Q$command\E/, "\\pgmi help $command");
    like(shell("\\? pgmi\n"), qr/^  \\(?:pgmi )?\Q$command\E\b/m, "\\? pgmi lists $command");
}

# ---- at the prompt ----------------------------------------------------------------------------------------------------
my $pty = spawn_pty([pgmish_program(), '-X', '--load', $app], server => $server, env => { PAGER => 'cat' });
$pty->expect(qr/Loaded .*=# $/s, 'prompt');
$pty->type('\plan');
$pty->expect(qr/Execution plan.*=# $/s, 'plan');
$pty->type('\test');
$pty->expect(qr/passed.*\(3 passed;.*=# $/s, 'test');
$pty->type('CALL pgmi_test(\'test_a\')');
$pty->expect(qr/-# $/, 'continues');
$pty->type('\expand');
$pty->expect(qr/SAVEPOINT.*-# $/s, 'the buffer stays');
$pty->type(';');
$pty->expect(qr/CALL\n.*=# $/s, 'and is sent then');
for my $case (['\pgmi he', 'help '], ['\pgmi help reloa', 'reload '], ['\? opt', 'options '], ['\pgmi init nosuch ba', 'basic '],
    ['\pgmi set en', 'env '], ['\pgmi run a/o', 'ne.sql'], ['\tests __test__/test_', 'a.sql'], ['\pgmi source b', '.txt']) {
    my ($typed, $rest) = @$case;
    $pty->send($typed);
    $pty->key('tab');
    $pty->expect(qr/\Q$rest\E/, "completes $typed");
    $pty->key('ctrl-C');
    $pty->expect(qr/=# $/, 'another line');
}
$pty->send('\source a/th');
$pty->key('tab');
$pty->expect(qr{a/three\.sql}, 'completes a loaded path');
$pty->type('');
$pty->expect(qr/1  SELECT.*=# $/s, 'shows it');
$pty->type('\q');
$pty->finish('leaves');

done_testing();
