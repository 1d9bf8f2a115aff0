#!/usr/bin/perl
# The target database: created, overwritten with approval, what survives that; connecting.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
my $dir = make_project({ 'deploy.sql' => "CREATE TABLE deployed ();\n" });
my %no_database = (PGDATABASE => undef);

sub deploy {
    my ($db, @options) = @_;
    return pgmi(['deploy', $dir, '-d', $db, @options], server => $server, env => \%no_database);
}
sub has { return $server->query('SELECT count(*) FROM pg_class WHERE relname = \'' . $_[1] . "'", $_[0]) }

# ---- O1 -------------------------------------------------------------------------------------------
my ($exit, $out, $err) = deploy('Fresh "one"');
is($exit, 0, 'an absent database is created');
like($err, qr/^Created database "Fresh "one""$/m, '... and announced');
is(has('Fresh "one"', 'deployed'), 1, '... and deployed to');
($exit, $out, $err) = deploy('fresh', '--overwrite');
is($exit, 0, '--overwrite of an absent database needs no approval');
unlike($err, qr/--force|approved/, '... and asks for none');

# ---- O2, O4 ----------------------------------------------------------------------------------------
$server->query('CREATE TABLE keep ()', 'fresh');
($exit, $out, $err) = deploy('fresh', '--overwrite');
is($exit, 12, 'no terminal and no --force: 12');
like($err, qr/--force/, '... the message names it');
is(has('fresh', 'keep'), 1, '... and nothing is dropped');
my $bad = make_project({ 'deploy.sql' => '', 'a.sql' => "\xff" });
is((pgmi(['deploy', $bad, '-d', 'fresh', '--overwrite', '--force'], server => $server))[0], 10,
    'a broken project drops nothing');
is((deploy('fresh', '--overwrite', '--force', '--param', '1=2'))[0], 10, 'nor does a bad parameter');
is((deploy('fresh', '--overwrite', '--force', '--compat', '9'))[0], 10, 'nor does --compat');
is(has('fresh', 'keep'), 1, '... it is still there');
for my $name ('postgres', 'POSTGRES', 'template1', 'template0') {
    is((deploy($name, '--overwrite', '--force'))[0], 10, "$name is not overwritten");
}
($exit, $out, $err) = deploy('fresh', '--overwrite', '--force');
is($exit, 0, '--force approves');
like($err, qr/^Overwriting database "fresh" \(--force\)$/m, '... in one line without a terminal');
is(has('fresh', 'keep') . has('fresh', 'deployed'), '01', '... a new database');

# ---- O3: what survives ----------------------------------------------------------------------------------
$server->query('CREATE ROLE "Own er"');
$server->query(q{CREATE DATABASE "o'x" OWNER "Own er" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0 CONNECTION LIMIT 7});
$server->query(q{COMMENT ON DATABASE "o'x" IS 'it''s "mine"'});
$server->query(q{ALTER DATABASE "o'x" SET search_path = "$user", 'we"ird, one', public});
$server->query(q{ALTER DATABASE "o'x" SET work_mem = '9MB'});
$server->query(q{ALTER DATABASE "o'x" SET my.setting = 'a ''b'' c'});
my $facts = q{SELECT pg_get_userbyid(datdba), datconnlimit, pg_encoding_to_char(encoding), datcollate, datctype,
    shobj_description(d.oid, 'pg_database'), (SELECT array_agg(c ORDER BY c) FROM pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setdatabase = d.oid AND s.setrole = 0) FROM pg_database d WHERE datname = 'o''x'};
my $before = $server->query($facts);
($exit, $out, $err) = deploy("o'x", '--overwrite', '--force');
is($exit, 0, 'overwriting a database with properties');
is($server->query($facts), $before, 'owner, limit, encoding, locale, comment, settings survive');
like($before, qr/Own er\|7\|LATIN1\|C\|C\|it's "mine"\|.*my\.setting.*search_path/, '... and there were some');
is(has("o'x", 'deployed'), 1, '... deployed');
($exit) = deploy("o'x", '--overwrite', '--force');
is($exit, 0, 'a second time');
is($server->query($facts), $before, '... they survive again');

# Other sessions do not hinder it.
my $other = fork // die;
if (!$other) {
    %ENV = (clean_env(), $server->env);
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    exec { psql_program() } psql_program(), "-X", "-d", "fresh", '-c', 'SELECT pg_sleep(1000)' or POSIX::_exit(127);
}
wait_until { $server->query("SELECT count(*) FROM pg_stat_activity WHERE datname = 'fresh' AND query ~ 'pg_sleep\\(1000'") };
is((deploy('fresh', '--overwrite', '--force'))[0], 0, 'sessions in the old database are ended');
kill 'KILL', $other;
waitpid $other, 0;

# ---- on a terminal -----------------------------------------------------------------------------------------
sub on_terminal {
    my ($options, %env) = @_;
    return spawn_pty([pgmi_program(), 'deploy', $dir, '-d', 'fresh', '--overwrite', @$options],
        server => $server, env => { PGDATABASE => undef, CI => undef, %env });
}
$server->query('CREATE TABLE keep ()', 'fresh');
my $pty = on_terminal([]);
$pty->expect('Type its name to go on: ', 'the name is asked for');
$pty->type('frsh');
is($pty->finish('wrong name'), 12, 'another name: 12');
$pty = on_terminal([]);
$pty->expect('Type its name to go on: ', 'asked again');
$pty->send("\004");
is($pty->finish('end of input'), 12, 'end of input: 12');
is(has('fresh', 'keep'), 1, 'nothing dropped');
$pty = on_terminal(['--force']);
$pty->expect(qr/DANGER: database "fresh".*Dropping in 5/s, 'a banner and a countdown');
$pty->write("\003"); # it counts on while it waits
is($pty->finish('interrupted'), 130, 'Ctrl-C in the countdown: 130');
is(has('fresh', 'keep'), 1, 'nothing dropped');
$pty = on_terminal(['--timeout', '300ms']);
is($pty->finish('out of time'), 16, 'the time limit covers the question: 16');
like($pty->transcript, qr/the deployment's time limit of 300ms has expired/, '... and says so');
$pty = on_terminal(['--force', '--timeout', '300ms']);
is($pty->finish('out of time'), 16, '... and the countdown');
is(has('fresh', 'keep'), 1, 'nothing dropped');
$pty = on_terminal([], CI => 'true');
is($pty->finish('CI'), 12, 'CI is not interactive');
$pty = on_terminal([]);
$pty->expect('Type its name to go on: ', 'asked');
$pty->type('  fresh ');
is($pty->finish('right name'), 0, 'the right name goes on');
is(has('fresh', 'keep'), 0, '... dropped and made anew');

# ---- connecting -------------------------------------------------------------------------------------------------
$server->query("CREATE ROLE nobody_in NOLOGIN");
($exit, $out, $err) = deploy('fresh', '-U', 'nobody_in');
is($exit, 11, 'a role that may not log in: 11');
like($err, qr/does not admit user "nobody_in" to database "fresh"\nDETAIL: .*not permitted to log in/, '... in words');
unlike($err, qr/28000|LOCATION/, '... without the verbose form');
$server->query('REVOKE CONNECT ON DATABASE fresh FROM PUBLIC');
$server->query('CREATE ROLE guest LOGIN');
($exit, $out, $err) = deploy('fresh', '-U', 'guest');
is($exit, 11, 'no CONNECT privilege: 11');
like($err, qr/no privilege to connect to database "fresh"/, '... in words');
($exit, $out, $err) = pgmi(['deploy', $dir, '--connection', 'postgresql://u:s3cr3t@no-such-host.invalid/x'], server => $server);
is($exit, 11, 'unknown host: 11');
unlike($err, qr/s3cr3t/, '... no password in the message');
my $nothing = make_project({ 'deploy.sql' => "SELECT 1;\n" });
$server->query($_) for 'CREATE ROLE owns LOGIN', 'CREATE ROLE makes LOGIN CREATEDB', 'CREATE DATABASE theirs OWNER owns';
for my $case ([ 'owns', qr/permission denied to create database\nDETAIL: Database "theirs" could be dropped, but not created again\./ ],
    [ 'makes', qr/must be owner of database theirs\nHINT: Its owner is "owns"; nothing has been dropped\./ ]) {
    my ($role, $words) = @$case;
    ($exit, $out, $err) = deploy('theirs', '-U', $role, '--overwrite', '--force');
    is($exit, 1, "--overwrite by role $role, who cannot make it anew");
    like($err, $words, '... the reason');
    is($server->query("SELECT count(*) FROM pg_database WHERE datname = 'theirs'"), 1, '... and it is still there');
}
my $long = 'n' x 64;
for my $how ([], [ '--overwrite', '--force' ]) {
    ($exit, $out, $err) = deploy($long, @$how);
    is($exit, 10, "a name that the server would cut off @$how");
    like($err, qr/name of database "$long" is longer than 63 bytes/, '... in words');
}
is($server->query("SELECT count(*) FROM pg_database WHERE datname ~ '^nnn'"), 0, '... and no other is made');
my $host = $server->host;
for my $list (["host=/nonexistent,$host port=1,5432 user=postgres dbname=fresh", {}],
    ["host=/nonexistent,$host user=postgres dbname=fresh target_session_attrs=read-write", {}],
    ['postgresql://postgres@%2Fnonexistent:1,' . ($host =~ s{/}{%2F}gr) . ':5432/fresh', {}],
    [undef, { PGHOST => "/nonexistent,$host", PGPORT => '1,5432' }]) {
    my ($string, $env) = @$list;
    ($exit, $out, $err) = pgmi(['deploy', $nothing, $string ? ('--connection', $string) : ('-d', 'fresh')], server => $server, env => $env);
    is($exit, 0, 'the second of two hosts: ' . ($string // 'by the environment')) or diag($err);
}
my $services = private_dir() . '/services';
spew($services, "[here]\nhost=$host\nuser=postgres\ndbname=fresh\n");
my @service = (server => $server, env => { PGSERVICEFILE => $services, PGHOST => '/nonexistent', PGPORT => undef, PGDATABASE => undef });
for my $string ('service=here', 'postgresql://?service=here') {
    ($exit, $out, $err) = pgmi(['deploy', $nothing, '--json', '--connection', $string], @service);
    is("$exit " . ($out =~ /"database": "(\w+)"/)[0], '0 fresh', "$string: libpq finds host and database there") or diag($err);
}
($exit, $out, $err) = pgmi(['deploy', $nothing, '--connection', 'service=here', '-d', 'theirs'], @service);
is($exit, 0, '... and -d names another database') or diag($err);
($exit, $out, $err) = pgmi(['deploy', $nothing, '--connection', 'service=here', '--overwrite', '--force'], @service);
is($exit, 10, '... which --overwrite wants to be told');
($exit, $out, $err) = pgmi(['deploy', $nothing, '--connection', 'service=gone'], @service);
like("$exit $err", qr/^11 .*error: could not connect to service "gone"\n/s, 'a service that is not there');
($exit, $out, $err) = pgmi(['deploy', $dir, '--connection', 'host=/nonexistent,/neither port=1,2 dbname=x'], server => $server);
is($exit, 11, 'no host of a list: 11');
like($err, qr{no server answers at hosts "/nonexistent,/neither", ports "1,2"\n}, '... all named');
($exit, $out, $err) = deploy('absent', '-U', 'guest');
is($exit, 1, 'may not create databases: 1');
like($err, qr/permission denied to create database/, '... the reason');
$exit = (pgmi(['deploy', $dir], server => $server, env => { PGMI_CONNECTION_STRING => 'host=' . $server->host
        . ' user=postgres dbname=by_string', %no_database }))[0];
is($exit, 0, 'PGMI_CONNECTION_STRING, keyword form');
is(has('by_string', 'deployed'), 1, '... its database');
my $yaml = make_project({ 'deploy.sql' => 'CREATE TABLE t ();', 'pgmi.yaml' => 'connection: {host: "'
        . $server->host . "\", username: postgres, database: by_yaml}\n", '.env' => "PGAPPNAME=from_dotenv\n",
    'a.sql' => '' });
spew("$yaml/deploy.sql", "CREATE TABLE t AS SELECT current_setting('application_name') AS a;");
is((pgmi(['deploy', '.'], cwd => $yaml))[0], 0, 'pgmi.yaml alone');
is($server->query('SELECT a FROM t', 'by_yaml'), 'from_dotenv', '.env counts');

# ---- nothing says where: the wizard ---------------------------------------------------------------------------------
my $bare = make_project({ 'deploy.sql' => 'CREATE TABLE w ();' });
$pty = spawn_pty([pgmi_program(), 'deploy', $bare], env => { CI => undef });
$pty->expect(qr/Host.*: /, 'a wizard asks');
$pty->send("\004");
is($pty->finish('cancelled'), 12, '... cancelled: 12');
ok(!-e "$bare/pgmi.yaml", '... nothing is written');
$pty = spawn_pty([pgmi_program(), 'deploy', $bare], env => { CI => undef, USER => 'postgres' });
$pty->expect(qr/Host.*: /, 'again');
$pty->type($server->host);
$pty->expect(qr/Port.*: /, 'port'), $pty->type('');
$pty->expect(qr/Database.*: /, 'database'), $pty->type('by_wizard');
$pty->expect(qr/User.*: /, 'user'), $pty->type('postgres');
$pty->expect(qr/sslmode.*: /, 'sslmode'), $pty->type('');
$pty->expect(qr/password file.*: /, 'password'), $pty->type('');
is($pty->finish('wizard'), 0, 'then it deploys');
is(has('by_wizard', 'w'), 1, '... there');

done_testing();
