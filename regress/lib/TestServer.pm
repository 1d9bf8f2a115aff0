package TestServer;

# A throwaway PostgreSQL server for the test runners, and where PostgreSQL's programs are.
#
#   my $server = TestServer->start;            # dies when there are no server programs
#   $server->env                               # PGHOST, PGPORT, PGUSER for a child
#   $server->psql(@arguments)                  # output of the real psql; dies when it fails
#
# Private directory under /tmp, unix socket only, trust authentication (the 0700 directory is the
# protection).  The server refuses root, so root hands it to the account `postgres` or `nobody`.
# A keeper process owns it: when this process ends, however it ends, the keeper's pipe closes, and
# it stops the server within a deadline and removes the directory.

use strict;
use warnings;
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h setsid);

my $STOP_SECONDS = 20;
my %pipes; # of the servers of this process, by keeper

# Directory of the newest PostgreSQL's programs: pg_config's own, or Debian's versioned ones.
sub bindir {
    my @found = sort { version_of($b) <=> version_of($a) }
        grep { -x "$_/postgres" && -x "$_/psql" }
        (glob('/usr/lib/postgresql/*/bin /usr/pgsql-*/bin'), split /:/, $ENV{PATH} // '');
    my $config = `pg_config --bindir 2>/dev/null`;
    chomp $config;
    unshift @found, $config if $config && -x "$config/postgres" && -x "$config/psql";
    die "no PostgreSQL server programs found: run `make deps`\n" unless @found;
    return $found[0];
}

sub version_of { return $_[0] =~ m{(\d+)/bin$} ? $1 : 0 }

# pg_regress is packaged in one of these places, depending on the distribution.
sub pg_regress {
    my $pgxs = `@{[bindir()]}/pg_config --pgxs 2>/dev/null` || `pg_config --pgxs 2>/dev/null`;
    chomp $pgxs;
    $pgxs =~ s{/makefiles/pgxs\.mk$}{/test/regress/pg_regress};
    my ($found) = grep { -x }
        ($pgxs, glob('/usr/lib/postgresql/*/lib/pgxs/src/test/regress/pg_regress'));
    return $found;
}

# Uid and gid to run the server as: undef when we are not root.
sub account {
    return if $> != 0;
    for my $name ('postgres', 'nobody') {
        my @entry = getpwnam($name);
        return @entry[2, 3] if @entry;
    }
    die "running as root, and there is no account to run a server as\n";
}

sub run_as {
    my ($account, @command) = @_;
    if (@$account) {
        $) = "$account->[1] $account->[1]";
        $( = $account->[1];
        POSIX::setuid($account->[0]);
    }
    exec {$command[0]} @command or do { warn "$command[0]: $!\n"; POSIX::_exit(127) };
}

# Runs a command as the server's account, output to a log; true when it succeeded.
sub run_logged {
    my ($account, $log, @command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN,  '<',  '/dev/null';
        open STDOUT, '>>', $log;
        open STDERR, '>&', \*STDOUT;
        chdir '/';
        run_as($account, @command);
    }
    waitpid $pid, 0;
    return $? == 0;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return '';
    local $/;
    return scalar(<$in>) // '';
}

# Options: initdb => [arguments], settings => { name => value }, standby => SERVER for a hot standby
# of that one, dir => its directory, which must not exist yet.
sub start {
    my ($class, %options) = @_;
    my @account = account();
    my $dir = $options{dir} // tempdir('pgtest-XXXXXX', DIR => '/tmp');
    mkdir $dir;
    chown @account, $dir if @account;
    chmod 0700, $dir;
    my $self = bless {
        dir    => $dir,
        bindir => bindir(),
        log    => "$dir/log",
        port   => 5432,
        owner  => $$,
    }, $class;
    my @make = $options{standby}
        ? ("$self->{bindir}/pg_basebackup", '-D', "$dir/data", '-h', $options{standby}{dir}, '-p',
            $options{standby}{port}, '-U', 'postgres', '-c', 'fast', '-X', 'stream', '-R')
        : ("$self->{bindir}/initdb", '-N', '-D', "$dir/data", '-U', 'postgres', '-A',
        'trust', @{ $options{initdb} // ['-E', 'UTF8', '--locale=C'] });
    if (!run_logged(\@account, $self->{log}, @make)) {
        my $why = slurp($self->{log});
        system 'rm', '-rf', $dir;
        die "$make[0] failed:\n$why";
    }
    my %settings = (
        listen_addresses         => '',
        unix_socket_directories  => $dir,
        port                     => $self->{port},
        fsync                    => 'off',
        max_prepared_transactions => 5,
        timezone                 => 'UTC',
        %{ $options{settings} // {} },
    );
    my @command = ("$self->{bindir}/postgres", '-D', "$dir/data",
        map { ('-c', "$_=$settings{$_}") } sort keys %settings);
    $self->{keeper_pipe} = start_keeper(\@account, $self, @command);
    $self->wait_ready;
    return $self;
}

# The keeper: starts the server, waits for our end of the pipe to close, stops and cleans up.
sub start_keeper {
    my ($account, $self, @command) = @_;
    pipe my $reader, my $writer or die "pipe: $!";
    my $keeper = fork // die "fork: $!";
    if ($keeper) {
        $self->{keeper} = $keeper;
        close $reader;
        return $pipes{$keeper} = $writer;
    }
    close $_ for $writer, values %pipes; # another server's pipe, kept open here, would keep it alive
    setsid();                       # a Ctrl-C at the test run must not reach it before its time
    open STDIN,  '<',  '/dev/null';
    open STDOUT, '>>', $self->{log};
    open STDERR, '>&', \*STDOUT;
    my $server = fork // POSIX::_exit(1);
    if (!$server) {
        close $reader;
        chdir '/';
        run_as($account, @command);
    }
    sysread $reader, my $unused, 1; # returns at end of file
    stop_server($server);
    system 'rm', '-rf', $self->{dir};
    POSIX::_exit(0);
}

sub stop_server {
    my ($server) = @_;
    for my $signal ('INT', 'QUIT', 'KILL') {
        kill $signal, $server;
        for (1 .. $STOP_SECONDS * 10) {
            return if waitpid($server, WNOHANG) != 0;
            select undef, undef, undef, 0.1;
        }
    }
}

sub wait_ready {
    my ($self) = @_;
    for (1 .. 600) {
        return if run_logged([], '/dev/null', "$self->{bindir}/pg_isready", '-q', '-h',
            $self->{dir}, '-p', $self->{port});
        last if waitpid($self->{keeper}, WNOHANG) != 0;
        select undef, undef, undef, 0.05;
    }
    die "the test server did not start:\n" . slurp($self->{log});
}

sub env {
    my ($self) = @_;
    return (PGHOST => $self->{dir}, PGPORT => $self->{port}, PGUSER => 'postgres');
}

sub psql {
    my ($self, @arguments) = @_;
    local %ENV = (%ENV, $self->env);
    open my $out, '-|', "$self->{bindir}/psql", '-X', '-At', '-v', 'ON_ERROR_STOP=1', @arguments
        or die "psql: $!";
    local $/;
    my $text = <$out>;
    close $out or die "psql @arguments failed\n";
    chomp $text;
    return $text;
}

# Ends all sessions: what a program that was killed has left behind may sleep on or hold locks.
sub end_sessions {
    my ($self) = @_;
    $self->psql('-d', 'postgres', '-c', 'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity'
        . " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
}

sub stop {
    my ($self) = @_;
    return unless $self->{keeper_pipe} && $self->{owner} == $$;
    delete $pipes{ $self->{keeper} };
    close delete $self->{keeper_pipe};
    local $?;
    waitpid $self->{keeper}, 0;
}

sub DESTROY { $_[0]->stop }

1;
