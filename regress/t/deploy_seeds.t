#!/usr/bin/perl
# The examples of the project's two documents, through pgmi: the command lines of the one, and each
# script of the other as a deploy.sql (examples/, see seeds.t).
use strict;
use warnings;
use FindBin;
use Test::More;
use PgmishTest;

my $server = start_server();
my %no_database = (PGDATABASE => undef);
my $tables = q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'};

# ---- command lines -------------------------------------------------------------------------------
my $home = private_dir();
sub shell {
    my ($line, %env) = @_;
    my $bin = pgmi_program() =~ s{/pgmi$}{}r;
    return run(['/bin/sh', '-c', $line], server => $server, cwd => -d "$home/myapp" ? "$home/myapp" : $home,
        env => { %no_database, PATH => "$bin:$ENV{PATH}", %env });
}
my ($exit, $out, $err) = shell('pgmi init myapp --template basic && cd myapp && pgmi deploy . --database mydb --overwrite --force');
is($exit, 0, 'init, then deploy to a fresh database') or diag($err);
is($server->query('SELECT count(*) FROM "user"', 'mydb'), 1, '... it is there');
is((shell('pgmi deploy . --database mydb --overwrite --force'))[0], 0, 'over an existing one');
is((shell('pgmi deploy .'))[0], 0, 'zero flags, from pgmi.yaml');
($exit, $out, $err) = shell('pgmi deploy . -d staging_db --param env=staging');
is($exit, 0, 'another database, another environment');
like($err, qr/environment staging/, '... which arrives');
my $host = $server->host;
($exit, $out, $err) = shell('pgmi deploy . -d from_string', PGMI_CONNECTION_STRING => "postgresql://postgres:pass\@/postgres?host=$host",
    PGHOST => undef, PGUSER => undef);
is($exit, 0, 'PGMI_CONNECTION_STRING') or diag($err);
is($server->query('SELECT count(*) FROM "user"', 'from_string'), 1, '... the named database');
for my $line ('pgmi templates list', 'pgmi templates describe basic', 'pgmi deploy ./ --database mydb') {
    is((shell($line))[0], 0, $line);
}
is((pgmi(['deploy', './myapp', '--database', 'mydb'], server => $server, cwd => $home, env => \%no_database))[0], 0,
    'by its path');

# ---- scripts -----------------------------------------------------------------------------------------
my $id      = '11111111-2222-4333-8444-555555555555';
my $users   = "CREATE TABLE IF NOT EXISTS users (email text);\n";
my $project = make_project({
    'pgmi.yaml'          => "params:\n  env: development\n  api_token: canary\n",
    'schemas/001.sql'    => $users,
    'migrations/001.sql' => "${users}INSERT INTO users VALUES ('test\@example.com');\n",
    'migrations/002.sql' => "/* <pgmi-meta id=\"$id\" idempotent=\"false\"><description>Second</description>"
        . "<sortKeys><key>0001</key><key>0009</key></sortKeys></pgmi-meta> */\nALTER TABLE users ADD IF NOT EXISTS name text;\n",
    'migrations/v2/003.sql' => "CREATE TABLE IF NOT EXISTS v2 (a int);\nINSERT INTO v2 VALUES (3);\n",
    'seeds/001.sql'         => "INSERT INTO users VALUES ('seed\@example.com');\n",
    '__test__/_setup.sql'   => "CREATE TABLE fixture ();\n${users}INSERT INTO users SELECT 'test\@example.com' WHERE NOT EXISTS (TABLE users);\n",
    '__test__/test_users.sql' => "DO \$\$ BEGIN IF NOT EXISTS (SELECT 1 FROM users WHERE email = 'test\@example.com') THEN\n"
        . "RAISE EXCEPTION 'Expected user not found'; END IF; END \$\$;\n",
    '__test__/auth/_setup.sql'            => "TABLE fixture;\n",
    '__test__/auth/test_login.sql'        => "TABLE fixture;\n",
    '__test__/integration/test_x.sql'     => "CREATE TABLE scratch ();\n",
    '__test__/pay/test_card_critical.sql' => "SELECT 1;\n",
}, private_dir() . '/app');
$server->query('CREATE DATABASE examples');
sub fresh { $server->query('SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public', 'examples') }

for my $file (sort glob "$FindBin::Bin/examples/*.sql") {
    my $name = $file =~ s{.*/(.*)\.sql$}{$1}r;
    my $text = slurp($file);
    spew("$project/deploy.sql", $text);
    fresh();
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'examples'], server => $server, env => \%no_database);
    is($exit, 0, "$name: deploys") or diag($err);
    next if $text !~ /^CALL pgmi_test\(\);/m || $name =~ /macro/;

    spew("$project/__test__/test_z.sql", "DO \$\$ BEGIN RAISE EXCEPTION 'no'; END \$\$;\n");
    fresh();
    ($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'examples'], server => $server, env => \%no_database);
    is($exit, 13, "$name, failing test: 13");
    is($server->query($tables, 'examples'), '', "$name, failing test: leaves nothing");
    unlink "$project/__test__/test_z.sql";
}

done_testing();
