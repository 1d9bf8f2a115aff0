#!/usr/bin/perl
# What is wrong with the input is said in one clear line that names the file; nothing is half
# loaded; the exit status is what the manual says.
use strict;
use warnings;
use Test::More;
use POSIX ();
use PgmishTest;

my $server = start_server();
my $meta   = '/* <pgmi-meta id="11111111-2222-4333-8444-555555555555" idempotent="true"/> */';

my $earlier = make_project({ 'deploy.sql' => "SELECT 1;\n", 'a.sql' => "SELECT 1;\n", 'pgmi.yaml' => "params:\n  env: earlier\n" });

# ---- projects that cannot be loaded -----------------------------------------------------------
# name, files, what the message must hold, options of run
my @projects = (
    ['NUL byte', { 'a/x.sql' => "SELECT 1;\0\n" }, qr{\./a/x\.sql.*zero byte}],
    ['invalid UTF-8', { 'a/x.txt' => "caf\xe9\n" }, qr{\./a/x\.txt.*UTF-8}],
    ['symbolic link', { 'a/l.sql' => \'../deploy.sql' }, qr{\./a/l\.sql.*symbolic link}],
    ['over the cap', { 'x.sql' => 'x' x 100 }, qr{\./x\.sql}, env => { PGMI_MAX_FILE_SIZE => 50 }],
    ['duplicate ids', { 'a.sql' => $meta, 'b.sql' => $meta }, qr{11111111-2222-4333-8444-555555555555}],
    ['broken XML', { 'a.sql' => "SELECT 1;\n/*\n<pgmi-meta id='x'>\n  <oops>\n</pgmi-meta>\n*/\n" }, qr{\./a\.sql:5}],
    ['metadata without id', { 'a.sql' => '/* <pgmi-meta idempotent="true"/> */' }, qr{\./a\.sql.*id}],
    ['unknown yaml key', { 'pgmi.yaml' => "connection:\n  host: localhost\n  hots: x\n" }, qr{pgmi\.yaml:3.*hots}],
    ['broken yaml', { 'pgmi.yaml' => "params: [\n" }, qr{pgmi\.yaml}],
    ['bad parameter key in yaml', { 'pgmi.yaml' => "params:\n  bad-key: 1\n" }, qr{bad-key}],
    ['dunder directory', { '__tset__/x.sql' => '' }, qr{__tset__}],
);
for my $case (@projects) {
    my ($name, $files, $message, %options) = @$case;
    my $project = make_project({ 'deploy.sql' => "SELECT 'ran';\n", %$files });
    my ($exit, $out, $err) = pgmish(['--load', $project, '-c', 'SELECT 1'], server => $server, %options);
    is($exit, 10, "$name, --load: exit status") or diag($err);
    like($err, $message, "$name, --load: message");
    is($out, '', "$name, --load: nothing ran");
    ($exit, $out) = pgmish(['-f', "$project/deploy.sql"], server => $server, %options);
    is($exit, 10, "$name, -f: exit status");
    ($exit, $out, $err) = pgmish(['-At', '-v', 'ON_ERROR_STOP=1'], server => $server, %options,
        stdin => "\\pgmi load $project\nSELECT 'after';\n");
    is($exit, 3, "$name, \\pgmi load: exit status");
    like($err, $message, "$name, \\pgmi load: message");
    ($exit, $out, $err) = pgmish(['-Atq'], server => $server, %options,
        stdin => "\\pgmi load $project\nSELECT to_regclass('pg_temp._pgmi_source') IS NULL;\n");
    is($out, "t\n", "$name, \\pgmi load: nothing half loaded") or diag($err);
    ($exit, $out, $err) = pgmish(['--load', $project, '-c', 'SELECT 1'], server => $server, %options);
    like($err, qr/\Apgmish: error: .*\npgmish: hint: .*\n\z/, "$name: one line, and what to do");
    ($exit, $out, $err) = pgmish(['-Atq', '--load', $earlier], server => $server, stdin =>
        "\\pgmi load $project env=never\nSELECT count(*), current_setting('pgmi.env') FROM pgmi_source_view;\n\\echo :PGMI_LOADED :PGMI_FILE_COUNT\n", %options);
    is($out, "2|earlier\non 2\n", "$name, \\pgmi load: the earlier load is there") or diag($err);
    ($exit) = pgmish(['-c', "\\pgmi load $project", '-c', 'SELECT 1'], server => $server, %options);
    is($exit, 0, "$name, -c \\pgmi load: a failed command like any other");
    ($exit, $out) = pgmish(['-v', 'ON_ERROR_STOP=1', '-c', "\\pgmi load $project", '-c', 'SELECT 1'], server => $server, %options);
    is("$exit$out", '1', "$name, -c \\pgmi load with ON_ERROR_STOP: ends it");
}

# ---- paths and parameters ------------------------------------------------------------------------
my $good = make_project({ 'deploy.sql' => "SELECT 'ran';\n", 'a.sql' => "SELECT 1;\n" });
my $bare = make_project({ 'a.sql' => "SELECT 1;\n" });

my ($exit, $out, $err) = pgmish(['--load', '/nonexistent/app', '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'missing directory: exit status');
like($err, qr{/nonexistent/app}, 'missing directory: named');
is($out, '', 'missing directory: nothing ran');
like($err, qr/\Apgmish: error: .*\npgmish: hint: .*\n\z/, 'missing directory: what to do');
($exit, $out, $err) = pgmish(['-Atq', '--load', $good], server => $server,
    stdin => "\\pgmi load /nonexistent/app\nSELECT count(*) FROM pgmi_source_view;\n");
is($out, "1\n", 'missing directory, \pgmi load: the earlier load is there');
($exit, $out, $err) = pgmish(['--load', "$good/a.sql", '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'a file in place of a directory: exit status');
($exit, $out, $err) = pgmish(['-f', "$bare/deploy.sql"], server => $server);
is($exit, 14, 'no deploy.sql where one is to run: exit status');
like($err, qr{\Apgmish: error: deploy\.sql not found in "\Q$bare\E"\npgmish: hint: .*\n\z}, 'no deploy.sql: message');
($exit, $out, $err) = pgmish(['--load', $bare, '-Atc', 'SELECT count(*) FROM pgmi_source_view'], server => $server);
is("$exit", 0, 'no deploy.sql where none is to run: fine') or diag($err);
for my $param ('bad-key=1', '=1', 'novalue', '1x=1', ('k' x 64) . '=1') {
    ($exit, $out, $err) = pgmish(['--load', $good, '--param', $param, '-c', 'SELECT 1'], server => $server);
    is($exit, 10, "--param $param: exit status");
}
($exit, $out, $err) = pgmish(['--load', $good, '--params-file', '/nonexistent', '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'missing params file: exit status');
like($err, qr{/nonexistent}, 'missing params file: named');
($exit, $out, $err) = pgmish(['--load', $good, '--param', "secret=a\xff", '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'a value that is not UTF-8: exit status');
unlike($err, qr{a\xff}, 'a value that is not UTF-8: not shown');
($exit, $out, $err) = pgmish(['--compat', '2', '--load', $good, '-c', 'SELECT 1'], server => $server);
is($exit, 10, '--compat 2: exit status');

# deploy.sql itself, where it is to run
for my $case (['a zero byte', "SELECT 1;\n\0", qr{\./deploy\.sql:2: .*zero byte}], ['invalid UTF-8', "SELECT 'caf\xe9';\n", qr{\./deploy\.sql:1: .*not valid UTF-8: byte 0xe9 at offset 11}]) {
    my ($name, $text, $message) = @$case;
    my $project = make_project({ 'deploy.sql' => $text, 'a.sql' => 'SELECT 1' });
    for my $options (['-f', "$project/deploy.sql"], ['--load', $project, '-f', "$project/deploy.sql"]) {
        ($exit, $out, $err) = pgmish($options, server => $server);
        is("$exit$out", '10', "deploy.sql with $name, @{$options}[0]: exit status, nothing ran");
        like($err, $message, '... message');
    }
    ($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1'], server => $server, stdin => "\\pgmi deploy $project\n");
    is($exit, 3, "deploy.sql with $name, \\pgmi deploy: exit status");
    like($err, $message, '... message');
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres'], server => $server);
    is($exit, 10, "deploy.sql with $name, pgmi deploy: exit status");
    like($err, qr{\Apgmi: error: \./deploy\.sql: line \d: .*\nHINT: .*\n\z}, '... the file and the line, no column of none');
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres', '--json'], server => $server);
    like($out, qr{"line": \d}, '... JSON: the line');
    unlike($out, qr{"column"}, '... JSON: no column of none');
    ($exit) = pgmish(['-Atq', '--load', $project, '-c', 'SELECT 1'], server => $server);
    is($exit, 0, '... which does not matter where it is not to run');
}

# ... and what only bears its name
for my $kind ('directory', 'FIFO') {
    my $project = make_project({ 'a.sql' => 'SELECT 1' });
    $kind eq 'FIFO' ? POSIX::mkfifo("$project/deploy.sql", 0600) : mkdir "$project/deploy.sql";
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres'], server => $server);
    is($exit, 10, "deploy.sql is a $kind: exit status");
    like($err, qr{\Apgmi: error: \./deploy\.sql: is a $kind, not a regular file\nHINT: .*\n\z}, '... named');
}

# A file in place of the project, or nothing: one message, the same from everywhere.
for my $case (["$good/deploy.sql", qr{project path ".*/deploy\.sql" is not a directory}], ['/nonexistent/app', qr{could not open project directory "/nonexistent/app": No such file or directory}]) {
    my ($path, $message) = @$case;
    for my $command (['deploy', $path, '-d', 'postgres'], ['info', $path], ['metadata', 'plan', $path]) {
        ($exit, $out, $err) = pgmi($command, server => $server);
        is($exit, 10, "pgmi $command->[0] $path: exit status");
        like($err, qr{\Apgmi: error: $message\nHINT: .*\n\z}, '... message, and nothing else');
    }
}

# UTF-16, as Windows editors write it: the hint says so
for my $mark ("\xff\xfeS\0", "\xfe\xff\0S", "\xff\xfe\x20\x20") {
    my $project = make_project({ 'deploy.sql' => 'SELECT 1', 'a.sql' => $mark });
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres'], server => $server);
    like($err, qr{\./a\.sql.*\nHINT: .*UTF-16.*UTF-8}, 'UTF-16: what to do');
}

# ---- servers that will not do -----------------------------------------------------------------------
my $dead = private_dir();
($exit, $out, $err) = pgmish(['--load', $good, '-h', $dead, '-c', 'SELECT 1']);
is($exit, 2, 'server down: exit status');
like($err, qr{\Q$dead\E}, 'server down: where');
($exit, $out, $err) = pgmish(['--load', $good, '-d', 'nosuch', '-c', 'SELECT 1'], server => $server);
is($exit, 2, 'database missing: exit status');
like($err, qr{database "nosuch" does not exist}, 'database missing: named');

$server->query(q{CREATE DATABASE latin1 ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'});
my $wide = make_project({ 'deploy.sql' => "SELECT 1;\n", 'ok.txt' => "caf\xc3\xa9\n",
    'notes/j.txt' => "\xe6\x97\xa5\xe6\x9c\xac\n" });
($exit, $out, $err) = pgmish(['--load', $wide, '-d', 'latin1', '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'a file the encoding cannot hold: exit status');
like($err, qr{\./notes/j\.txt}, 'a file the encoding cannot hold: named');
($exit, $out, $err) = pgmish(['-Atq', '-d', 'latin1', '--load', $earlier], server => $server,
    stdin => "\\pgmi load $wide\n\\echo :PGMI_PROJECT\nSELECT count(*) FROM pgmi_source_view;\n");
is($out, "$earlier\n2\n", 'a file the encoding cannot hold: the earlier load is there');
($exit, $out, $err) = pgmish(['-Atq', '-d', 'latin1'], server => $server,
    stdin => "BEGIN;\n\\pgmi load $wide\nSELECT to_regclass('pg_temp._pgmi_source') IS NULL;\nCOMMIT;\n");
is($out, "t\n", 'a file the encoding cannot hold, in a transaction: it stays usable');
($exit, $out, $err) = pgmish(['-d', 'latin1', '--load', $good, '--param', "name=\xe6\x97\xa5", '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'a parameter the encoding cannot hold: exit status');
like($err, qr{"name"}, 'a parameter the encoding cannot hold: named');
unlink "$wide/notes/j.txt";
($exit, $out, $err) = pgmish(['--load', $wide, '-d', 'latin1', '-Atc',
    q{SELECT length(content) FROM pgmi_source_view WHERE path = './ok.txt'}], server => $server);
like($out, qr{^5$}m, 'a file that it can hold is loaded') or diag($err);

($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1'], server => $server,
    stdin => "BEGIN READ ONLY;\n\\pgmi load $good\n");
is($exit, 3, 'read-only transaction: exit status');
like($err, qr{read-only}, 'read-only transaction: message');
($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1'], server => $server,
    stdin => "BEGIN;\nSAVEPOINT s;\n\\set ON_ERROR_STOP off\nSELECT 1/0;\n\\pgmi load $good\n\\echo next\n");
like($err, qr{aborted}, 'aborted transaction: message');
($exit, $out, $err) = pgmish(['--load', $good, '-Atc', 'SELECT count(*) FROM pgmi_source_view'],
    server => $server, env => { PGOPTIONS => '-c default_transaction_read_only=on' });
is($exit, 0, 'default_transaction_read_only does not hinder it') or diag($err);

$server->query('CREATE DATABASE notemp');
$server->query('REVOKE TEMPORARY ON DATABASE notemp FROM PUBLIC; CREATE ROLE plain LOGIN');
($exit, $out, $err) = pgmish(['--load', $good, '-U', 'plain', '-d', 'notemp', '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'no TEMPORARY privilege: exit status');
like($err, qr{TEMPORARY}, 'no TEMPORARY privilege: message');
($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1', '-U', 'plain', '-d', 'notemp'], server => $server, stdin => "\\pgmi load $good\n");
is($exit, 3, 'no TEMPORARY privilege, \pgmi load: exit status');
($exit, $out, $err) = pgmish(['-AtX', '-U', 'plain', '--load', $good], server => $server, stdin => "\\c notemp\nSELECT 'on';\n");
like($err, qr{TEMPORARY}, 'no TEMPORARY privilege behind \c: message') or diag($err);
like($out, qr{^on$}m, 'no TEMPORARY privilege behind \c: connected all the same');

my $standby = start_server(standby => $server);
($exit, $out, $err) = pgmish(['--load', $good, '-c', 'SELECT 1'], server => $standby);
is($exit, 10, 'hot standby: exit status');
like($err, qr{standby|recovery}, 'hot standby: message');
($exit, $out, $err) = pgmi(['deploy', $good, '-d', 'postgres'], server => $standby);
is($exit, 10, 'hot standby, pgmi deploy: exit status') or diag($err);
like($err, qr{standby|recovery}, 'hot standby, pgmi deploy: message');
$standby->stop;

my $secret = private_dir() . '/password';
spew($secret, "right\n");
chmod 0755, $secret =~ s{/[^/]*$}{}r;
chmod 0644, $secret;
my $locked = start_server(initdb => ['-E', 'UTF8', '--locale=C', '-A', 'scram-sha-256', "--pwfile=$secret"]);
($exit, $out, $err) = pgmish(['--load', $good, '-c', 'SELECT 1'], server => $locked, env => { PGPASSWORD => 'wrong' });
is($exit, 2, 'wrong password: exit status');
like($err, qr{password authentication failed}, 'wrong password: message');
unlike($err, qr{wrong}, 'wrong password: not shown');
($exit, $out, $err) = pgmish(['--load', $good, '-c', 'SELECT 1'], server => $locked, env => { PGPASSWORD => 'right' });
is($exit, 0, 'right password: works') or diag($err);

done_testing();
