package PgmishTest::Pooler;

# A real PgBouncer between a test and its server.  Without one installed there is nothing to test:
#
#   my $bouncer = pooler_program();     path, undef where there is none (skip)
#   my $env = start_pooler($server, 'pool_mode = session', 'default_pool_size = 1');
#                                       the PG* variables that lead through it; one at a time
#   stop_pooler();                      also done when the test ends, however it ends
#
# PgBouncer refuses root as the server does, so it runs under the server's account.

use strict;
use warnings;
use Exporter qw(import);
use PgmishTest;
use POSIX ();

our @EXPORT = qw(pooler_program start_pooler stop_pooler);
my $PORT = 6432; # names a socket in a directory of its own, so it is free
my $running;

sub pooler_program {
    my ($program) = grep { -x } qw(/usr/sbin/pgbouncer /usr/bin/pgbouncer /usr/local/bin/pgbouncer
        /opt/homebrew/bin/pgbouncer);
    return $program;
}

sub start_pooler {
    my ($server, @settings) = @_;
    my $dir = private_dir();
    my ($uid, $gid) = TestServer::account();
    spew("$dir/ini", join "\n", '[databases]',
        'postgres = host=' . $server->host . ' port=' . $server->port . ' user=postgres',
        '[pgbouncer]', 'listen_addr =', "listen_port = $PORT", "unix_socket_dir = $dir",
        'auth_type = any', @settings, '');
    chown $uid, $gid, $dir, "$dir/ini" if defined $uid;
    $running = fork // die "fork: $!";
    if (!$running) {
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        $( = $gid, $) = "$gid $gid", POSIX::setuid($uid) if defined $uid;
        chdir '/';
        exec pooler_program(), "$dir/ini" or POSIX::_exit(127);
    }
    my %env = (PGHOST => $dir, PGPORT => $PORT, PGUSER => 'postgres', PGDATABASE => 'postgres');
    wait_until { (run([psql_program(), '-Xc', 'SELECT 1'], env => \%env))[0] == 0 } 60
        or die "PgBouncer did not start\n";
    return \%env;
}

sub stop_pooler {
    return unless $running;
    kill 'TERM', $running;
    waitpid $running, 0;
    undef $running;
}
END { local $?; stop_pooler() }

1;
