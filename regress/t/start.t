#!/usr/bin/perl
# pgmish's own options at start-up: which project, which connection, which parameters, in which
# order; psql's abbreviations are as they were.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $other  = start_server();
$server->query('CREATE DATABASE named');
$server->query('CREATE ROLE deployer LOGIN SUPERUSER');
my ($exit, $out, $err);
my $app = make_project({ 'deploy.sql' => "SELECT 'deployed';\n", 'a.sql' => "SELECT 1;\n" }, private_dir() . '/app');
my $parent = $app =~ s{/app$}{}r;
my $where  = q{SELECT current_database(), current_user, current_setting('unix_socket_directories')};

sub yaml { spew("$app/pgmi.yaml", $_[0]) }
sub go {
    my ($arguments, %options) = @_;
    ($exit, $out, $err) = pgmish(['-Atq', @$arguments], cwd => $parent, %options);
    return $out;
}

# ---- the connection ----------------------------------------------------------------------------------------
my $connection = 'connection:' . join '', map { "\n  $_" } 'host: ' . $server->host, 'port: ' . $server->port, 'database: named', 'username: deployer';
yaml("$connection\nparams:\n  env: yaml\n");
is(go(['--load', 'app', '-c', $where]), 'named|deployer|' . $server->host . "\n", 'pgmi.yaml: host, port, database, user') or diag($err);
is(go(['-f', 'app/deploy.sql', '-c', $where]), "deployed\nnamed|deployer|" . $server->host . "\n", 'pgmi.yaml: of a project loaded by itself');
is(go(['--load', 'app', '-d', 'postgres', '-U', 'postgres', '-c', $where]), 'postgres|postgres|' . $server->host . "\n", 'flags stand above it');
is(go(['--load', 'app', '-c', $where, 'postgres', 'postgres']), 'postgres|postgres|' . $server->host . "\n", 'words stand above it');
is(go(['--load', 'app', '-c', $where], env => { PGDATABASE => 'postgres', PGUSER => 'postgres' }), 'postgres|postgres|' . $server->host . "\n", 'PG* variables stand above it');
is(go(['--load', 'app', '-c', $where], server => $other), 'postgres|postgres|' . $other->host . "\n", 'all of them');
is(go(['--load', 'app', '-d', $other->conninfo, '-c', $where]), 'postgres|postgres|' . $other->host . "\n", 'a connection string is whole');
is(go(['--load', 'app', '-d', 'postgresql:///postgres?user=postgres&host=' . $other->host . '&port=' . $other->port, '-c', $where]), 'postgres|postgres|' . $other->host . "\n", 'a URI too');
like(go(['--scratch', '--load', 'app', '-c', 'SELECT current_database()']), qr/^postgres$/m, '--scratch: database postgres, connection left out') or diag($err);
is(go(['--no-load', '-c', 'SELECT 1', '-f', 'app/deploy.sql'], server => $other), "1\ndeployed\n", '--no-load reads no project');
go(['-d', $other->conninfo, '-c', "\\pgmi load app", '-c', "$where; SELECT current_setting('pgmi.env')"]);
is($out, "postgres|postgres|" . $other->host . "\nyaml\n", 'a load in a live session takes only parameters');
yaml("connection:\n  host: /nonexistent\n");
go(['--load', 'app', '-c', 'SELECT 1']);
is($exit, 2, 'pgmi.yaml names a server that is not there: exit status');
like($err, qr{/nonexistent}, 'pgmi.yaml names a server that is not there: named');
go(['--load', 'app', '-c', 'SELECT 1'], env => { PGMI_CONNECTION_STRING => $other->conninfo, DATABASE_URL => $other->conninfo });
is($exit, 2, 'PGMI_CONNECTION_STRING and DATABASE_URL are for pgmi');
spew("$app/.env", 'PGHOST=' . $other->host . "\n");
go(['--load', 'app', '-c', 'SELECT 1']);
is($exit, 2, '.env is for pgmi');
unlink "$app/.env";

# ---- parameters ------------------------------------------------------------------------------------------------
yaml("params:\n  one: yaml\n  two: yaml\n  three: yaml\n  four: yaml\n  null_one:\n  number: 0x10\n");
my $files = private_dir();
spew("$files/first",  "# comment\n\ntwo=first\nthree = \"first\"\nFour=first\n");
spew("$files/second", "\xef\xbb\xbfthree=second\r\nfour='second'\r\n");
my $show = q{SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM pgmi_parameter_view; SELECT current_setting('pgmi.four')};
is(go(['--load', 'app', '--params-file', "$files/first", '--params-file', "$files/second", '--param', 'FOUR=a', '--param', 'four=b=c ', '-c', $show], server => $server),
    "four=b=c  null_one= number=0x10 one=yaml three=second two=first\nb=c \n", 'pgmi.yaml, files, --param in their order') or diag($err);
is(go(['--load=app', '--param=one=x', "--params-file=$files/second", '-c', 'SELECT value FROM pgmi_parameter_view WHERE key = \'one\''], server => $server), "x\n", 'with = signs');
is(go(['--param', 'one=x', '-c', '\pgmi load app', '-c', q{SELECT current_setting('pgmi.one')}], server => $server), "x\n", '--param holds for a later load');
spew("$files/bad", "fine=1\nno equals sign\n");
go(['--load', 'app', '--params-file', "$files/bad", '-c', 'SELECT 1'], server => $server);
is($exit, 10, 'a bad line in a file: exit status');
like($err, qr{\Q$files/bad\E:2: }, 'a bad line in a file: named');
unlike($err, qr/equals sign"/, 'a bad line in a file: not shown');

# ---- order ---------------------------------------------------------------------------------------------------------
my $rc = private_dir();
spew("$rc/rc", "\\echo startup :PGMI_LOADED\n");
($exit, $out, $err) = run([pgmish_program(), '-At', '--load', $app, '-c', '\echo command'], server => $server, env => { PSQLRC => "$rc/rc" });
like($out, qr/\ALoaded .*\nstartup on\ncommand\n\z/, 'the load comes first, then the startup file');
is(go(['--load', 'app', '-1', '-c', 'SELECT count(*) FROM pgmi_source_view', '-c', 'SELECT nosuch', '-v', 'ON_ERROR_STOP=1', '-c', 'SELECT 1'], server => $server), "2\n", '-1: the load comes before BEGIN');
is($exit, 1, '-1: exit status');
is(go(['--load', 'app', '-f', 'app/deploy.sql'], server => $server), "deployed\n", '--load and -f: loaded once') or diag($err);
like((run([pgmish_program(), '-X', '--load', $app, '-f', "$app/deploy.sql"], server => $server))[1], qr/\ALoaded [^\n]*\n(?!Loaded)/, '--load and -f: one line');
my $pipe = "\\echo :PGMI_LOADED\n";
is(go(['--load', 'app'], server => $server, stdin => $pipe), "on\n", 'standard input after --load');

# ---- names of options ------------------------------------------------------------------------------------------------
for my $option ('--loa=x', '--par=a=1', '--param=', '--scr', '--no-l', '--params=x', '--comp=1', '--rep=tap') {
    my $ours = (go([$option, '-c', 'SELECT 1'], server => $server), $exit)[1];
    is($ours, $option eq '--param=' ? 10 : 1, "$option is not taken");
}
for my $option ('--co=SELECT 1', '--com=SELECT 1', '--no-pa', '--si', '--lo=/dev/null', '--se=x=1', '--no-r', '--exp', '--par') {
    my @psql = run([psql_program(), '-X', '-At', $option, '-c', 'SELECT 2'], server => $server);
    my @ours = run([pgmish_program(), '-X', '-At', $option, '-c', 'SELECT 2'], server => $server);
    s/\S*(?:psql|pgmish)/NAME/g for @psql, @ours;
    is_deeply(\@ours, \@psql, "$option: as psql");
}
like((run([pgmish_program(), '--version']))[1], qr/\Apgmish \S+ \(PostgreSQL \d+\.\d+.*\)\n\z/, '--version');
symlink pgmish_program(), "$rc/psql";
is((run(["$rc/psql", '--version']))[1], (run([psql_program(), '--version']))[1], '--version as psql');

done_testing();
