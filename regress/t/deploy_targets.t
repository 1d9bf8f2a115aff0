#!/usr/bin/perl
# --targets and --jobs: one project to many databases, each by itself.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server(settings => { max_connections => 60 });
my @names = map { sprintf 'tenant_%03d', $_ } 1 .. 100;
my $host = $server->host;
my %env = (PGDATABASE => undef);

# A template database makes a hundred copies cheap; one of them will not take the project.
$server->query('CREATE DATABASE model');
$server->query("CREATE DATABASE $_ TEMPLATE model") for @names[0 .. 9];
$server->query('CREATE TABLE thing (a text)', 'tenant_007');
my $dir = make_project({ 'deploy.sql' => "BEGIN;\nDO \$\$ DECLARE f record; BEGIN FOR f IN SELECT * FROM "
        . "pgmi_plan_view LOOP EXECUTE f.content; END LOOP; END \$\$;\nCOMMIT;\n",
    'm/1.sql' => "CREATE TABLE thing (a int);\nINSERT INTO thing VALUES (1);\n" });
my $list = private_dir() . '/targets';
spew($list, "# tenants\n\n" . join('', map { "host=$host user=postgres dbname=$_\n" } @names));

my ($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list, '--jobs', '4', '--json'], server => $server,
    env => \%env, timeout => 300);
is($exit, 13, 'the exit code is the worst');
my $json = decode_json($out);
is(scalar @$json, 100, 'an array of a hundred results');
is(join(' ', map { $_->{target} } @$json), "@names", 'in the order of the file');
my @failed = grep { $_->{status} ne 'success' } @$json;
is(scalar @failed, 1, 'one has failed');
is("$failed[0]{target} $failed[0]{failedFile} $failed[0]{sqlstate}", 'tenant_007 ./m/1.sql 42P07',
    'which, with file and reason');
like($err, qr{^tenant_007 +FAILED \(13\) \./m/1\.sql: relation "thing" already exists$}m, 'the summary names it too');
is(scalar(() = $err =~ /^tenant_\d+ +ok$/mg), 99, '... and the others as well');
like($err, qr/^\[tenant_007\] pgmi: error: relation "thing" already exists$/m, 'lines carry the name of the target');
like($err, qr/^100 of 100 targets done, 1 failed$/m, 'progress');
is($server->query('SELECT a FROM thing', 'tenant_100'), 1, 'the others are unaffected');
is($server->query("SELECT count(*) FROM pg_database WHERE datname ~ '^tenant_'"), 100, 'absent ones were created');

spew($list, "host=$host user=postgres dbname=tenant_007\nhost=$host user=postgres dbname=tenant_900\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list, '--stop-on-failure', '--json'], server => $server, env => \%env);
is($exit, 13, '--stop-on-failure');
$json = decode_json($out);
is("$json->[0]{status} $json->[1]{status}", 'failed skipped', '... begins no other');
is($server->query("SELECT count(*) FROM pg_database WHERE datname = 'tenant_900'"), 0, '... indeed');

my $services = private_dir() . '/services';
spew($services, "[one]\nhost=$host\nuser=postgres\ndbname=model\n");
spew($list, "one\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list, '--json'], env => { PGSERVICEFILE => $services });
is($exit, 0, 'a service name');
is(decode_json($out)->[0]{database}, 'model', '... its database');
spew($list, "host=$host user=postgres dbname=a\n\npostgresql://[bad\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list], server => $server, env => \%env);
is($exit, 10, 'a bad line');
like($err, qr/targets: line 3: /, '... is named');
is($server->query("SELECT count(*) FROM pg_database WHERE datname = 'a'"), 0, '... before anything is begun');
is((pgmi(['deploy', $dir, '--targets', '/nonexistent']))[0], 10, 'no such file: 10');
is((pgmi(['deploy', $dir, '--targets', $list, '--host', 'x']))[0], 10, 'not together with --host');

($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', '/nonexistent', '--json'], server => $server, env => \%env);
is(ref(decode_json($out)), 'ARRAY', '... an array of JSON, as ever');
spew($list, "host=$host user=postgres dbname=a\n\0host=$host user=postgres dbname=b\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list], server => $server, env => \%env);
is($exit, 10, 'a zero byte');
like($err, qr/targets" contains a zero byte/, '... is told, nothing is left out');
spew($list, "# nothing\n\n  \n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list], server => $server, env => \%env);
is($exit, 10, 'no target at all');
spew($list, "nosuch\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list], env => { PGSERVICEFILE => $services });
is($exit, 11, 'an unknown service cannot be connected to');
like($err, qr/^nosuch +FAILED \(11\)/m, '... and is named');

# Every form of a target, mixed ends of lines, a byte-order mark; nobody's password is shown.
my $short = make_project({ 'deploy.sql' => "SELECT 1;\n" });
spew($list, "\xef\xbb\xbfhost=$host user=postgres password=canary1 dbname=tenant_001\r\n\t# a comment with canary2\r\n"
    . "  Host=$host;Username=postgres;Password=canary3;Database=tenant_002  \n"
    . 'postgresql://postgres:canary4@/tenant_003?host=' . ($host =~ s{/}{%2F}gr) . "\none");
($exit, $out, $err) = pgmi(['deploy', $short, '--targets', $list, '--jobs', '3', '--json'], env => { PGSERVICEFILE => $services });
is($exit, 0, 'every form') or diag($err);
is(join(' ', map { $_->{database} } @{ decode_json($out) }), 'tenant_001 tenant_002 tenant_003 model', '... in order');
unlike("$out$err", qr/canary/, '... without a password');

# Ctrl-C while some run and others wait.
my $slow = make_project({ 'deploy.sql' => "BEGIN;\nCREATE TABLE slow ();\nSELECT pg_sleep(1000);\nCOMMIT;\n" });
spew($list, join('', map { "host=$host user=postgres dbname=$_\n" } @names[0 .. 4]));
my $pty = spawn_pty([pgmi_program(), 'deploy', $slow, '--targets', $list, '--jobs', '2'], server => $server, env => \%env);
my $two = wait_until { $server->query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name = 'pgmi'") == 2 } 60;
ok($two, 'two run');
$pty->send("\003");
is($pty->finish('interrupted'), 130, 'Ctrl-C: 130');
like($pty->transcript, qr/tenant_001 +FAILED \(130\) interrupted.*tenant_003 +not run/s, '... the table tells who was stopped and who was not begun');
is($server->comes_to("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgmi'", 0), 0, '... no session is left');
is($server->query("SELECT count(*) FROM pg_class WHERE relname = 'slow'", 'tenant_001'), 0, '... nothing done');

# Each has its own time limit.
($exit, $out, $err) = pgmi(['deploy', $slow, '--targets', $list, '--jobs', '5', '--timeout', '1s', '--json'], server => $server, env => \%env);
is($exit, 16, 'the time limit of each');
is(join(' ', map { $_->{exitCode} } @{ decode_json($out) }), '16 16 16 16 16', '... of all five');

spew($list, "# one\nhost=$host garbage\n");
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list], server => $server, env => \%env);
like("$exit $err", qr/^10 .*: line 2: invalid connection string: (?!.*--connection)/s, 'a bad line: its number, and nothing of an option');
($exit, $out, $err) = pgmi(['deploy', $dir, '--targets', $list, '--connection', 'host=x'], server => $server, env => \%env);
like("$exit $err", qr/^10 .*--connection and --targets cannot be used together/s, '--connection beside it is refused');

done_testing();
