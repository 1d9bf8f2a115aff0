#!/usr/bin/perl
# The project's own deploy.sql through -f, \i and \ir: atomic around the gate, stops at its first
# error, otherwise a script like any other.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my ($exit, $out, $err);

sub fresh { $server->query('SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public') }
sub tables { return $server->query(q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'}) }
my $load_all = "DO \$\$ DECLARE f record; BEGIN FOR f IN SELECT path, content FROM pg_temp.pgmi_plan_view"
    . " WHERE path LIKE '%.sql' ORDER BY execution_order LOOP EXECUTE f.content; END LOOP; END \$\$;\n";
my $bad_test = "DO \$\$ BEGIN ASSERT false, 'must not be'; END \$\$;\n";

# A project in ./app of a new directory, which is returned.
sub project {
    my ($deploy, %more) = @_;
    my $parent = private_dir();
    make_project({ 'deploy.sql' => $deploy, 'sql/one.sql' => "CREATE TABLE one (a int);\n",
        'sql/two.sql' => "CREATE TABLE two (a int);\n", '__test__/test_ok.sql' => "TABLE one;\n", %more },
        "$parent/app");
    fresh();
    return $parent;
}
sub go {
    my ($where, $arguments, %options) = @_;
    ($exit, $out, $err) = pgmish($arguments, server => $server, cwd => $where, %options);
    return $exit;
}

# ---- every way to it, gate open and gate shut ----------------------------------------------------------
my @ways = (
    ['-f', ['-f', './app/deploy.sql'], {}, 3],
    ['-f by its full path', sub { ['-f', "$_[0]/app/deploy.sql"] }, {}, 3],
    ['-f in its own directory', ['-f', 'deploy.sql'], { cwd => 'app' }, 3],
    ['-f over a detour', ['-f', 'app/../app/./sql/../deploy.sql', '--load', './app'], {}, 3],
    ['--load and -f', ['--load', './app', '-f', 'app/deploy.sql'], {}, 3],
    ['--load and -c \i', ['--load', './app', '-c', '\i app/deploy.sql'], {}, 1],
    ['pipe, \i', ['--load', './app'], { stdin => "\\i app/deploy.sql\n" }, 0],
    ['pipe, \ir', ['--load', './app'], { stdin => "\\ir app/deploy.sql\n" }, 0],
    ['pipe, \i of an \ir', ['--load', './app'], { stdin => "\\i app/via.txt\n" }, 0],
    ['\pgmi load in the pipe', [], { stdin => "\\pgmi load ./app\n\\i ./app/deploy.sql\n" }, 0],
    ['standard input that -f names', ['-f', '-'], { stdin => "\\pgmi load app\n\\i app/deploy.sql\n" }, 0],
    ['-f through a link to the directory', ['-f', 'link/deploy.sql'], {}, 3],
);
for my $way (@ways) {
    my ($name, $arguments, $options, $status) = @$way;
    my $where = project("$load_all\nCALL pgmi_test();\nCOMMIT;\n\\echo tail\nCREATE TABLE tail ();\n",
        'via.txt' => "\\ir deploy.sql\n");
    symlink "$where/app", "$where/link";
    my @arguments = ref $arguments eq 'CODE' ? @{ $arguments->($where) } : @$arguments;
    my %options = %$options;
    $options{cwd} = "$where/$options{cwd}" if $options{cwd};
    is(go($where, \@arguments, %options), 0, "$name: deploys") or diag($err);
    is(tables(), 'one tail two', "$name: all of it is there");
    unlike($err, qr/WARNING|error/i, "$name: nothing to complain about");
    fresh();
    spew("$where/app/__test__/test_bad.sql", $bad_test);
    is(go($where, \@arguments, %options), $status, "$name: exit status of a failing test");
    like($err, qr{Failed in \./__test__/test_bad\.sql: must not be}, "$name: it is named");
    unlike($out, qr/^tail$/m, "$name: no tail");
    is(tables(), '', "$name: nothing stays");
    is($server->comes_to(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}, 0), 0, "$name: nothing is held");
}

# ---- what opens and ends the transaction -----------------------------------------------------------------
sub deploys {
    my ($name, $deploy, $want, $status, $arguments, %files) = @_;
    my $where = project($deploy, %files);
    go($where, $arguments // ['-f', 'app/deploy.sql']);
    is($exit, $status, "$name: exit status") or diag($err);
    is(tables(), $want, "$name: what is there");
    return;
}
my %bad = ('__test__/test_bad.sql' => $bad_test);
my $head = "CREATE TABLE head ();\n";
deploys('no terminator, gate open', "$load_all CALL pgmi_test();\nCREATE TABLE tail ();\n", 'one tail two', 0);
deploys('no terminator, gate shut', "$load_all CALL pgmi_test();\nCREATE TABLE tail ();\n", '', 3, undef, %bad);
deploys('no terminator, tail fails', "$load_all CALL pgmi_test();\nCREATE TABLE tail ();\nSELECT nosuch;\n", '', 3);
deploys('tail fails behind COMMIT', "$load_all CALL pgmi_test();\nCOMMIT;\nCREATE TABLE tail ();\nSELECT nosuch;\nCREATE TABLE never ();\n", 'one tail two', 3);
deploys('explicit BEGIN, gate open', "BEGIN;\n$load_all CALL pgmi_test();\nCOMMIT;\n", 'one two', 0);
deploys('explicit BEGIN, gate shut', "BEGIN;\n$load_all CALL pgmi_test();\nCOMMIT;\nCREATE TABLE tail ();\n", '', 3, undef, %bad);
deploys('START TRANSACTION counts', "START TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n$load_all CALL pgmi_test();\nCOMMIT;\n", 'one two', 0);
unlike($err, qr/WARNING/, 'START TRANSACTION counts: no second BEGIN');
deploys('ROLLBACK at the end', "$load_all CALL pgmi_test();\nROLLBACK;\n", '', 0);
deploys('two transactions of its own', "BEGIN;\nCREATE TABLE first ();\nCOMMIT;\nBEGIN;\n$load_all CALL pgmi_test();\nCOMMIT;\n", 'first', 3, undef, %bad);
deploys('no macro: statement by statement', "CREATE TABLE first ();\nSELECT nosuch;\nCREATE TABLE never ();\n", 'first', 3);
deploys('no macro: VACUUM works', "CREATE TABLE first ();\nVACUUM first;\n", 'first', 0);
deploys('macro only in a comment', "-- CALL pgmi_test();\nCREATE TABLE first ();\nVACUUM first;\nSELECT 'CALL pgmi_test();';\n", 'first', 0);
deploys('macro in a DO block', "CREATE TABLE first ();\nDO \$\$ BEGIN CALL pgmi_test(); END \$\$;\n", 'first', 3);
like($err, qr/HINT:  CALL pgmi_test\(\) is a macro/, 'macro in a DO block: hint');
deploys('macro first, then CONCURRENTLY behind COMMIT', "$load_all CALL pgmi_test();\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON one (a);\n", 'one two', 0);
deploys('macro through a variable', "\\set pattern test_ok\n$load_all CALL pgmi_test(:'pattern');\nCOMMIT;\n", 'one two', 0);
deploys('macro through a variable, gate shut', "\\set pattern test_bad\n$load_all CALL pgmi_test(:'pattern');\nCOMMIT;\n", '', 3, undef, %bad);
deploys('BEGIN by a joined string', "BEGIN\\; $head $load_all CALL pgmi_test();\nCOMMIT;\n", 'head one two', 0);
deploys('AUTOCOMMIT off', "$load_all CALL pgmi_test();\nCOMMIT;\n", 'one two', 0, ['-v', 'AUTOCOMMIT=off', '-f', 'app/deploy.sql']);
deploys('AUTOCOMMIT off, gate shut', "$load_all CALL pgmi_test();\nCOMMIT;\n", '', 3, ['-v', 'AUTOCOMMIT=off', '-f', 'app/deploy.sql'], %bad);
deploys('byte-order mark', "\xef\xbb\xbf$load_all CALL pgmi_test();\nCOMMIT;\n", 'one two', 0);
deploys('CR LF', ("$load_all CALL pgmi_test();\nCOMMIT;\n" =~ s/\n/\r\n/gr), 'one two', 0);
deploys('ON_ERROR_ROLLBACK on, gate shut', "$load_all CALL pgmi_test();\nCOMMIT;\n", '', 3, ['-v', 'ON_ERROR_ROLLBACK=on', '-f', 'app/deploy.sql'], %bad);
deploys('ON_ERROR_ROLLBACK on, a statement fails', "$load_all SELECT nosuch;\nCALL pgmi_test();\nCOMMIT;\n", '', 3, ['-v', 'ON_ERROR_ROLLBACK=on', '-f', 'app/deploy.sql']);
deploys('empty', '', '', 0);
deploys('broken off in a statement', "CREATE TABLE first ();\nSELECT (", 'first', 3);

# ---- meta-commands in it ---------------------------------------------------------------------------------------
deploys('\i inside', "\\ir sql/one.sql\nCALL pgmi_test();\nCOMMIT;\n", 'one', 0);
deploys('\i inside, gate shut', "\\ir sql/one.sql\nCALL pgmi_test();\nCOMMIT;\n", '', 3, undef, %bad);
deploys('macro only in a file that it reads', "CREATE TABLE first ();\n\\ir more.txt\nCREATE TABLE never ();\n", 'first', 3, undef,
    'more.txt' => "CALL pgmi_test('nothing_like_it');\n");
deploys('an error in a file that it reads', "\\ir more.txt\n\\echo tail\nCALL pgmi_test();\nCOMMIT;\n", '', 3, undef,
    'more.txt' => "CREATE TABLE more ();\nSELECT nosuch;\nCREATE TABLE never ();\n");
unlike($out, qr/^tail/m, 'an error in a file that it reads: ends it too');
deploys('a failing command', "$load_all\\nosuch\nCALL pgmi_test();\nCOMMIT;\n", '', 3);
deploys('\if', "\\if :PGMI_LOADED\n$load_all\\else\nSELECT nosuch;\n\\endif\nCALL pgmi_test();\nCOMMIT;\n", 'one two', 0);
deploys('\if around the macro', "$load_all\\if false\nCALL pgmi_test();\n\\endif\nCOMMIT;\n", 'one two', 0);
deploys('\q', "CREATE TABLE first ();\n\\q\nCREATE TABLE never ();\n", 'first', 0);
deploys('\q with the gate behind', "$load_all\\q\nCALL pgmi_test();\n", 'one two', 0);
deploys('ON_ERROR_STOP off in the file', "\\set ON_ERROR_STOP off\nSELECT nosuch;\nCREATE TABLE after ();\n", 'after', 0);
deploys('ON_ERROR_STOP off on the command line', "SELECT nosuch;\nCREATE TABLE after ();\n", 'after', 0, ['-v', 'ON_ERROR_STOP=off', '-f', 'app/deploy.sql']);
deploys('ON_ERROR_STOP off, gate shut', "$load_all CALL pgmi_test();\nCOMMIT;\nCREATE TABLE tail ();\n", 'tail', 0, ['-v', 'ON_ERROR_STOP=off', '-f', 'app/deploy.sql'], %bad);

deploys('\copy in front of the gate', "\\copy kept from app/kept.txt\n$load_all CALL pgmi_test();\nCOMMIT;\n", '', 3, undef, %bad);
for my $case (['\copy', '\copy (SELECT 1) TO /dev/null'], ['\gexec', "SELECT 'CREATE TABLE made ()' \\gexec"], ['\g', 'CREATE TABLE made () \g'],
    ['\run', '\run sql/one.sql'], ['\lo_import', '\lo_import app/deploy.sql'], ['INSERT through \copy', "CREATE TABLE made (a text);\n\\copy made from app/kept.txt"]) {
    my ($name, $command) = @$case;
    deploys("$name first, gate shut", "$command\nCALL pgmi_test();\nCOMMIT;\n", '', 3, undef, %bad, 'kept.txt' => "x\n");
    is($server->query('SELECT count(*) FROM pg_largeobject_metadata'), 0, "$name first, gate shut: no large object");
}

# ---- what comes behind it -------------------------------------------------------------------------------------------
my $gated = "$load_all CALL pgmi_test();\nCOMMIT;\n";
my $behind = ['-f', 'app/deploy.sql', '-c', 'CREATE TABLE behind ()'];
deploys('-c behind it', $gated, 'behind one two', 0, $behind);
deploys('-c behind it, gate shut', $gated, '', 3, $behind, %bad);
deploys('-1', "$load_all CALL pgmi_test();\n", 'one two', 0, ['-1', '-f', 'app/deploy.sql']);
unlike($err, qr/WARNING|error/, '-1: no complaint');
deploys('-1, gate shut', "$load_all CALL pgmi_test();\n", '', 3, ['-1', '-f', 'app/deploy.sql', '-c', 'CREATE TABLE behind ()'], %bad);
deploys('-1, an early failure', "CREATE TABLE first ();\nSELECT nosuch;\nCREATE TABLE never ();\n", '', 3, ['-1', '-f', 'app/deploy.sql']);

my $where = project($gated, %bad);
go($where, ['-AtX'], stdin => "\\pgmi load app\n\\i app/deploy.sql\n\\echo :ON_ERROR_STOP :ERROR\nSELECT 1;\nSELECT nosuch;\n\\echo on\n");
like($out, qr/^off true\n1\non$/m, 'after \i the session goes on, ON_ERROR_STOP as it was') or diag("$out$err");
go($where, ['-At', '-v', 'ON_ERROR_STOP=1'], stdin => "\\pgmi load app\n\\i app/deploy.sql\n\\echo on\n");
is($exit, 3, 'ON_ERROR_STOP in the outer script: exit status');
unlike($out, qr/^on$/m, 'ON_ERROR_STOP in the outer script: stops');
go($where, [], stdin => "\\pgmi load app\nBEGIN;\nCREATE TABLE outer_one ();\n\\i app/deploy.sql\nCOMMIT;\n");
is(tables(), '', 'inside an open block: the gate takes all of it');

# ---- which file it is ----------------------------------------------------------------------------------------------------
my $plain = "SELECT count(*) FROM pgmi_plan_view;\nCREATE TABLE after ();\n";
deploys('--no-load', $plain, 'after', 0, ['--no-load', '-f', 'app/deploy.sql']);
like($err, qr/pgmi_plan_view/, '--no-load: nothing is loaded');
deploys('another name', $plain, 'after', 0, ['-f', 'app/other.sql'], 'other.sql' => $plain);
like($err, qr/pgmi_plan_view/, 'another name: nothing is loaded');
deploys('other letters', $plain, 'after', 0, ['-f', 'app2/Deploy.sql'], '../app2/Deploy.sql' => $plain);
like($err, qr/pgmi_plan_view/, 'other letters: nothing is loaded');
deploys('a deploy.sql further down', $gated, 'after', 0, ['--load', 'app', '-f', 'app/sql/deploy.sql'], 'sql/deploy.sql' => "SELECT nosuch;\nCREATE TABLE after ();\n");
deploys('another project loaded', $gated, 'after', 0, ['--load', 'app', '-f', 'other/deploy.sql'], '../other/deploy.sql' => "SELECT nosuch;\nCREATE TABLE after ();\n");
$where = project("SELECT nosuch;\nCREATE TABLE after ();\n");
symlink pgmish_program(), "$where/psql";
($exit, $out, $err) = run(["$where/psql", '-X', '-f', 'app/deploy.sql'], server => $server, cwd => $where);
is($exit, 0, 'as psql: goes on');
is(tables(), 'after', 'as psql: a script like any other');
unlike($out, qr/Loaded/, 'as psql: loads nothing');

# ---- ends in the middle -----------------------------------------------------------------------------------------------------
deploys('the server goes away', "$load_all SELECT pg_terminate_backend(pg_backend_pid());\nCALL pgmi_test();\nCOMMIT;\n", '', 2);
like($err, qr/connection to server was lost/, 'the server goes away: said');
deploys('\c in it', "CREATE TABLE first ();\n\\c\n$load_all CALL pgmi_test();\nCOMMIT;\n", 'one two', 0);
go(project($gated), ['--scratch', '-f', './app/deploy.sql']);
is($exit, 0, '--scratch -f deploys') or diag($err);
my $pipe = join("\n", '\pgmi load ./app', '\plan', '\tests', 'SELECT count(*) FROM pg_temp.pgmi_plan_view;', '\i ./app/deploy.sql') . "\n";
go(project($gated), ['--scratch'], stdin => $pipe);
is($exit, 0, 'the whole pipe: exit status');
like($out, qr/\ALoaded \.\/app: .*\n.*Execution plan\n.*\.\/sql\/one\.sql.*__test__\/.*test_ok\.sql.*\n count \n-------\n     2\n\(1 row\)\n\nDO\nCALL\nCOMMIT\n\z/s, 'the whole pipe: each step') or diag("$out$err");

done_testing();
