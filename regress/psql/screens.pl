#!/usr/bin/perl
# Types every dialogue of screens/ into the real psql and into pgmish, each on a terminal of its
# own, and compares after every step what the two terminals show, and where their cursors stand.
# Part of `make check-psql`; `make check-psql SCRIPTS="prompts history"` for some.
#
# A dialogue is added by dropping NAME.dialogue in screens/.  Its lines:
#
#     = TITLE          a dialogue begins here
#     > TEXT           types TEXT and Enter, and waits for the next prompt
#     | TEXT           types TEXT only
#     ~ REGEX          what the step above waits for instead, in the output since it began; in
#                      front of all steps: instead of the first prompt
#     ? SQL            waits until this is true, asked in another session
#     * SQL            runs this in another session
#     . end            the program ends by itself; its exit status is compared
#     . size 10x40     the terminal changes its size: rows, columns
#     # COMMENT
#
# In TEXT, <Name> stands for a key: Tab Enter Esc BS Del Up Down Left Right Home End C-a to C-z.
# Settings, for the whole file above the first dialogue and else for one:
#
#     with psql ...        the command; "psql" is replaced (default: psql -X)
#     with env NAME=VALUE
#     with size 24x80
#     with sql SQL         run before, once for each program
#     with file NAME: TEXT into the working directory, \n meaning a new line
#     same s/REGEX/TEXT/   what cannot be equal, for instance process numbers
#
# psql has one server and pgmish another, so that both find the same databases and the same
# objects.  They ask the role "asked" for its password, which is "secret".  The two are driven side by side: a
# step begins when both wait for what is typed (lib/AtRest.pm), and is over as soon as both show what
# the step waits for and the screens are the same; nothing waits for a fixed time, except for the report
# that they do not become the same.  A dialogue that differs is run again, twice at most: psql has
# races of its own (see lib/Unsteady.pm).  Ends with "N passed, N failed" (dialogues).
use strict;
use warnings;
use Fcntl qw(:flock);
use File::Path qw(make_path remove_tree);
use FindBin;
use IO::Pty;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(time);
use lib "$FindBin::Bin/../lib";
use AtRest qw(wait_at_rest switches_of);
use Screen;
use TestServer;
use Unsteady;

my $DEADLINE = $ENV{DEADLINE} // 30;   # seconds until a step that does not come is given up
my $QUIET    = $ENV{QUIET} // 3;    # seconds without output after which screens that differ count as different
my $UNSTEADY = 4;    # dialogues that may be the same only when run again
my $pgmish   = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $folder   = "$FindBin::Bin/screens";
my $PROMPT   = qr/[^\n]*[#>] \z/;
my %KEYS = (
    Tab => "\t", Enter => "\r", Esc => "\e", BS => "\x7f", Up => "\e[A", Down => "\e[B",
    Right => "\e[C", Left => "\e[D", Home => "\e[H", End => "\e[F", Del => "\e[3~", Lt => '<',
    map { ("C-$_" => chr(ord(uc $_) & 31)) } 'a' .. 'z', '@', ']', '\\', '_',
);

# ---- reading dialogues -----------------------------------------------------------------------

sub keys_in {
    my ($text) = @_;
    return $text =~ s{<([A-Z][\w-]*|C-[\@\]\\])>}{$KEYS{$1} // "<$1>"}ger;
}

sub read_setting {
    my ($with, $line) = @_;
    if    ($line =~ /^env (\w+)=(.*)/s)      { $with->{env}{$1} = $2 }
    elsif ($line =~ /^size (\d+)x(\d+)$/)    { @$with{'rows', 'cols'} = ($1, $2) }
    elsif ($line =~ /^sql (.*)/s)            { push @{ $with->{sql} }, $1 }
    elsif ($line =~ /^file (\S.*?): (.*)/s)  { my ($name, $text) = ($1, $2); $with->{files}{$name} = $text =~ s/\\n/\n/gr =~ s/\\(\d{3})/chr oct $1/ger }
    elsif ($line =~ /^psql\b(.*)/)           { $with->{arguments} = $1 }
    else                                     { die "cannot read: with $line\n" }
}

sub copy_of {
    my ($with) = @_;
    return { %$with, env => { %{ $with->{env} } }, files => { %{ $with->{files} } },
        sql => [ @{ $with->{sql} } ], same => [ @{ $with->{same} } ] };
}

sub read_step {
    my ($steps, $sign, $text) = @_;
    if    ($sign eq '>') { push @$steps, { name => $text, keys => keys_in($text) . "\r", enter => 1 } }
    elsif ($sign eq '|') { push @$steps, map { { name => $text, keys => keys_in($_) } } split /(?=<Tab>)/, $text }
    elsif ($sign eq '?') { push @$steps, { name => $text, until => $text } }
    elsif ($sign eq '*') { push @$steps, { name => $text, sql => $text } }
    elsif ($sign eq '~' && !@$steps) { push @$steps, { name => '(start)', wait => qr/$text/ } }
    elsif ($sign eq '~') { $steps->[-1]{wait} = qr/$text/ }
    elsif ($text eq 'end') { push @$steps, { name => 'end', end => 1 } }
    elsif ($text =~ /^size (\d+)x(\d+)$/) { push @$steps, { name => $text, size => [ $1, $2 ] } }
    else { die "cannot read: $sign $text\n" }
}

# Dialogues of a file: { title, with, steps }.
sub read_dialogues {
    my ($path) = @_;
    my $all = { rows => 24, cols => 80, arguments => ' -X', env => {}, files => {}, sql => [], same => [] };
    my @dialogues;
    for my $line (split /\n/, TestServer::slurp($path)) {
        my $with = @dialogues ? $dialogues[-1]{with} : $all;
        if    ($line =~ /^(#|\s*$)/)              { next }
        elsif ($line =~ /^= (.*)/)                { push @dialogues, { title => $1, with => copy_of($all), steps => [] } }
        elsif ($line =~ /^with (.*)/)             { read_setting($with, $1) }
        elsif ($line =~ /^same (s(.).*\2.*\2\w*)$/) { push @{ $with->{same} }, $1 }
        elsif ($line =~ /^([>|~?*.])(?: (.*))?$/ && @dialogues) { read_step($dialogues[-1]{steps}, $1, $2 // '') }
        else { die "$path: cannot read: $line\n" }
    }
    return @dialogues;
}

# ---- a program on its terminal ----------------------------------------------------------------

# A side is one program with its server and its directory.
sub start_program {
    my ($side, $with) = @_;
    my $pty   = IO::Pty->new or die "no pty: $!";
    my $slave = $pty->slave;
    $slave->set_winsize(@$with{'rows', 'cols'});
    @$side{qw(pty slave text partial status)} = ($pty, $slave, '', '', undef);
    $side->{screen} = Screen->new(@$with{'rows', 'cols'});
    $side->{since} = 0;
    $side->{heard} = time;
    $side->{pid} = fork // die "fork: $!";
    return if $side->{pid};
    $pty->make_slave_controlling_terminal;
    close $pty;
    open STDIN,  '<&', $slave or die;
    open STDOUT, '>&', $slave or die;
    open STDERR, '>&', $slave or die;
    close $slave;
    %ENV = (
        (map { $_ => $ENV{$_} } grep { /^[A-Z]+SAN_OPTIONS$/ } keys %ENV),
        $side->{server}->env, PGDATABASE => 'play', PATH => "$side->{bin}:$ENV{PATH}", HOME => "$side->{dir}/home",
        LC_ALL => 'C.UTF-8', TZ => 'UTC', TERM => 'xterm', PAGER => 'cat', %{ $with->{env} });
    $SIG{$_} = 'DEFAULT' for qw(INT HUP PIPE CHLD TERM QUIT);
    chdir "$side->{dir}/cwd" or die "chdir: $!";
    exec(qw(/bin/sh -c), "exec psql$with->{arguments}") or POSIX::_exit(127);
}

# What has been written goes to the screen and, without escape sequences, to the text.
sub take_in {
    my ($side) = @_;
    return unless sysread $side->{pty}, my $chunk, 65536;
    $side->{heard} = time;
    # the directories have names of one length
    $chunk =~ s{/tmp/pgtest-\w{6}}{/tmp/pgtest-SERVER}g;
    $side->{screen}->feed($chunk);
    $chunk = $side->{partial} . $chunk;
    $side->{partial} = $chunk =~ s/(\e(?:\[[0-9;?]*|\][^\a\e]*|[()])?)\z// ? $1 : '';
    $chunk =~ s/\e\[[0-9;?]*[\x40-\x7e]|\e\][^\a\e]*(?:\a|\e\\)|\e[()].|\e[=>78]|\r//g;
    $side->{text} .= $chunk;
}

# Waits a moment for output of any of them; false: there was none.
sub pump {
    my ($seconds, @sides) = @_;
    my $bits = '';
    vec($bits, fileno $_->{pty}, 1) = 1 for @sides;
    return 0 if select($bits, undef, undef, $seconds) <= 0;
    take_in($_) for grep { vec $bits, fileno $_->{pty}, 1 } @sides;
    return 1;
}

sub ended {
    my ($side) = @_;
    return 1 if defined $side->{status};
    return 0 if waitpid($side->{pid}, WNOHANG) != $side->{pid};
    $side->{status} = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
    return 1;
}

# Until the program may be typed at (see AtRest).
sub rest {
    my ($side) = @_;
    wait_at_rest(pid => $side->{pid}, terminal => $side->{slave}->ttyname, pump => sub { pump(0, $side) });
}

# A Ctrl-C throws away what has not been read yet: what is in front of it is sent by itself.
sub send_keys {
    my ($side, $keys) = @_;
    $side->{since} = length $side->{text};
    my @parts = split /(?<=.)(?=[\x03\x1a\x1c])/s, $keys;
    for my $part (@parts) {
        my $switches = switches_of($side->{pid});
        while (length $part) {
            my $n = syswrite($side->{pty}, $part) // die "write to the terminal: $!";
            substr $part, 0, $n, '';
        }
        next if @parts == 1;
        for (1 .. 50) { # what was typed reaches the other side a little later
            last if pump(0.001, $side) || switches_of($side->{pid}) ne $switches;
        }
        rest($side);
    }
}

# Closing the terminal is what a user does; then by force.
sub stop_program {
    my ($side) = @_;
    close $side->{slave};
    close $side->{pty};
    kill 'HUP', $side->{pid} unless ended($side);
    my $end = time + 5;
    until (ended($side)) {
        kill 'KILL', $side->{pid} if time > $end;
        select undef, undef, undef, 0.002;
    }
}

# ---- a dialogue on both -------------------------------------------------------------------------

sub shown {
    my ($side, $with) = @_;
    my $text = $side->{screen}->text . '(cursor ' . $side->{screen}->cursor . ")\n";
    $text .= "(ended: $side->{status})\n" if defined $side->{status};
    local $_ = $text;
    for my $rule (@{ $with->{same} }) {
        eval "$rule; 1" or die "bad rule: $rule: $@";
    }
    return $_;
}

# The step's own pattern; behind Enter a prompt on a line of its own, as what is typed may look
# like one while it is echoed; else any output.
sub arrived {
    my ($side, $step) = @_;
    my $new = substr $side->{text}, $side->{since};
    return ended($side) if $step->{end};
    return $new =~ $step->{wait} if $step->{wait};
    return $new =~ /\n(?s:.*\n)?$PROMPT/ if $step->{enter};
    return length $new || time - $side->{heard} > 0.3;
}

# Empty when the screens are the same, else a unified diff, or what is missing.
sub compare {
    my ($psql, $ours, $step, $with) = @_;
    my $end = time + $DEADLINE;
    my ($want, $have);
    while (time < $end) {
        my $more = pump(0.05, $psql, $ours);
        next unless arrived($psql, $step) && arrived($ours, $step);
        1 while $step->{end} && pump(0, $psql, $ours);
        ($want, $have) = map { shown($_, $with) } $psql, $ours;
        return '' if $want eq $have;
        my ($heard) = sort { $b <=> $a } $psql->{heard}, $ours->{heard};
        return diff_of($want, $have) if !$more && time - $heard > $QUIET;
    }
    my $late = join ' and ', map { $_->{name} } grep { !arrived($_, $step) } $psql, $ours;
    return "did not come to an end of this step: $late\n"
        . diff_of(map { shown($_, $with) } $psql, $ours);
}

sub diff_of {
    my ($want, $have) = @_;
    my $dir = scratch();
    for ([ 'psql', $want ], [ 'pgmish', $have ]) {
        open my $out, '>:raw', "$dir/$_->[0]" or die "$dir: $!";
        print $out $_->[1];
    }
    return join '', map { "    $_" } `cd '$dir' && diff -a -U 100 psql pgmish`;
}

sub ask {
    my ($side, $sql) = @_;
    return $side->{server}->psql("-q", "-d", "play", "-c", $sql) =~ s{\n\z}{}r;
}

sub wait_for_sql {
    my ($side, $sql) = @_;
    my $end = time + $DEADLINE;
    while (time < $end) {
        return 1 if ask($side, $sql) eq "t";
        pump(0.02, $side);
    }
    return 0;
}

sub do_step {
    my ($sides, $step, $with) = @_;
    if ($step->{until}) {
        return join '', map { wait_for_sql($_, $step->{until}) ? '' : "not true for $_->{name}\n" } @$sides;
    }
    rest($_) for @$sides;
    for my $side (@$sides) {
        ask($side, $step->{sql}) if $step->{sql};
        if ($step->{size}) {
            $side->{slave}->set_winsize(@{ $step->{size} });
            $side->{screen}->resize(@{ $step->{size} });
        }
        send_keys($side, $step->{keys}) if defined $step->{keys};
    }
    return '' if $step->{sql} || $step->{size};
    return compare(@$sides, $step, $with);
}

sub prepare {
    my ($side, $with) = @_;
    my $dir = $side->{dir};
    remove_tree("$dir/cwd", "$dir/home");
    make_path("$dir/cwd", "$dir/home");
    for my $name (keys %{ $with->{files} }) {
        my $path = "$dir/cwd/$name";
        make_path($path =~ s{/[^/]*$}{}r);
        open my $out, '>:raw', $path or die "$path: $!";
        print $out $with->{files}{$name};
    }
    fresh_database($side, join ";\n", @{ $with->{sql} });
}

# A database in which the dialogue's own SQL has been run, and nothing else.  Nothing can be changed
# in PostgreSQL without taking a transaction id: one that is still as it was made is used again.
sub fresh_database {
    my ($side, $sql) = @_;
    my $server = $side->{server};
    my @next_xid = ('-d', 'postgres', '-c', 'SELECT pg_snapshot_xmax(pg_current_snapshot())');
    return if defined $side->{made} && $side->{made} eq $sql && $side->{next_xid} eq $server->psql(@next_xid);
    $server->psql('-q', '-d', 'postgres', '-c', 'SET client_min_messages = error',
        '-c', 'DROP DATABASE IF EXISTS play WITH (FORCE)', '-c', 'CREATE DATABASE play');
    ask($side, "SET client_min_messages = error;\n$sql") if length $sql;
    @$side{'made', 'next_xid'} = ($sql, $server->psql(@next_xid));
}

# Nothing of an earlier run stays.
sub start_anew {
    my ($side) = @_;
    $side->{server}->end_sessions;
    delete $side->{made};
}

# Empty, or what differs at the first step where something does.
sub run_dialogue {
    my ($sides, $dialogue) = @_;
    my $with = $dialogue->{with};
    my $report = '';
    for my $side (@$sides) {
        prepare($side, $with);
        start_program($side, $with);
    }
    my @steps = @{ $dialogue->{steps} };
    unshift @steps, { name => '(start)', wait => qr/$PROMPT/ } unless $steps[0]{name} eq '(start)';
    for my $step (@steps) {
        my $diff = do_step($sides, $step, $with);
        next unless $diff;
        $report = "  $dialogue->{title}: at: $step->{name}\n$diff";
        last;
    }
    stop_program($_) for @$sides;
    return $report;
}

# ---- all of them ---------------------------------------------------------------------------------

my $scratch;
sub scratch { return $scratch }

sub start_side {
    my ($name, $program) = @_;
    my $server = TestServer->start(settings => { autovacuum => 'off' });
    my $dir = "$server->{dir}-work";
    make_path("$dir/bin");
    open my $hba, '>', "$server->{dir}/data/pg_hba.conf" or die "pg_hba.conf: $!";
    print $hba "local all asked scram-sha-256\nlocal all all trust\n";
    close $hba;
    $server->psql('-q', '-d', 'postgres', '-c', "CREATE ROLE asked LOGIN PASSWORD 'secret'", '-c', 'SELECT pg_reload_conf()');
    symlink $program, "$dir/bin/psql" or die "$dir/bin/psql: $!";
    return { name => $name, server => $server, dir => $dir, bin => "$dir/bin" };
}

sub worker {
    my ($queue, $names, $tally, $unsteady) = @_;
    my @sides = (start_side('psql', TestServer::bindir() . '/psql'), start_side('pgmish', $pgmish));
    my ($passed, $failed) = (0, 0);
    $scratch = $sides[0]{dir};
    while (sysread $queue, my $record, 4) {
        my $name = $names->[unpack 'N', $record];
        my ($good, @reports, @notes) = (0);
        my $began = time;
        for my $dialogue (read_dialogues("$folder/$name.dialogue")) {
            next if $ENV{ONLY} && $dialogue->{title} !~ /$ENV{ONLY}/;
            my $first = run_dialogue(\@sides, $dialogue);
            my $still = $first;
            for (1 .. 2) {
                last if $still eq '' || !$unsteady->may_run_again($first . $still);
                start_anew($_) for @sides;
                $still = run_dialogue(\@sides, $dialogue);
            }
            if ($still ne '') { push @reports, $first; $unsteady->failed; next }
            push @notes, $unsteady->note("screens/$name: $dialogue->{title}", $first) if $first ne '';
            $good++;
        }
        flock $tally, LOCK_EX;
        printf "%-30s %s%s\n%s", "screens/$name", @reports ? 'FAILED (' . @reports . ' of ' . ($good + @reports) . ')' : "ok ($good)",
            $ENV{TIMES} ? sprintf(' %.1f s', time - $began) : '', join '', @reports, @notes;
        flock $tally, LOCK_UN;
        $passed += $good;
        $failed += @reports;
    }
    remove_tree($_->{dir}) for @sides;
    syswrite $tally, "$passed $failed\n";
}

$| = 1;
my @names = map { m{([^/]+)\.dialogue$} } glob "$folder/*.dialogue";
if (@ARGV) {
    my %wanted = map { s/\.dialogue$//r =~ s{^screens/}{}r => 1 } @ARGV;
    @names = grep { $wanted{$_} } @names or exit 0; # they are names of scripts
}
pipe my $queue, my $feed or die "pipe: $!";
my $results = ($pgmish =~ s{/[^/]*$}{}r) . '/screens.tally';
unlink $results;
my $unsteady = Unsteady->new($UNSTEADY, "$results.unsteady");
my @workers;
for (1 .. ($ENV{CHECK_JOBS} || 2)) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        close $feed;
        open my $tally, '>>', $results or die "$results: $!";
        exit(eval { worker($queue, \@names, $tally, $unsteady); 1 } ? 0 : (warn($@), 1)[1]);
    }
    push @workers, $pid;
}
close $queue;
syswrite $feed, pack 'N', $_ for 0 .. $#names;
close $feed;
my $failed = 0;
my $passed = 0;
for (@workers) {
    waitpid $_, 0;
    $failed++ if $?;
}
for (split /\n/, TestServer::slurp($results)) {
    my ($good, $bad) = split;
    $passed += $good;
    $failed += $bad;
}
$failed += $unsteady->over;
printf "%d passed, %d failed\n", $passed, $failed;
exit($failed || !$passed ? 1 : 0);
