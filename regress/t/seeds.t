#!/usr/bin/perl
# Every runnable SQL example of the session API's documentation works as written: examples/*.sql are
# those examples (PL/pgSQL fragments stand inside a DO block), NAME.out is what pgmish prints for
# each over the project below, stderr among stdout.  Each starts from an empty schema.  A new
# example: add its file; UPDATE_EXAMPLES=1 writes the .out, to be read before it is committed.
#
# The same files then run as the project's deploy.sql, which is what most of them are for.
use strict;
use warnings;
use FindBin;
use Test::More;
use PgmishTest;

my $id      = '11111111-2222-4333-8444-555555555555';
my $project = make_project({
    'deploy.sql'         => "SELECT 1;\n",
    'pgmi.yaml'          => "params:\n  env: development\n  api_token: canary\n",
    'schemas/001.sql'    => "CREATE TABLE IF NOT EXISTS users (email text);\n",
    'migrations/001.sql' => "CREATE TABLE IF NOT EXISTS users (email text);\nINSERT INTO users VALUES ('test\@example.com');\n",
    'migrations/002.sql' => "/* <pgmi-meta id=\"$id\" idempotent=\"false\"><description>Second</description>"
        . "<sortKeys><key>0001</key><key>0009</key></sortKeys></pgmi-meta> */\nALTER TABLE users ADD IF NOT EXISTS name text;\n",
    'migrations/v2/003.sql'                => "CREATE TABLE IF NOT EXISTS v2 (a int);\nINSERT INTO v2 VALUES (3);\n",
    'seeds/001.sql'                        => "INSERT INTO users VALUES ('seed\@example.com');\n",
    '__test__/_setup.sql' => "CREATE TABLE fixture ();\nCREATE TABLE IF NOT EXISTS users (email text);\n"
        . "INSERT INTO users SELECT 'test\@example.com' WHERE NOT EXISTS (TABLE users);\n",
    '__test__/test_users.sql' => <<'SQL', # the other document's own
-- __test__/test_users.sql
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM users WHERE email = 'test@example.com') THEN
        RAISE EXCEPTION 'Expected user not found';
    END IF;
END $$;
SQL
    '__test__/auth/_setup.sql'             => "TABLE fixture;\n",
    '__test__/auth/test_login.sql'         => "TABLE fixture;\n",
    '__test__/integration/test_x.sql'      => "CREATE TABLE scratch ();\n",
    '__test__/pay/test_card_critical.sql'  => "SELECT 1;\n",
}, private_dir() . '/app');
my $server = start_server();
my $tables = q{SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'};

sub fresh { $server->query('SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public') }

# stdout and stderr as they come, the load's own line without what changes.
sub both {
    my (@arguments) = @_;
    my ($exit, $out) = run(['/bin/sh', '-c', 'exec "$0" "$@" 2>&1', pgmish_program(), '-X', @arguments], server => $server);
    return ($exit, $out =~ s/^Loaded .*\n//r);
}

my @examples = sort glob "$FindBin::Bin/examples/*.sql";
cmp_ok(scalar @examples, '>=', 29, 'the examples are there');
for my $file (@examples) {
    my $name = $file =~ s{.*/(.*)\.sql$}{$1}r;
    my $want = $file =~ s{sql$}{out}r;
    fresh();
    my ($exit, $out) = both('-v', 'ON_ERROR_STOP=1', '--load', $project, '-f', $file);
    $out =~ s/^\Qpgmish:$file\E:/$name:/mg;
    is($exit, 0, "$name: works") or diag($out);
    spew($want, $out) if $ENV{UPDATE_EXAMPLES};
    is($out, slurp($want), "$name: shows");

    my $made = $server->query($tables);
    spew("$project/deploy.sql", slurp($file));
    fresh();
    ($exit, $out) = both('-f', "$project/deploy.sql");
    is($exit, 0, "$name, as deploy.sql: works") or diag($out);
    is($server->query($tables), $made, "$name, as deploy.sql: has the same effect");
    next if slurp($file) !~ /^CALL pgmi_test\(\);/m || $name =~ /macro/;

    # Its gate gates, also where it opens no transaction.
    spew("$project/__test__/test_z.sql", "DO \$\$ BEGIN RAISE EXCEPTION 'Expected user not found'; END \$\$;\n");
    fresh();
    ($exit, $out) = both('-f', "$project/deploy.sql");
    is($exit, 3, "$name, failing test: exit status");
    like($out, qr{ERROR:  Failed in \./__test__/test_z\.sql: Expected user not found\n}, "$name, failing test: named");
    is($server->query($tables), '', "$name, failing test: leaves nothing");
    unlink "$project/__test__/test_z.sql";
}

done_testing();
