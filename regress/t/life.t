#!/usr/bin/perl
# The life of a loaded project in a session: loading again, what ends it, what brings it back, and
# what is never shown of it.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my ($exit, $out, $err);
my $app;

sub fresh_app {
    $app = make_project({
        'deploy.sql'           => "SELECT 1;\n",
        'a.sql'                => "SELECT 1;\n",
        'b.sql'                => "SELECT 2;\n",
        'pgmi.yaml'            => "params:\n  env: development\n",
        '__test__/test_a.sql'  => "SELECT 1;\n",
    }, private_dir() . '/app');
}
fresh_app();

# Runs a script in the project's parent directory; nothing loaded yet.
sub shell {
    my ($script, @options) = @_;
    ($exit, $out, $err) = pgmish(['-At', @options], server => $server, stdin => $script, cwd => $app =~ s{/app$}{}r);
    return $out;
}
my $load  = "\\pgmi load app\n";
my $count = "SELECT count(*) FROM pg_temp.pgmi_source_view;\n";

# ---- the line of a load ------------------------------------------------------------------------------
is(shell($load) =~ s/\d+ ms/N ms/r, "Loaded app: 4 files, 1 test, 1 parameter, 57 bytes, N ms\n", 'one line');
is(shell($load, '-q'), '', 'not with -q');
is(shell("\\pgmi load app a=1 B=2\nSELECT current_setting('pgmi.a'), current_setting('pgmi.b');\n") =~ s/.*\n//r, "1|2\n", 'KEY=VALUE');
is(shell("\\cd app\n\\pgmi load\n$count", '-q'), "3\n", 'the current directory by default');
is(shell("\\cd app\n\\pgmi load x=1\nSELECT current_setting('pgmi.x');\n", '-q'), "1\n", 'the current directory and KEY=VALUE');
is(shell("\\pgmi load '$app'\n$count", '-q'), "3\n", 'a quoted path');
is(shell("\\set dir app\n\\pgmi load :dir\n$count", '-q'), "3\n", 'a variable');
is(shell("\\pgmi load app\n$count", '-q', '--param', 'env=staging') && shell("\\pgmi load app\nSELECT current_setting('pgmi.env');\n", '-q', '--param', 'env=staging'),
    "staging\n", '--param stands above pgmi.yaml');
is(shell("\\pgmi load app env=prod\nSELECT current_setting('pgmi.env');\n", '-q', '--param', 'env=staging'), "prod\n", 'KEY=VALUE stands above both');

# ---- loading again -------------------------------------------------------------------------------------
my $touch = "\\! rm app/b.sql; echo 'SELECT 11;' > app/a.sql; echo > app/c.sql\n";
shell("$load$touch\\pgmi reload\nSELECT string_agg(path, ' ' ORDER BY path) FROM pgmi_source_view;\n");
like($out, qr{^\s*added\s+\./c\.sql$}m, 'reload: added');
like($out, qr{^\s*changed\s+\./a\.sql$}m, 'reload: changed');
like($out, qr{^\s*removed\s+\./b\.sql$}m, 'reload: removed');
like($out, qr{^\./a\.sql \./c\.sql \./pgmi\.yaml$}m, 'reload: the files are those');
fresh_app();
like(shell("$load\\pgmi reload\n"), qr/no file has changed/, 'reload: nothing has changed');
like(shell("$load$touch\\pgmi status\n"), qr{added\s+\./c\.sql.*changed\s+\./a\.sql.*removed\s+\./b\.sql}s, 'status: what has changed on disk');
fresh_app();
shell("\\pgmi reload\n\\echo on\n");
like($err, qr/no project/, 'reload of nothing');
is($out, "on\n", 'reload of nothing is a failed command');

my $callback = "CREATE FUNCTION pg_temp.mine(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''mine %'', e.event; END';\n";
shell("$load$callback\\pgmi reload\nCALL pgmi_test(NULL, 'mine');\n", '-v', 'ON_ERROR_STOP=1');
is($exit, 0, 'a callback survives a reload');
like($err, qr/mine suite_end/, 'and works');

my $yaml = "\\! printf 'params:\\n  env: changed\\n' > app/pgmi.yaml\n";
is(shell("$load$yaml\\pgmi reload\nSELECT current_setting('pgmi.env');\n", '-q'), "changed\n", 'reload: pgmi.yaml as it is now');
fresh_app();
is(shell("\\pgmi load app env=mine\n$yaml\\pgmi reload\nSELECT current_setting('pgmi.env');\n", '-q'), "mine\n", 'reload: KEY=VALUE of the load stays');
fresh_app();
is(shell("\\pgmi load app env=mine\n\\pgmi load app\nSELECT current_setting('pgmi.env');\n", '-q'), "development\n", 'another load: KEY=VALUE is gone');
is(shell("$load\\pgmi set env here\n\\pgmi reload\nSELECT current_setting('pgmi.env');\n", '-q'), "here\n", '\pgmi set: stays over a reload');
is(shell("\\pgmi load app Env=x\n\\pgmi set ENV here\n\\pgmi reload\nSELECT current_setting('pgmi.env');\n", '-q'), "here\n", '\pgmi set: the newer word');
is(shell("\\pgmi set env before\n\\pgmi load app\nSELECT current_setting('pgmi.env');\n", '-q'), "before\n", '\pgmi set before the load');
is(shell("$load\\pgmi set env now\nSELECT value, current_setting('pgmi.env') FROM pgmi_parameter_view WHERE key = 'env';\n", '-q'), "now|now\n", '\pgmi set: row and setting');
shell("\\pgmi load app gone=1 stays=2\n\\pgmi load app stays=3\nSELECT '<' || current_setting('pgmi.gone') || '>', current_setting('pgmi.stays');\n", '-q');
is($out, "<>|3\n", 'a setting that the new load does not have is emptied');
like($err, qr/^parameter "gone" .*\\c gives a clean session$/m, 'and named in a warning');
unlike($err, qr/"stays"|"env"/, 'and only that one');

# A bad project leaves the earlier load as it was.
my $bad = make_project({ 'deploy.sql' => '', 'x.sql' => "\xff" });
shell("${load}\\pgmi load $bad env=never\n$count\\pgmi status\nSELECT current_setting('pgmi.env');\nCALL pgmi_test();\n");
like($out, qr/^3\nProject: .*app\n.*^development\nCALL$/ms, 'a bad project: the earlier one is there') or diag("$out$err");
shell("${load}\\pgmi load $bad env=never\n\\pgmi reload\n\\echo :PGMI_PROJECT\nSELECT current_setting('pgmi.env');\n", '-q');
is($out, "$app\ndevelopment\n", 'a bad project: reload means the earlier one');

# ---- in a transaction --------------------------------------------------------------------------------------
is(shell("BEGIN;\n${load}COMMIT;\n$count", '-q'), "3\n", 'load in a transaction: committed');
shell("BEGIN;\n${load}ROLLBACK;\n\\echo :PGMI_LOADED\n\\plan\n\\echo :ERROR\nCALL pgmi_test();\nSELECT 'on';\n", '-q');
like($out, qr/^off\nfalse\non$/m, 'load in a transaction: rolled back, PGMI_LOADED');
is(() = $err =~ /project "app" was loaded has been rolled back/g, 2, 'every use says so') or diag($err);
is(() = $err =~ /\\pgmi reload/g, 2, 'and how to load again');
unlike($err, qr/does not exist/, 'and nothing else');
is(shell("BEGIN;\n${load}ROLLBACK;\n\\pgmi reload\n$count", '-q'), "3\n", 'reload brings it back');
shell("BEGIN;\n${load}ROLLBACK;\n$count", '-q');
like($err, qr/relation "pg_temp.pgmi_source_view" does not exist.*^HINT: .*\\pgmi reload/ms, 'SQL on what is gone: a hint beside the error') or diag($err);
is(shell("BEGIN;\nSAVEPOINT s;\n${load}ROLLBACK TO s;\n\\echo :PGMI_LOADED\nCOMMIT;\n\\echo :PGMI_LOADED\n", '-q'), "off\noff\n", 'rolled back to a savepoint');
is(shell("BEGIN;\n${load}SAVEPOINT s;\nROLLBACK TO s;\n\\echo :PGMI_LOADED\nCOMMIT;\n$count", '-q'), "on\n3\n", 'a later savepoint does no harm');
is(shell("${load}BEGIN;\n\\pgmi load $bad\nROLLBACK;\n$count", '-q'), "3\n", 'a refused load in a transaction');
is(shell("${load}BEGIN;\n\\! echo > app/c.sql\n\\pgmi reload\n${count}ROLLBACK;\n${count}\\echo :PGMI_FILE_COUNT\n", '-q'), "4\n3\n4\n", 'a reload that rolls back brings the earlier load back');
fresh_app();
is(shell("\\set AUTOCOMMIT off\n${load}ROLLBACK;\n\\echo :PGMI_LOADED\n", '-q'), "on\n", 'AUTOCOMMIT off: the load is a transaction of its own');
shell("BEGIN;\nSELECT 1/0;\n$load");
like($err, qr/aborted/, 'an aborted transaction: refused');
shell("BEGIN;\nSELECT 1/0;\n\\pgmi set env x\nROLLBACK;\n", '-q', '-v', 'ON_ERROR_STOP=0');
shell("${load}DISCARD ALL;\n\\echo :PGMI_LOADED\n\\tests\nDISCARD TEMP;\n\\pgmi reload\n$count", '-q');
is($out, "off\n3\n", 'DISCARD ALL');
like($err, qr/discarded.*\\pgmi reload/s, 'DISCARD ALL: said');
shell("${load}DISCARD TEMP;\n\\echo :PGMI_LOADED\nCALL pgmi_test();\n", '-q');
is($out, "off\n", 'DISCARD TEMP');
like($err, qr/discarded/, 'DISCARD TEMP: said');
shell("${load}\\pgmi unload\n\\echo :PGMI_LOADED\n\\plan\nSELECT to_regclass('pg_temp._pgmi_source') IS NULL, current_setting('pgmi.env', true);\nCALL pgmi_test();\n");
like($out, qr/^Unloaded\.\noff\nt\|$/m, 'unload') or diag("$out$err");
like($err, qr/no project is loaded.*HINT:  Load a project with/s, 'unload: the macro is a procedure call again');

# ---- connections ------------------------------------------------------------------------------------------
$server->query('CREATE DATABASE other');
shell("${load}\\c other\n${count}SELECT current_database();\n");
like($out, qr{You are now connected to database "other".*Loading \S*app again into the new session\.\nLoaded .*\n3\nother\n}s, '\c to another database loads again');
is(shell("${load}\\c\n$count", '-q'), "3\n", '\c to the same');
is(shell("\\pgmi load app env=mine\n\\c other\nSELECT current_setting('pgmi.env');\n", '-q'), "mine\n", '\c keeps parameters');
shell("${load}\\c nosuch\n$count", '-q', '-v', 'ON_ERROR_STOP=0');
is($exit, 2, '\c that fails ends a script, as in psql') or diag("$exit $out $err");
unlike(shell("\\c other\n"), qr/Load/, '\c with nothing loaded loads nothing');
shell("${load}SELECT pg_terminate_backend(pg_backend_pid());\n\\echo never\n");
is($exit, 2, 'a lost connection ends a script');
my $pty = spawn_pty([pgmish_program(), '-XAt', '--load', $app], server => $server);
$pty->expect(qr/=# $/, 'prompt');
$pty->type('SELECT pg_terminate_backend(pg_backend_pid());');
$pty->expect(qr/Attempting reset: Succeeded\..*Loading \S*app again into the new session\..*Loaded .*=# $/s, 'a reset loads again');
$pty->type('SELECT count(*) FROM pgmi_source_view;');
$pty->expect(qr/\n3\n.*=# $/s, 'and it is there');
$pty->type('\q');
is($pty->finish('leaves'), 0, 'leaves');

# ---- roles ----------------------------------------------------------------------------------------------------
$server->query('CREATE ROLE app_role');
is(shell("${load}SET ROLE app_role;\n$count", '-q'), "3\n", 'SET ROLE: may read');
shell("${load}SET ROLE app_role;\n\\pgmi reload\nRESET ROLE;\n$count", '-q');
like($err, qr/role|own/, 'SET ROLE: a reload is refused');
is($out, "3\n", 'SET ROLE: the load stays');
shell("${load}BEGIN;\nDECLARE c CURSOR FOR TABLE pgmi_source_view;\nFETCH c;\n\\pgmi reload\nFETCH c;\nCOMMIT;\n", '-q');
like($err, qr/open cursor/, 'an open cursor: refused');
like($out, qr/b\.sql/, 'an open cursor: goes on');

# ---- variables -------------------------------------------------------------------------------------------------
my $echo = "\\echo :PGMI_LOADED :PGMI_FILE_COUNT :PGMI_TEST_COUNT\n";
is(shell("$echo$load$echo\\if :PGMI_LOADED\n\\echo yes\n\\endif\n", '-q'), "off :PGMI_FILE_COUNT :PGMI_TEST_COUNT\non 4 1\nyes\n", 'variables of a load');
is(shell("\\if :PGMI_LOADED\n\\echo yes\n\\else\n\\echo no\n\\endif\n"), "no\n", 'PGMI_LOADED with nothing loaded');
is(shell("${load}CALL pgmi_test();\n\\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED\n\\test nothing\n\\test\n\\echo :PGMI_TESTS_PASSED\n", '-q') =~ s/\|\d+\.\d$/|N/mr,
    "1 0\n./__test__/test_a.sql|passed|N\n1\n", 'variables of a test run');
my $verbose = "\\set PGMI_VERBOSE on\n${load}SHOW client_min_messages;\nCALL pgmi_test();\n";
is(shell($verbose, '-q'), "debug2\n", 'PGMI_VERBOSE');
like($err, qr{DEBUG:  \[pgmi\] Rollback: \./__test__/test_a\.sql.*DEBUG:  \[pgmi\] Teardown: \./__test__/}s, 'PGMI_VERBOSE: DEBUG messages are shown');

# ---- nothing secret is shown -----------------------------------------------------------------------------------
my $canary = 'c4n4ry';
spew("$app/pgmi.yaml", "params:\n  db_password: ${canary}1\n  env: plain\n");
my @secret = ('--param', "api_token=${canary}2", '-a', '-L', "$app/../log");
shell("\\pgmi load app my_secret=${canary}3 auth='${canary}4'\n\\pgmi set PRIVATE_KEY ${canary}5\n\\pgmi set credential \"${canary}6\"\n"
    . "\\pgmi params\n\\pgmi status\n\\pgmi reload\n\\pgmi load app my_secret=${canary}7 bad-key=${canary}8\n\\pgmi set bad-key ${canary}9\n\\pgmi set 1x=${canary}10\n\\pgmi load app ${canary}=\n", @secret);
is(join(' ', "$out$err" =~ /${canary}\d+/g), '', 'no secret in output or messages') or diag("$out$err");
like($out, qr/^env\|plain$/m, 'other values are shown');
like($out, qr/^my_secret\|\*+$/m, 'secret ones are masked');
like($out, qr/^\\pgmi load app my_secret=\*+ auth=\*+$/m, 'echo: masked');
like($out, qr/^\\pgmi set PRIVATE_KEY \*+$/m, 'echo: masked');
unlike(slurp("$app/../log"), qr/$canary/, 'nor in the log file');
my $history = private_dir() . '/history';
$pty = spawn_pty([pgmish_program(), '-XAt'], server => $server, cwd => $app =~ s{/app$}{}r, env => { PSQL_HISTORY => $history, PAGER => 'cat' });
$pty->expect(qr/=# $/, 'prompt');
$pty->type("\\pgmi load app my_secret=${canary}3");
$pty->expect(qr/Loaded .*=# $/s, 'loads');
$pty->type("\\pgmi set api_token ${canary}5");
$pty->expect(qr/=# $/, 'sets');
$pty->type('\s');
$pty->expect(qr/my_secret=\*\*\*.*api_token \*\*\*.*=# $/s, '\s shows masks');
$pty->type('\q');
$pty->finish('leaves');
unlike(slurp($history), qr/$canary/, 'history: no secret');
like(slurp($history), qr/my_secret=\*\*\*/, 'history: the command');
shell('', '-a', '-c', "\\pgmi set api_token ${canary}1");
unlike("$out$err", qr/$canary/, '-c: echo masked');

done_testing();
