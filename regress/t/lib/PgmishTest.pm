package PgmishTest;

# Support for the TAP tests in regress/t.  A test file needs little more than this:
#
#   use strict; use warnings;
#   use Test::More;
#   use PgmishTest;
#
#   my $server = start_server();
#   my $dir = make_project({ 'deploy.sql' => "SELECT 1;\n", 'a/b.sql' => '...' });
#   my ($exit, $out, $err) = pgmish(['--load', $dir, '-c', '\plan'], server => $server);
#   is($exit, 0, 'plan works');
#   done_testing();
#
# Run by `make check-tap`, or by hand: prove -I regress/t/lib regress/t (then PGMISH names the
# program, default build/pgmish).
#
# Everything is bytes: encode what you send, decode what you compare, or write both in UTF-8
# without `use utf8`.  Deadlines only end what hangs; no test may depend on how long a thing takes.
#
# --- programs ---
#   pgmish_program()            path of pgmish
#   pgmi_program()              path of its other name, a link beside it
#   psql_program()              path of the real psql
#   run([COMMAND...], OPTIONS)  -> (exit status, stdout, stderr); 128 + N when a signal ended it
#        stdin => TEXT          through a pipe; default: empty
#        stdin_file => PATH     from a file
#        env => { NAME => VALUE }   on top of clean_env; undef removes
#        server => $server      its PG* variables
#        cwd => DIR             where to run it; default: an empty private directory
#        timeout => SECONDS     default 120; then it is killed and the test dies
#   pgmish([ARGUMENTS...], OPTIONS)  the same for pgmish with -X
#   pgmi([ARGUMENTS...], OPTIONS)    the same for pgmi
#   clean_env()                 what children get: nothing of PG*, PSQL*, PGMI*, DATABASE_URL; HOME
#                               a private directory (history, startup files, cluster cache)
#   wait_until { CODE } SECONDS true as soon as CODE is; false when time is up
#
# --- files ---
#   private_dir()               new directory, 0700, removed at the end
#   make_project({ PATH => TEXT, ... }, DIR)   in DIR (default: a new one), returned.  A path ending
#                               in / is a directory, a value \'TARGET' a symbolic link
#   slurp(PATH), spew(PATH, TEXT)
#
# --- servers ---
#   start_server(OPTIONS)       a PgmishTest::Server: throwaway, unix socket only, unprivileged
#                               account, superuser "postgres"; stopped when the object goes away or
#                               this process ends, however it ends
#        initdb => [ARGUMENTS]  default: UTF8, locale C
#        settings => { NAME => VALUE }
#   $server->host, port, user, dbname, conninfo(DBNAME), env
#   $server->query(SQL, DBNAME) its rows, fields separated by |, rows by newline (real psql)
#   $server->comes_to(SQL, VALUE, DBNAME)  the same, asked again until it is VALUE or 20 s are over.  A
#                               session that a program has left gives back locks a moment after its end
#   $server->stop               before its time
#
# --- terminals ---
#   spawn_pty([COMMAND...], OPTIONS)   a PgmishTest::Pty; options as for run (no stdin), and
#        rows => 24, cols => 80, term => 'xterm'
#   $pty->send(TEXT)            as typed, when the program waits for it (AtRest); Enter is "\r"
#   $pty->write(TEXT)           at once, whatever the program does
#   $pty->type(TEXT)            TEXT and Enter
#   $pty->expect(REGEX or TEXT, NAME)  one test: it appears within the deadline (escape sequences
#                               and carriage returns are left out before matching).  Next expect
#                               starts behind the match.  Returns the text up to its end
#   $pty->key(NAME)             up down left right home end tab enter escape backspace ctrl-X
#   $pty->screen                what a terminal would show now, lines without trailing blanks
#   $pty->transcript            all output so far, as expect sees it
#   $pty->resize(ROWS, COLS), $pty->pid, $pty->signal('INT')
#   $pty->finish(NAME)          waits for the end; returns the exit status as run does

use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

our ($TOP, @EXPORT);
BEGIN {
    $TOP = abs_path(dirname(__FILE__) . '/../../..');
    unshift @INC, "$TOP/regress/lib";
}
use TestServer;
use PgmishTest::Pty;

@EXPORT = qw(pgmish_program pgmi_program psql_program run pgmish pgmi clean_env wait_until
    private_dir make_project slurp spew start_server spawn_pty);

my $TIMEOUT = 120;
my $owner   = $$; # a forked child must not remove its parent's directories
my $home;

# ---- files -----------------------------------------------------------------------------

sub private_dir {
    my $dir = tempdir('pgmish-tap-XXXXXX', DIR => '/tmp', CLEANUP => 1);
    chmod 0700, $dir;
    return $dir;
}

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar(<$in>) // '';
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "$path: $!";
    print $out $text;
    close $out or die "$path: $!";
}

sub make_project {
    my ($files, $dir) = @_;
    $dir //= private_dir() . '/project';
    make_path($dir);
    for my $path (sort keys %$files) {
        my $value = $files->{$path};
        if ($path =~ m{/$}) {
            make_path("$dir/$path");
            next;
        }
        make_path(dirname("$dir/$path"));
        if (ref $value) {
            symlink $$value, "$dir/$path" or die "$path: $!";
        } else {
            spew("$dir/$path", $value);
        }
    }
    return $dir;
}

# ---- programs ----------------------------------------------------------------------------

sub pgmish_program {
    my $program = $ENV{PGMISH} // "$TOP/build/pgmish";
    return $program =~ m{^/} ? $program : "$TOP/$program";
}

sub pgmi_program { return pgmish_program() =~ s{[^/]*$}{pgmi}r }

sub psql_program { return TestServer::bindir() . '/psql' }

sub clean_env {
    my %env = map { $_ => $ENV{$_} }
        grep { !/^(?:PG|PSQL|PGMI|DATABASE_URL|LC_|LANG|XDG_|GITLAB_CI|CIRCLECI|GITHUB_ACTIONS|HOME|PAGER|EDITOR|VISUAL|COLUMNS|LINES)/ }
        keys %ENV;
    $home //= private_dir();
    return (%env, HOME => $home, LC_ALL => 'C.UTF-8', TERM => 'xterm');
}

# Environment of a child from the options of run and spawn_pty.
sub child_env {
    my (%options) = @_;
    my %env = (clean_env(), $options{server} ? $options{server}->env : (),
        %{ $options{env} // {} });
    delete $env{$_} for grep { !defined $env{$_} } keys %env;
    return \%env;
}

sub wait_until(&;$) {
    my ($code, $seconds) = @_;
    my $end = time + ($seconds // $TIMEOUT);
    while (1) {
        return 1 if $code->();
        return 0 if time > $end;
        sleep 0.02;
    }
}

sub exec_child {
    my ($command, $options, $env) = @_;
    chdir($options->{cwd} // $options->{default_cwd}) or die "chdir: $!";
    %ENV = %$env;
    $SIG{$_} = 'DEFAULT' for qw(INT HUP PIPE CHLD TERM QUIT);
    exec { $command->[0] } @$command or warn "$command->[0]: $!\n";
    POSIX::_exit(127);
}

# A pipe that another process fills, so that neither side waits for the other for ever.
sub feed {
    my ($text) = @_;
    pipe my $reader, my $writer or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $reader;
        $SIG{PIPE} = 'DEFAULT';
        binmode $writer;
        syswrite $writer, $text if length $text;
        POSIX::_exit(0);
    }
    close $writer;
    return ($reader, $pid);
}

sub status_of { return $_[0] & 127 ? 128 + ($_[0] & 127) : $_[0] >> 8 }

sub run {
    my ($command, %options) = @_;
    my $dir = private_dir();
    my $env = child_env(%options);
    my ($input, $feeder);
    mkdir($options{default_cwd} = "$dir/cwd");
    if (defined $options{stdin_file}) {
        open $input, '<:raw', $options{stdin_file} or die "$options{stdin_file}: $!";
    } else {
        ($input, $feeder) = feed($options{stdin} // '');
    }
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        setpgrp; # a command that hangs is ended with all it has started
        open STDIN,  '<&', $input or die;
        open STDOUT, '>',  "$dir/out" or die;
        open STDERR, '>',  "$dir/err" or die;
        exec_child($command, \%options, $env);
    }
    close $input;
    my ($status, $done) = (0, 0);
    $done = wait_until { waitpid($pid, WNOHANG) == $pid and $status = $?, 1 } $options{timeout};
    kill 'KILL', -$pid and waitpid $pid, 0 unless $done;
    kill('KILL', $feeder), waitpid($feeder, 0) if $feeder;
    my ($out, $err) = map { -e ? slurp($_) : '' } ("$dir/out", "$dir/err");
    die "@$command: still running\nstdout: $out\nstderr: $err\n" unless $done;
    return (status_of($status), $out, $err);
}

sub pgmish {
    my ($arguments, %options) = @_;
    return run([pgmish_program(), '-X', @$arguments], %options);
}

sub pgmi {
    my ($arguments, %options) = @_;
    return run([pgmi_program(), @$arguments], %options);
}

sub spawn_pty {
    my ($command, %options) = @_;
    $options{default_cwd} = private_dir();
    $options{timeout} //= $TIMEOUT;
    my $env = child_env(%options);
    $env->{TERM} = $options{term} if $options{term};
    return PgmishTest::Pty->spawn(sub { exec_child($command, \%options, $env) }, %options);
}

# ---- servers --------------------------------------------------------------------------------

sub start_server { return PgmishTest::Server->start(@_) }

package PgmishTest::Server;
our @ISA = ('TestServer');

sub host   { return $_[0]{dir} }
sub port   { return $_[0]{port} }
sub user   { return 'postgres' }
sub dbname { return 'postgres' }
sub env    { return ($_[0]->SUPER::env, PGDATABASE => 'postgres') }

sub conninfo {
    my ($self, $dbname) = @_;
    return "host=$self->{dir} port=$self->{port} user=postgres dbname=" . ($dbname // 'postgres');
}

sub query {
    my ($self, $sql, $dbname) = @_;
    return $self->psql('-d', $dbname // 'postgres', '-c', $sql) =~ s/\n\z//r;
}

sub comes_to {
    my ($self, $sql, $value, $dbname) = @_;
    my $now;
    PgmishTest::wait_until { ($now = $self->query($sql, $dbname)) eq $value } 20;
    return $now;
}

1;
