package AtRest;

# When a program on a terminal may be typed at.
#
#   wait_at_rest(pid => PID, terminal => '/dev/pts/3', pump => CODE);
#
# Whoever types before the program reads gets another screen: the terminal itself echoes then, a
# Ctrl-C throws away what nobody has read yet, and psql has moments at which it does not expect one.
# A prompt on the screen does not say that the program has come to its read, and where nothing is
# shown there is nothing to wait for.  So before every key the tests ask the kernel: whoever is in the
# foreground of the terminal sleeps (proc(5): syscall), all that was typed has been read, and all that
# was written has been taken in.  One look could fall between two steps of the program, or of the
# terminal's own work, so it has to look the same several times, the program not having run at all;
# many more times where it does not sleep in a read of the terminal: it waits for a server or for a
# child, which may be what the test wants (a Ctrl-C into a query), but may be over soon.
#
# A program that is never at rest is waited for until the deadline, and then typed at.

use strict;
use warnings;
no warnings 'portable'; # addresses have 64 bits
use Exporter qw(import);
use Fcntl;
use POSIX ();
use Time::HiRes qw(time);

our @EXPORT_OK = qw(wait_at_rest switches_of);

my $DEADLINE    = 5;      # seconds
# Equal looks that are needed and the seconds between two, where the terminal is read and elsewhere.
my %LOOKS = (1 => [ 3, 0.001 ], 0 => [ 8, 0.005 ]);
my $FIONREAD    = 0x541b;

# Numbers of the system calls that matter (asm/unistd.h).
my %CALLS = (
    x86_64  => { read => 0,  write => 1,  writev => 20, poll => 7,  ppoll => 271, select => 23, pselect => 270 },
    aarch64 => { read => 63, write => 64, writev => 66, poll => -2, ppoll => 73,  select => -2, pselect => 72 },
);
my $calls = $CALLS{ (POSIX::uname())[4] };

# Options: pid, the leader of the terminal's session; terminal, the name of its device; pump, code
# that takes in output which is there already and says whether there was any.  True: it is at rest,
# or has ended.
sub wait_at_rest {
    my (%options) = @_;
    my $end = time + $DEADLINE;
    my ($last, $same) = ('', 0);
    while (time < $end) {
        if ($options{pump}->()) {
            $last = '';
            next;
        }
        my ($reads, $look) = look(@options{'pid', 'terminal'});
        return 1 if defined $look && $look eq '';
        $same = defined $look && $look eq $last ? $same + 1 : 0;
        $last = $look // '';
        my ($needed, $pause) = @{ $LOOKS{$reads} };
        return 1 if $same >= $needed - 1 && !$options{pump}->();
        select undef, undef, undef, $pause;
    }
    return 0;
}

# How often the process went to sleep: a number that changes when it has done anything.
sub switches_of {
    my ($pid) = @_;
    return contents("/proc/$pid/status") =~ /^voluntary_ctxt_switches:\s*(\d+)/m ? $1 : '';
}

# Whether someone reads the terminal, and a text that stays the same while nobody does anything: empty
# when the program has ended, undef when someone runs or has not read yet what was typed.
sub look {
    my ($leader, $terminal) = @_;
    my $stat = stat_of($leader) or return (0, '');
    return (0, '') if $stat->{state} eq 'Z';
    my $unread = unread($terminal);
    my ($reads, $what) = $stat->{group} == $stat->{foreground} ? asleep($leader, $terminal) : (0, '');
    return (0, undef) unless defined $what;
    if (!$reads) {
        ($reads, $what) = (0, '');
        for my $pid (in_foreground($stat)) {
            my ($reader, $sleeps) = asleep($pid, $terminal);
            return (0, undef) unless defined $sleeps;
            $reads ||= $reader;
            $what .= $sleeps;
        }
    }
    return (0, undef) if $reads && $unread;
    return ($reads, "$what($unread)");
}

# Whether the process sleeps in a read of the terminal, and where it sleeps; undef: it does not sleep,
# or in a write.
sub asleep {
    my ($pid, $terminal) = @_;
    my $where = contents("/proc/$pid/syscall");
    if ($where eq '') {
        my $stat = stat_of($pid) or return (0, '');
        return (0, $stat->{state} eq 'R' ? undef : "$pid $stat->{state} " . switches_of($pid));
    }
    my ($number, @arguments) = map { /^0x/ ? hex : $_ } split ' ', $where;
    return (0, undef) if $number eq 'running' || $number < 0;
    my $reads = 0;
    if ($calls) {
        return (0, undef) if $number == $calls->{write} || $number == $calls->{writev};
        $reads = 0 + !!grep { is_terminal($pid, $_, $terminal) } awaited($pid, $number, @arguments);
    }
    return ($reads, "$pid $where " . switches_of($pid));
}

# Descriptors that the call waits for.
sub awaited {
    my ($pid, $number, @arguments) = @_;
    return $arguments[0] if $number == $calls->{read};
    if ($number == $calls->{poll} || $number == $calls->{ppoll}) {
        return if $arguments[1] > 64;
        my @fields = unpack '(lss)*', memory($pid, $arguments[0], 8 * $arguments[1]);
        return map { $fields[3 * $_ + 1] & 1 ? $fields[3 * $_] : () } 0 .. $#fields / 3;
    }
    if ($number == $calls->{select} || $number == $calls->{pselect}) {
        return if $arguments[0] > 1024 || !$arguments[1];
        my $set = unpack 'b*', memory($pid, $arguments[1], int(($arguments[0] + 63) / 64) * 8);
        return grep { substr($set, $_, 1) } 0 .. (length $set < $arguments[0] ? length $set : $arguments[0]) - 1;
    }
    return;
}

sub is_terminal {
    my ($pid, $fd, $terminal) = @_;
    my $target = readlink "/proc/$pid/fd/$fd";
    return defined $target && ($target eq $terminal || $target eq '/dev/tty');
}

sub memory {
    my ($pid, $address, $length) = @_;
    sysopen my $in, "/proc/$pid/mem", O_RDONLY or return '';
    sysseek $in, $address, 0 or return '';
    my $bytes;
    return sysread($in, $bytes, $length) ? $bytes : '';
}

# Bytes that were typed and that nobody has read (of a terminal that hands out lines: whole lines).
sub unread {
    my ($terminal) = @_;
    sysopen my $in, $terminal, O_RDONLY | O_NOCTTY | O_NONBLOCK or return 0;
    my $count = pack 'i', 0;
    return ioctl($in, $FIONREAD, $count) ? unpack('i', $count) : 0;
}

sub stat_of {
    my ($pid) = @_;
    # the program's name, in parentheses, may hold anything
    my ($fields) = contents("/proc/$pid/stat") =~ /.*\) (.*)/s or return;
    my %stat = (pid => $pid);
    @stat{qw(state parent group session terminal foreground)} = split ' ', $fields;
    return \%stat;
}

# Processes of the leader's session that are in the foreground, but not the dead.
sub in_foreground {
    my ($leader) = @_;
    opendir my $all, '/proc' or return $leader->{pid};
    my @found;
    for my $pid (sort grep { /^\d+$/ } readdir $all) {
        my $stat = stat_of($pid) or next;
        push @found, $pid if $stat->{session} == $leader->{session} && $stat->{group} == $leader->{foreground}
            && $stat->{state} ne 'Z';
    }
    return @found;
}

sub contents {
    my ($path) = @_;
    sysopen my $in, $path, O_RDONLY or return '';
    my $text;
    return sysread($in, $text, 65536) ? $text : '';
}

1;
