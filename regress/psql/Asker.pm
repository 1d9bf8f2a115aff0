package Asker;

# Asks a program what its Tab key offers at a place.
#
#   my $asker = Asker->new($program, $server, cwd => DIR, arguments => [...]);
#   my $offers = $asker->ask('SELECT * FROM ');     # { candidate => 1, ... }
#
# The answer is read off a very wide terminal on which readline's settings show all candidates at
# once, one a line.

use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Pty;
use Time::HiRes qw(time);

my $DEADLINE = 20;
my $INPUTRC  = join "\n", 'set show-all-if-ambiguous on', 'set completion-query-items -1',
    'set page-completions off', 'set bell-style none', 'set enable-bracketed-paste off',
    'set completion-display-width 0', '';

sub new {
    my ($class, $program, $server, %options) = @_;
    my $dir  = tempdir('pgask-XXXXXX', DIR => '/tmp', CLEANUP => 1);
    my $self = bless { program => $program, server => $server, dir => $dir, %options }, $class;
    open my $out, '>', "$dir/inputrc" or die "$dir: $!";
    print $out $INPUTRC;
    close $out;
    symlink $program, "$dir/psql" or die "$dir/psql: $!";
    return $self->start;
}

sub start {
    my ($self) = @_;
    my $pty   = IO::Pty->new or die "no pty: $!";
    my $slave = $pty->slave;
    $slave->set_winsize(300, 4000);
    @$self{qw(pty owner text)} = ($pty, $$, '');
    $self->{pid} = fork // die "fork: $!";
    if (!$self->{pid}) {
        $pty->make_slave_controlling_terminal;
        close $pty;
        open STDIN,  '<&', $slave or die;
        open STDOUT, '>&', $slave or die;
        open STDERR, '>&', $slave or die;
        %ENV = ((map { $_ => $ENV{$_} } grep { /^[A-Z]+SAN_OPTIONS$/ } keys %ENV),
            PATH => $ENV{PATH}, HOME => $self->{dir}, PGDATABASE => 'postgres', $self->{server}->env,
            LC_ALL => "C.UTF-8", TERM => 'xterm', INPUTRC => "$self->{dir}/inputrc", PSQL_HISTORY => '/dev/null',
            %{ $self->{env} // {} });
        chdir($self->{cwd} // $self->{dir}) or die "chdir: $!";
        exec("$self->{dir}/psql", '-X', @{ $self->{arguments} // [] }) or POSIX::_exit(127);
    }
    $pty->close_slave;
    $self->expect(qr/# \z/) // die "$self->{program}: no prompt\n";
    return $self;
}

# Output up to what is wanted, without escape sequences; undef when it does not come.
sub expect {
    my ($self, $wanted) = @_;
    my $end = time + $DEADLINE;
    while (time < $end) {
        if ($self->{text} =~ $wanted) {
            my $seen = $self->{text};
            $self->{text} = '';
            return $seen;
        }
        my $bits = '';
        vec($bits, fileno $self->{pty}, 1) = 1;
        next if select($bits, undef, undef, 0.5) <= 0;
        sysread $self->{pty}, my $chunk, 65536 or return;
        $chunk =~ s/\e\[[0-9;?]*[\x40-\x7e]|[\r\a]//g;
        $self->{text} .= $chunk;
    }
    return;
}

sub type {
    my ($self, $text) = @_;
    while (length $text) {
        my $n = syswrite($self->{pty}, $text) // die "write to the terminal: $!";
        substr $text, 0, $n, '';
    }
}

# The mark behind the Tab shows where the answer ends: it stays in the line.
sub ask {
    my ($self, $place) = @_;
    $self->type("$place\t~|");
    my $seen = $self->expect(qr/~\|\z/) // die "no answer to: $place\n$self->{text}\n";
    $self->type("\x03");
    $self->expect(qr/\n[^\n]*[=\-('"\$*!^@][*!?]?# \z/) // die "no prompt behind: $place\n";
    my @lines = split /\n/, $seen;
    shift @lines if @lines > 1;
    my $last = pop @lines;
    return { map { $_ => 1 } map { s/\s+\z//r } @lines } if @lines;
    my ($single) = $last =~ /\A(.*?) ?~\|\z/;
    return {} if $single eq $place =~ s/ \z//r;
    return { '(instead) ' . $single => 1 } if index($single, $place) != 0;
    my ($word) = $place =~ /([^\s(,]*)\z/;
    return { $word . substr($single, length $place) => 1 };
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    return unless $self->{pid} && $self->{owner} == $$;
    close $self->{pty};
    kill 'HUP', $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
