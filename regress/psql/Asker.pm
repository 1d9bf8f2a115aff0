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
use AtRest qw(wait_at_rest);
use Screen;

my $DEADLINE = 20;
my $INPUTRC  = join "\n", 'set show-all-if-ambiguous on', 'set completion-query-items -1',
    'set page-completions off', 'set bell-style none', 'set enable-bracketed-paste off',
    'set completion-display-width 0', '';

my $OWN   = qr/^(orders|clerk|order_\w+|mood|pair|posint|total|tidy|product|own_\w+|stock|far|plain_\w+|german|measures)$/;
my %TYPES = map { $_ => 1 } qw(BIGINT BOOLEAN CHARACTER INTEGER REAL SMALLINT), 'DOUBLE PRECISION';

# What to type next behind a place: every keyword; of names one.
sub next_places {
    my ($place, $offers) = @_;
    my (@next, $named);
    my ($own) = grep { /$OWN/ } sort keys %$offers;
    for my $offer (sort keys %$offers) {
        my $keyword = $offer =~ /^[A-Z(=*][A-Z_ (=]*$/ && !($TYPES{$offer} && $offers->{int4});
        next if !$keyword && ($named++ || defined $own) && $offer ne ($own // '');
        push @next, $place . $offer . ($offer =~ /[.(\/]$/ ? '' : ' ');
    }
    push @next, "${place}x ", "${place}(" unless keys %$offers || $place =~ /x \(?$|\($/;
    return @next;
}

# Files for the places that name some.
sub make_files {
    my ($dir) = @_;
    mkdir "$dir/sub";
    for my $name ('alpha.sql', 'two words.sql', "quo'te.sql", 'sub/beta.sql', 'sub/bravo.sql') {
        open my $out, '>', "$dir/$name" or die "$dir/$name: $!";
    }
}

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
    @$self{qw(pty owner text raw partial)} = ($pty, $$, '', '', '');
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
    $self->{terminal} = $pty->ttyname;
    $pty->close_slave;
    $self->expect(qr/# \z/) // die "$self->{program}: no prompt\n";
    $self->keep_prompt;
    return $self;
}

# The prompt as it was written: the line is drawn behind it.
sub keep_prompt {
    my ($self) = @_;
    ($self->{prompt}) = $self->{raw} =~ /([^\n]*)\z/;
    $self->{raw} = '';
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
        $self->pump(0.5) // return;
    }
    return;
}

# Takes in what has been written: 0 when there is nothing within the time, undef at the end.
sub pump {
    my ($self, $seconds) = @_;
    my $bits = '';
    vec($bits, fileno $self->{pty}, 1) = 1;
    return 0 if select($bits, undef, undef, $seconds) <= 0;
    sysread $self->{pty}, my $chunk, 65536 or return;
    $self->{raw} .= $chunk;
    $chunk = $self->{partial} . $chunk;
    $self->{partial} = $chunk =~ s/(\e(?:\[[0-9;?]*)?)\z// ? $1 : '';
    $chunk =~ s/\e\[[0-9;?]*[\x40-\x7e]|[\r\a]//g;
    $self->{text} .= $chunk;
    return 1;
}

sub type {
    my ($self, $text) = @_;
    wait_at_rest(pid => $self->{pid}, terminal => $self->{terminal}, pump => sub { $self->pump(0) });
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
    my $raw = $self->{prompt} . $self->{raw};
    $self->{raw} = '';
    $self->type("\x03");
    $self->expect(qr/\n[^\n]*[=\-('"\$*!^@][*!?]?# \z/) // die "no prompt behind: $place\n";
    $self->keep_prompt;
    my @lines = split /\n/, $seen;
    shift @lines if @lines > 1;
    my $last = pop @lines;
    return { map { $_ => 1 } map { s/\s+\z//r } @lines } if @lines;
    my $single = $self->line_shown($raw);
    return {} if $single eq $place =~ s/ \z//r;
    my ($word) = $place =~ /([^\s(,]*)\z/;
    my $from = length($place) - length $word;
    return { '(instead) ' . $single => 1 } if substr($single, 0, $from) ne substr $place, 0, $from;
    return { substr($single, $from) => 1 };
}

# What the line with the cursor shows in front of the mark, behind the prompt.
sub line_shown {
    my ($self, $raw) = @_;
    my $screen = Screen->new(300, 4000);
    $screen->feed($raw);
    my ($last) = $screen->text =~ /([^\n]*)\n\z/;
    return $last =~ s/\A\S*# //r =~ s/ ?~\|\z//r;
}

sub DESTROY {
    my ($self) = @_;
    local $?;
    return unless $self->{pid} && $self->{owner} == $$;
    close $self->{pty} if $self->{pty};
    kill 'HUP', $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
