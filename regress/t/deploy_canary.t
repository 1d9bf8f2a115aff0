#!/usr/bin/perl
# A password and a parameter's value appear nowhere: not in what is printed, logged or kept, in
# success and in each kind of failure.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $password = 'canary-PASSWORD-7f3a';
my $value    = 'canary-VALUE-91bc';
my $server   = start_server(settings => { password_encryption => 'scram-sha-256' });
$server->query('CREATE DATABASE app');
my $host = $server->host;
my $uri  = "postgresql://postgres:$password\@/app?host=$host";

sub script { return make_project({ 'deploy.sql' => $_[0], %{ $_[1] // {} } }) }
my %test = ('__test__/t.sql' => "DO \$\$ BEGIN RAISE EXCEPTION 'no'; END \$\$;");
my %cases = (
    'success'           => [0,  script("BEGIN;\nSELECT current_setting('pgmi.api_token');\nCOMMIT;\n")],
    'failed head'       => [13, script("SELECT nothing_here;\n")],
    'failed tail'       => [13, script("COMMIT;\nSELECT nothing_here;\n")],
    'failed gate'       => [13, script("CALL pgmi_test();\n", \%test)],
    'failed with it'    => [13, script("BEGIN;\nSELECT current_setting('pgmi.api_token') , 1/0;\n")],
    'backslash'         => [10, script("\\q\n")],
    'no deploy.sql'     => [14, make_project({ 'a.sql' => '' })],
    'bad file'          => [10, script('', { 'a.sql' => "\xff" })],
    'bad yaml'          => [10, script('', { 'pgmi.yaml' => "params:\n  password: $value\n  password: $value\n" })],
    'bad .env'          => [0,  script('', { '.env' => "PASSWORD='$value\nX=$password\n" })],
    'time limit'        => [16, script('SELECT pg_sleep(100)'), '--timeout', '300ms'],
    'dry run'           => [0,  script("BEGIN;\nCOMMIT;\nSELECT 1;\n"), '--dry-run'],
    'dry run refused'   => [10, script("VACUUM;\n"), '--dry-run'],
);
for my $case (sort keys %cases) {
    my ($code, $dir, @options) = @{ $cases{$case} };
    for my $json ([], ['--json']) {
        my ($exit, $out, $err) = pgmi(['deploy', $dir, '--connection', $uri, '--param', "api_token=$value",
            '--verbose', @options, @$json], env => { PGPASSWORD => $password });
        is($exit, $code, "$case: $code");
        unlike($out . $err, qr/canary/, "$case: @$json nothing shows");
    }
}

# Connections that fail, the string in every place that it may stand in.
my $no_server = "postgresql://u:$password\@127.0.0.1:1/x?sslpassword=$password";
my $good = script('');
for my $case (['option', ['--connection', $no_server], {}], ['variable', [], { PGMI_CONNECTION_STRING => $no_server }],
    ['url', [], { DATABASE_URL => "Host=127.0.0.1;Port=1;Database=x;Password=$password" }],
    ['keywords', ['--connection', "host=127.0.0.1 port=1 dbname=x password=$password"], {}],
    ['unparsable', ['--connection', "postgresql://u:$password\@h:99999/x"], {}],
    ['no form', ['--connection', "password $password"], {}],
    ['unknown keyword', ['--connection', "host=x nonsense=1 password='$password'"], {}],
    ['wrong parameter', ['-d', 'x', '--param', "1x=$value"], {}],
    ['no key', ['-d', 'x', '--param', "=$value"], {}]) {
    my ($name, $options, $env) = @$case;
    for my $json ([], ['--json']) {
        my ($exit, $out, $err) = pgmi(['deploy', $good, @$options, @$json], env => $env);
        isnt($exit, 0, "$name: fails");
        unlike($out . $err, qr/canary/, "$name: @$json nothing shows");
    }
}
my $file = script('', { 'p.env' => "good=$value\n$value\n" }) . '/p.env';
my ($exit, $out, $err) = pgmi(['deploy', $good, '-d', 'x', '--params-file', $file]);
is($exit, 10, 'a bad params file: 10');
unlike($out . $err, qr/canary/, '... nothing shows');

# Several targets.
my $list = private_dir() . '/targets';
spew($list, "$uri\n$no_server\n");
($exit, $out, $err) = pgmi(['deploy', $good, '--targets', $list, '--json', '--param', "api_token=$value"]);
is($exit, 11, 'targets');
unlike($out . $err, qr/canary/, '... nothing shows');

# Other commands on a project with a secret.
my $project = script('', { 'pgmi.yaml' => "connection: {database: app}\nparams: {api_token: $value}\n",
    '.env' => "PGPASSWORD=$password\n" });
for my $command (['info', $project], ['info', $project, '--json'], ['metadata', 'validate', $project, '--json'],
    ['metadata', 'plan', $project, '--json'], ['metadata', 'scaffold', $project]) {
    ($exit, $out, $err) = pgmi($command);
    is($exit, 0, "@$command[0, 1]: works");
    unlike($out . $err, qr/canary/, "@$command[0, 1]: nothing shows");
}

# The shell: echo, hidden queries, log and history.
my $dir = private_dir();
for my $case (['good', $cases{'success'}[1]], ['bad', $cases{'failed gate'}[1]]) {
    my ($name, $root) = @$case;
    ($exit, $out, $err) = pgmish(['-e', '-E', '-L', "$dir/log", '-d', $uri, '--param', "api_token=$value",
        '-c', "\\pgmi deploy $root", '-c', '\pgmi status', '-c', '\pgmi params', '-c', "\\pgmi load $root secret=$value",
        '-c', "\\pgmi set api_token $value", '-c', '\pgmi reload'], env => { PGPASSWORD => $password });
    is($exit, 0, "$name: the shell goes through");
    unlike($out . $err, qr/canary/, "$name: nothing shows");
    unlike(slurp("$dir/log"), qr/canary/, "$name: nothing in the log");
}
my $pty = spawn_pty([pgmish_program(), '-X', '-d', $uri], env => { HISTFILE => undef, HOME => $dir, PGPASSWORD => $password });
$pty->expect(qr/app=# /, 'a prompt');
$pty->type("\\pgmi load $good api_token=$value");
$pty->expect(qr/Loaded.*app=# /s, 'loaded');
$pty->type("\\pgmi set api_token $value");
$pty->expect(qr/app=# /, 'set');
$pty->type("\\pgmi deploy $good");
$pty->expect(qr/postgres|app: 0 files.*app=# /s, 'deployed');
$pty->type('\q');
$pty->finish('quit');
my @kept = map { slurp($_) } grep { -f } glob("$dir/.*history*");
ok(scalar @kept, 'a history is kept');
unlike("@kept", qr/canary/, '... without the value');

done_testing();
