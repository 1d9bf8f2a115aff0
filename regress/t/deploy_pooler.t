#!/usr/bin/perl
# pgmi deploy through PgBouncer: transaction and statement mode are refused before anything happens,
# session mode deploys, also with a pool of one.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my ($bouncer) = grep { -x } qw(/usr/sbin/pgbouncer /usr/bin/pgbouncer /usr/local/bin/pgbouncer
    /opt/homebrew/bin/pgbouncer);
plan skip_all => 'no PgBouncer here' unless $bouncer;

my $server = start_server();
my $running;

sub start_bouncer {
    my (@settings) = @_;
    my $dir = private_dir();
    my ($uid, $gid) = TestServer::account();
    spew("$dir/ini", join "\n", '[databases]',
        'postgres = host=' . $server->host . ' port=' . $server->port . ' user=postgres',
        '[pgbouncer]', 'listen_addr =', 'listen_port = 6432', "unix_socket_dir = $dir",
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
    my %env = (PGHOST => $dir, PGPORT => 6432, PGUSER => 'postgres');
    wait_until { (run([psql_program(), '-Xc', 'SELECT 1', 'postgres'], env => \%env))[0] == 0 } 60
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

for my $mode (['session', 3], ['session', 1], ['transaction', 3], ['transaction', 1], ['statement', 3]) {
    my ($name, $size) = @$mode;
    my $table = "t_${name}_$size";
    my $dir = make_project({ 'deploy.sql' => "BEGIN;\nCREATE TABLE $table ();\nCALL pgmi_test();\nCOMMIT;\nSELECT 1;\n",
        '__test__/t.sql' => 'SELECT 1' });
    my $env = start_bouncer("pool_mode = $name", "default_pool_size = $size");
    my ($exit, $out, $err) = pgmi(['deploy', $dir, '-d', 'postgres'], env => $env);
    my $there = $server->query("SELECT count(*) FROM pg_class WHERE relname = '$table'");
    if ($name eq 'session') {
        is("$exit $there", '0 1', "$name, pool of $size: deployed");
    } else {
        is("$exit $there", '11 0', "$name, pool of $size: refused");
        like($err, qr/pools transactions or statements.*HINT: Connect to the server directly/s, '... with what to do');
        is($server->query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0, '... no lock is left in the pool');
    }
    stop_bouncer();
}

done_testing();
