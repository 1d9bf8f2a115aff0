#!/usr/bin/perl
# Loading through a real PgBouncer: session mode works, transaction and statement mode are
# refused before anything is created.  (The detection itself: regress/unit/test_pooler.c.)
use strict;
use warnings;
use Test::More;
use PgmishTest;

my ($bouncer) = grep { -x } qw(/usr/sbin/pgbouncer /usr/bin/pgbouncer /usr/local/bin/pgbouncer
    /opt/homebrew/bin/pgbouncer);
plan skip_all => 'no PgBouncer here' unless $bouncer;

my $port   = 6432;
my $server = start_server();
my $project = make_project({ 'deploy.sql' => "SELECT 1;\n", 'a.sql' => "SELECT 2;\n" });
my $running;

# PgBouncer refuses root as the server does, so it runs under the same account.
sub start_bouncer {
    my (@settings) = @_;
    my $dir = private_dir();
    my ($uid, $gid) = TestServer::account();
    spew("$dir/ini", join "\n", '[databases]',
        'postgres = host=' . $server->host . ' port=' . $server->port . ' user=postgres',
        '[pgbouncer]', 'listen_addr =', "listen_port = $port", "unix_socket_dir = $dir",
        'auth_type = any', @settings, '');
    chown $uid, $gid, $dir, "$dir/ini" if defined $uid;
    $running = fork // die "fork: $!";
    if (!$running) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        $( = $gid, $) = "$gid $gid", POSIX::setuid($uid) if defined $uid;
        chdir '/';
        exec $bouncer, "$dir/ini" or POSIX::_exit(127);
    }
    my %env = (PGHOST => $dir, PGPORT => $port, PGUSER => 'postgres', PGDATABASE => 'postgres');
    wait_until { (run([psql_program(), '-Xc', 'SELECT 1'], env => \%env))[0] == 0 } 60
        or die "PgBouncer did not start\n";
    return \%env;
}

sub stop_bouncer {
    return unless $running;
    kill 'TERM', $running;
    waitpid $running, 0;
    undef $running;
}
END { local $?; stop_bouncer() }

for my $mode ('session', 'transaction', 'statement') {
    my $env = start_bouncer("pool_mode = $mode", 'default_pool_size = 3');
    my ($exit, $out, $err) = pgmish(['-At', '-v', 'ON_ERROR_STOP=1', '-c', "\\pgmi load $project",
        '-c', 'SELECT path FROM pg_temp.pgmi_source_view'], env => $env);
    if ($mode eq 'session') {
        is("$exit$err", '0', "$mode: loads");
        like($out, qr{^\./a\.sql$}m, "$mode: there");
    } else {
        isnt($exit, 0, "$mode: refused");
        like($err, qr/goes through a pooler that pools transactions or statements/, "$mode: why");
        like($err, qr/a pooler in session mode/, "$mode: what to do");
        is($server->query("SELECT count(*) FROM pg_class WHERE relname LIKE '%pgmi%'"), 0,
            "$mode: nothing was created");
    }
    ($exit, $out) = pgmish(['-Atc', 'SELECT 1'], env => $env);
    is("$exit $out", "0 1\n", "$mode: without a project nothing is asked");
    stop_bouncer();
}

my $env = start_bouncer('pool_mode = session', 'default_pool_size = 1');
my ($exit, $out, $err) = pgmish(['-At', '-c', "\\pgmi load $project"], env => $env);
is("$exit$err", '0', 'session pool of size one: loads');
stop_bouncer();

# \step wants one more connection to hold the marks of loaded files, and one for what is typed.
my $steps = make_project({ 'a.sql' => "SELECT 'ran';\n", 'deploy.sql' => <<'END' });
DO $$
BEGIN
    EXECUTE (SELECT content FROM pg_temp.pgmi_source_view);
END $$;
SELECT 'the end';
END
my %sees = (1 => qr/Stepping stays at top level: a second connection gets no server session/,
    2 => qr{\./a\.sql:1 .*typed}s, 3 => qr{\./a\.sql:1 .*typed}s);
for my $size (1 .. 3) {
    $env = start_bouncer('pool_mode = session', "default_pool_size = $size");
    ($exit, $out, $err) = pgmish(['-At', '-c', "\\pgmi load $steps", '-f', '-'], env => $env,
        stdin => "\\step\nn\nSELECT 'typed';\nq\n");
    is("$exit$err", '0', "session pool of size $size: steps");
    like($out, $sees{$size}, 'as far as the connections go');
    stop_bouncer();
}

done_testing();
