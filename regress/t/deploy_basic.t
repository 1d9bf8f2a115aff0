#!/usr/bin/perl
# pgmi deploy and \pgmi deploy: exit codes, head and tail, places of errors, JSON, dry run.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
$server->query('CREATE DATABASE app');

sub deploy {
    my ($dir, @options) = @_;
    return pgmi(['deploy', $dir, '-d', 'app', @options], server => $server,
        env => { PGDATABASE => undef });
}

sub deploy_json {
    my ($exit, $out, $err) = deploy(@_, '--json');
    my $json = eval { decode_json($out) };
    is($@, '', 'standard output is JSON and nothing else');
    return ($exit, $json // {}, $err);
}

sub script { return make_project({ 'deploy.sql' => $_[0], %{ $_[1] // {} } }) }
sub count { return $server->query("SELECT count(*) FROM pg_class WHERE relname = '$_[0]'", 'app') }

# ---- success, and what is said where --------------------------------------------------------
my ($exit, $out, $err) = deploy(script("BEGIN;\nCREATE TABLE one ();\nDO \$\$ BEGIN RAISE NOTICE "
    . "'hello' USING DETAIL = 'more'; END \$\$;\nCOMMIT;\n", { 'a.sql' => 'SELECT 1' }));
is($exit, 0, 'success is 0');
is($out, '', 'nothing on standard output');
like($err, qr/^Loaded 1 file$/m, 'files loaded');
like($err, qr/^NOTICE:  hello\nDETAIL:  more$/m, 'notices with severity and detail');
like($err, qr/^\xe2\x9c\x93 app: 1 file loaded, 0 macros expanded, [\d.]+ s$/m, 'the last line');
is(count('one'), 1, 'deployed');
my ($e1, $o1, $r1) = pgmi(['deploy', script('SELECT 1'), '-d', 'app'], server => $server,
    env => { NO_COLOR => 1, PGDATABASE => undef });
like($r1, qr/^ok app: /m, 'NO_COLOR: words for marks');

($exit, my $json) = deploy_json(script("SELECT 1;\nCOMMIT;\nSELECT 2;\n", { 'x.txt' => '' }),
    '--param', 'a=1');
is($exit, 0, 'JSON success');
is_deeply({ map { $_ => $json->{$_} } grep { $_ ne 'durationMs' } keys %$json },
    { status => 'success', exitCode => 0, filesLoaded => 1, testMacros => 0, database => 'app',
        executionUnits => 2, unitsCommitted => 2 }, 'JSON of a success');
($exit, $json) = deploy_json(script(''));
is("$exit $json->{executionUnits}", '0 0', 'an empty deploy.sql is fine');

# ---- head and tail ------------------------------------------------------------------------------
($exit, $json, $err) = deploy_json(script("CREATE TABLE h1 ();\nSELECT 1/0;\nCOMMIT;\n"));
is($exit, 13, 'an error in the head is 13');
is(count('h1'), 0, 'the head is atomic without BEGIN');
is("$json->{executionMode} $json->{unitsCommitted} $json->{sqlstate}", 'atomic 0 22012',
    'JSON of a failed head');

($exit, $json, $err) = deploy_json(script("BEGIN;\nCREATE TABLE h2 ();\nCOMMIT;\nCREATE TABLE h3 ();\n"
    . "  SELECT 'é', nocolumn;\nCREATE TABLE h4 ();\n"));
is($exit, 13, 'an error in the tail is 13');
is(join(' ', map { count($_) } qw(h2 h3 h4)), '1 1 0', 'what came before it stays');
is("$json->{executionMode} $json->{executionUnits} $json->{unitsCommitted}", 'psql 4 2',
    'JSON of a failed tail');
is("$json->{line} $json->{column} $json->{script}", '5 15 deploy.sql',
    'line, and column in characters');
is($json->{sourceLine}, "  SELECT '\x{e9}', nocolumn;", 'the line itself');
like($err, qr/^LOCATION: deploy.sql line 5, column 15\nLINE 5:   SELECT '.*nocolumn;\n {22}\^$/m,
    'the same as text, with a caret');
like($err, qr/message 3 of 4 failed, 2 already committed/, 'the last line tells how far it went');

($exit) = deploy(script("BEGIN;\nCREATE TABLE c1 (a int);\nCREATE FUNCTION c2() RETURNS int "
    . "LANGUAGE sql\nBEGIN ATOMIC\n  SELECT 1;\n  SELECT CASE WHEN true THEN 2 END;\nEND;\nCOMMIT;\n"
    . "CREATE INDEX CONCURRENTLY c3 ON c1 (a);\nVACUUM c1;\n"));
is($exit, 0, 'BEGIN ATOMIC in the head, CREATE INDEX CONCURRENTLY and VACUUM in the tail');
is(count('c3'), 1, 'the index is there');
is($server->query('SELECT c2()', 'app'), 2, 'the function is whole');
($exit) = deploy(script("VACUUM c1;\n"));
is($exit, 0, 'a head of one statement is sent as it is');

($exit, $out, $err) = deploy(script("BEGIN;\nCREATE TABLE open1 ();\n"));
is($exit, 0, 'ending inside a transaction is no failure');
like($err, qr/warning: deploy.sql ended inside a transaction/, '... but a warning');
is(count('open1'), 0, '... and rolled back');

($exit, $out, $err) = deploy(script("SELECT 1;\nSELECT 2; \\echo x\n"));
is($exit, 10, 'a backslash command is an error');
like($err, qr/backslash command "\\echo" in deploy.sql, which is SQL only.*^LOCATION: deploy.sql line 2, column 11$/ms,
    '... with its line');
($exit) = deploy(script("SELECT '\\x', E'\\n', \$\$\\d\$\$; -- \\q\n"));
is($exit, 0, 'backslashes in quotes and comments are none');
($exit, $json) = deploy_json(script("COPY (SELECT 1) TO STDOUT;\nCREATE TEMP TABLE q (a int);\n"
    . "COPY q FROM STDIN;\n"));
is($exit, 13, 'COPY FROM STDIN has nothing to read');
like($json->{error}, qr/COPY FROM STDIN has no data in deploy.sql/, '... and says so');

# What the head of an implicit transaction carries for us is not to be seen, whatever is left open.
for my $case (["SELECT 1;\n/* never closed\n", qr/^unterminated \/\* comment at or near "\/\* never closed\n?"$/, 2],
    ["SELECT 1;\nDO \$\$ BEGIN\n", qr/^unterminated dollar-quoted string at or near "\$\$ BEGIN\n?"$/, 2],
    ["SELECT 1;\nSELECT 'x\n", qr/^unterminated quoted string at or near "'x\n?"$/, 2], ["SELECT 1;\nSELECT (\n", qr/^syntax error at end of input$/, 2],
    ["SELECT 1 +", qr/^syntax error at end of input$/, 1], ["SELECT 1;\nCOMMIT nonsense;\n", qr/^syntax error at or near "nonsense"$/, 2]) {
    my ($text, $message, $line) = @$case;
    ($exit, $json, $err) = deploy_json(script($text));
    like($json->{error}, $message, "syntax error: $text");
    is($json->{line}, $line, '... its line');
    unlike($err, qr/\$pgmish|RAISE/, '... and nothing of ours');
}
$server->query('CREATE ROLE hardened; REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT CREATE ON SCHEMA public TO hardened', 'app');
($exit, $out, $err) = deploy(script("SET LOCAL ROLE hardened;\nCREATE TABLE by_hardened ();\nCOMMIT;\n"));
is($exit, 0, 'a role that may not use PL/pgSQL ends a head as well') or diag($err);
is(count('by_hardened'), 1, '... once');
$server->query('GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC', 'app');
($exit, $out, $err) = deploy(script("SELECT 1;\nCOMMIT;\nDISCARD ALL;\n"));
is($exit, 0, 'DISCARD ALL in the tail');
like($err, qr/warning: the deployment's lock was lost on the way/, '... and a warning');

# ---- the macro ----------------------------------------------------------------------------------------
my %gate = ('__test__/t.sql' => "SELECT 1;\nDO \$\$ BEGIN\n  RAISE EXCEPTION 'broken' USING HINT = 'fix';\nEND \$\$;\n");
($exit, $json, $err) = deploy_json(script("CREATE TABLE g1 ();\nCALL pgmi_test();\nCOMMIT;\n", \%gate));
is($exit, 13, 'a failed gate is 13');
is(count('g1'), 0, '... and leaves the database unchanged, without a BEGIN in the script');
is("$json->{failedFile} $json->{fileLine} $json->{testMacros}", './__test__/t.sql 3 1',
    'file and line of the test');
is($json->{error}, 'Failed in ./__test__/t.sql: broken', 'message');
is($json->{hint}, 'fix', 'hint');
($exit) = deploy(script("CREATE TABLE g2 ();\nCALL pgmi_test();\n", { '__test__/t.sql' => 'SELECT 1' }));
is("$exit " . count('g2'), '0 1', 'with a macro and no end, BEGIN and COMMIT are ours');
($exit, $json) = deploy_json(script("BEGIN;\nCALL pgmi_test();\nSELECT 1 FROM missing;\nCOMMIT;\n",
    { '__test__/t.sql' => 'SELECT 1' }));
is("$json->{line} $json->{column}", '3 15', 'behind a macro: place in the file as written');
is($json->{scriptExpanded}, JSON::PP::true, '... and that it was expanded');
cmp_ok($json->{expandedLine}, '>', 3, '... and the line of the text that was sent');
($exit, $json) = deploy_json(script("BEGIN;\nCALL pgmi_test('[');\nCOMMIT;\n",
    { '__test__/t.sql' => 'SELECT 1' }));
is($exit, 13, 'an invalid pattern is 13');
($exit) = deploy(script("BEGIN;\nCALL pgmi_test(NULL, 'a.b.c');\nCOMMIT;\n"));
is($exit, 13, 'an invalid callback is 13');

($exit) = deploy(script("CREATE TABLE g3 ();\nCOMMIT;\nCALL pgmi_test();\nCREATE TABLE g4 ();\n", { '__test__/t.sql' => 'CREATE TABLE g5 ()' }));
is("$exit " . join(' ', map { count($_) } qw(g3 g4 g5)), '0 1 1 0', 'a macro in the tail gets a transaction');

# ---- places in the project's files -----------------------------------------------------------------
my $loop = "BEGIN;\nDO \$\$ DECLARE f record; BEGIN\nFOR f IN SELECT * FROM pgmi_plan_view LOOP\n"
    . "EXECUTE f.content;\nEND LOOP; END \$\$;\nCOMMIT;\n";
($exit, $json, $err) = deploy_json(script($loop, { 'm/1.sql' => "SELECT 1;\nSELECT nocolumn;\n" }));
is("$json->{failedFile}:$json->{fileLine}:$json->{fileColumn}", './m/1.sql:2:8', 'failed file, line, column');
like($err, qr{^FILE: \./m/1\.sql:2:8\n    SELECT nocolumn;\n {11}\^$}m, 'the same as text');

# ---- codes of what is wrong before ---------------------------------------------------------------------
is((pgmi(['deploy'], server => $server))[0], 2, 'no path: 2');
is((pgmi(['deploy', 'a', 'b'], server => $server))[0], 2, 'two paths: 2');
is((deploy(script(''), '--nonsense'))[0], 2, 'unknown option: 2');
is((deploy(script(''), '--timeout', 'soon'))[0], 2, 'bad --timeout: 2');
is((pgmi(['frobnicate']))[0], 2, 'unknown command: 2');
($exit, $out, $err) = deploy('/nonexistent/dir');
is($exit, 10, 'no such directory: 10');
like($err, qr{/nonexistent/dir}, '... named as typed');
is((deploy(make_project({ 'a.sql' => '' })))[0], 14, 'no deploy.sql: 14');
is((pgmi(['deploy', script('')], server => $server, env => { PGDATABASE => undef }))[0], 10,
    'no database: 10');
is((deploy(script(''), '--compat', '2'))[0], 10, 'unsupported --compat: 10');
is((deploy(script(''), '--param', 'novalue'))[0], 10, 'bad --param: 10');
($exit, $out, $err) = deploy(script('', { 'pgmi.yaml' => "params: {a: 1}\ntimeout: soon\n" }));
is($exit, 10, 'bad timeout in pgmi.yaml: 10');
like($err, qr{\Apgmi: error: \./pgmi\.yaml: line 2, column 10: timeout is not a duration}, '... its line and column');
($exit, $out, $err) = deploy(script('', { 'pgmi.yaml' => "connection:\n  hots: x\n" }));
like($err, qr{\Apgmi: error: \./pgmi\.yaml: line 2, column 3: unknown key "hots"}, 'line and column of a wrong key');
is((deploy(script(''), '--connection', 'host=x', '--port', '1'))[0], 10, '--connection and --port: 10');
is((deploy(script('', { 'a.sql' => "\xff" })))[0], 10, 'not UTF-8: 10');
is((deploy(script("\xff")))[0], 10, 'deploy.sql not UTF-8: 10');
my $id = '11111111-1111-4111-8111-111111111111';
my $block = "/* <pgmi-meta id=\"$id\" idempotent=\"true\"/ > */" =~ s{/ >}{ ></pgmi-meta>}r;
is((deploy(script('', { 'a.sql' => $block, 'b.sql' => $block })))[0], 10, 'duplicate ids: 10');
($exit, $out) = pgmi(['deploy', script(''), '-d', 'app', '--json', '-p', '1'], server => $server);
$json = decode_json($out);
is("$exit $json->{exitCode} $json->{status}", '11 11 failed', 'no server: 11, JSON as well');
($exit, $out) = pgmi(['deploy', '--json'], server => $server);
is(decode_json($out)->{exitCode}, 2, 'a usage error has its JSON too');
is($server->comes_to("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", 0), 0, 'no lock is left');

# ---- dry run ----------------------------------------------------------------------------------------------
($exit, $json, $err) = deploy_json(script("BEGIN;\nCREATE TABLE d1 ();\nCOMMIT;\n\n-- tail\nSELECT 7;\nVACUUM;\n"),
    '--dry-run');
is($exit, 0, 'dry run');
is(count('d1'), 0, '... rolled back');
is("$json->{unitsCommitted} $json->{executionUnits}", '0 3', '... nothing committed');
like($err, qr/^Not run: deploy.sql line 6: SELECT 7;\nNot run: deploy.sql line 7: VACUUM;$/m,
    '... the tail is listed with its lines');
like($err, qr/sequences and effects outside the database stay/, '... what stays');
($exit, $json) = deploy_json(script("CREATE TABLE d2 (a int PRIMARY KEY);\nCREATE TABLE d3 (a int "
    . "REFERENCES d2 DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d3 VALUES (1);\n"), '--dry-run');
is("$exit $json->{sqlstate}", '13 23503', 'deferred constraints are checked');
is(count('d2'), 0, '... rolled back, without BEGIN in the script');
($exit, $out, $err) = deploy(script("SELECT 1;\n -- x\n VACUUM c1;\n"), '--dry-run');
is($exit, 10, 'what cannot be rolled back is refused');
like($err, qr/cannot roll this statement back: VACUUM c1.*line 3, column 2/s, '... with its line');
($exit) = deploy(script("BEGIN;\nSAVEPOINT a;\nROLLBACK TO SAVEPOINT a;\nRELEASE a;\nCALL pgmi_test();\nCOMMIT;\n",
    { '__test__/t.sql' => 'SELECT 1' }), '--dry-run');
is($exit, 0, 'savepoints are no obstacle');

# ---- \pgmi deploy ------------------------------------------------------------------------------------------
sub shell {
    my (@commands) = @_;
    return pgmish(['-At', '-v', 'ON_ERROR_STOP=1', '-d', 'app', map { ('-c', $_) } @commands],
        server => $server);
}
my $good = script("BEGIN;\nCREATE TABLE s1 ();\nCOMMIT;\nSELECT 1;\n", { 'a.sql' => '' });
($exit, $out, $err) = shell("\\pgmi deploy $good", 'SELECT count(*) FROM pgmi_source_view',
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'");
is($exit, 0, '\pgmi deploy');
like($out, qr/app: 1 file loaded.*\n1\n0\n\z/, '... the session is loaded, the lock released');
is(count('s1'), 1, '... deployed');
($exit, $out, $err) = shell("\\pgmi load $good", 'SELECT pg_advisory_lock(7)', '\pgmi deploy --dry-run',
    "SELECT objid FROM pg_locks WHERE locktype = 'advisory'");
isnt($exit, 0, 'the loaded project by default; s1 exists');
like($err, qr/relation "s1" already exists/, '... and says why');
($exit, $out) = shell("\\pgmi deploy " . script('SELECT 1'), 'SELECT pg_advisory_lock(7)',
    "\\pgmi deploy " . script('SELECT 1'), "SELECT objid FROM pg_locks WHERE locktype = 'advisory'");
like($out, qr/\n7\n\z/, 'only our own lock is released');
($exit, $out, $err) = shell('BEGIN', "\\pgmi deploy $good");
isnt($exit, 0, 'an open transaction is refused');
like($err, qr/cannot deploy in an open transaction/, '... and says so');
($exit, $out, $err) = shell("\\pgmi deploy " . script("COMMIT;\nDISCARD ALL;\n"));
is($exit, 0, 'DISCARD ALL in the tail');
like($err, qr/the deployment's lock was lost on the way/, '... is warned about');
($exit, $out, $err) = pgmish(['-d', 'app', '-f', '-'], server => $server,
    stdin => "\\set ON_ERROR_STOP 1\n\\pgmi deploy " . script("SELECT 1/0;") . "\n\\echo on\n");
is($exit, 3, 'a failed command in a script');
is($out =~ /^on$/m, '', '... ends it');

# Closed streams: their numbers must not go to the connection.
for my $closed ('2>&-', '<&- 2>&-', '<&- >&- 2>&-', '>&-') {
    ($exit, $out, $err) = run([ 'sh', '-c', "exec \"\$0\" \"\$@\" $closed", pgmi_program(), 'deploy', script("DO \$\$ BEGIN RAISE NOTICE 'heard'; END \$\$;"), '-d', 'app' ],
        server => $server, env => { PGDATABASE => undef });
    is($exit, 0, "with $closed") or diag($err);
}
($exit, $out, $err) = run([ 'sh', '-c', 'exec "$0" "$@" >&-', pgmi_program(), 'deploy', script('SELECT 1;'), '-d', 'app', '--json' ],
    server => $server, env => { PGDATABASE => undef });
is($exit, 1, 'JSON that cannot be written: 1');

done_testing();
