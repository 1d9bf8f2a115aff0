package PgmishTest::Guide;

# Runs the examples of a page of the manual: every fenced block of it, in order, in one working
# directory.  What a fence is says its first line:
#
#   ```console      "$ " begins a command (continued by "> "), the rest is what it prints, stdout
#                   and stderr as they come.  A command whose block shows prompts ("postgres=# ") is
#                   a session: it gets a terminal, and what follows each prompt is typed.  A command
#                   that fails must be followed by "$ echo $?".  A line "..." stands for any lines.
#   ```sh           commands that must succeed; their output is not shown
#   ```sql          a whole deploy.sql: it is deployed twice, into a database of its own, with the
#                   other files of the directory "app" (by default a small project)
#   ```output       what the block before it printed, sql the first time
#   ```LANG by=TEST an example that another test runs
#   ```LANG PATH    a file: it is written.  The paragraph above must name it
#
# Anything else, indented code too, is an example that is not run, which is a failure.
# Durations, process numbers and the like are masked on both sides (see mask).
# UPDATE_GUIDES=1 writes what was printed into the page, to be read before it is committed.

use strict;
use warnings;
use File::Basename qw(dirname basename);
use File::Path qw(make_path);
use PgmishTest ();
use Test::More ();
use Time::HiRes qw(time);

my $PROMPT = qr/(?:\w+[=\-'"(*\^!][*!?]?[#>]|step \S+:\d+(?: \(other connection\))?>) ?/;
my %SAMPLE = (
    'migrations/001.sql' => "CREATE TABLE IF NOT EXISTS a (b int);\n",
    'project.json'       => qq({"version": "1.0"}\n),
    '__test__/test_a.sql' => "SELECT 1;\n",
);

# Blocks of a page, and what in it cannot be run.
sub parse {
    my ($text) = @_;
    my (@blocks, @problems, $open);
    my ($number, $above, $blank) = (0, '', 1);
    for my $line (split /^/, $text) {
        $number++;
        if ($open) {
            if ($line =~ /^```\s*$/) { push @blocks, $open; undef $open; $above = '' }
            else { $open->{text} .= $line }
        } elsif ($line =~ /^\s*```(\S*)\s*(.*?)\s*$/) {
            my ($kind, $path) = ($1, $2);
            my $by = $path =~ /^by=(.*)/ ? $1 : undef;
            $open = { kind => $kind, path => $path, line => $number, text => '' };
            push @problems, "line $number: a fence inside a list" if $line =~ /^\s/;
            push @problems, "line $number: the paragraph above does not name $path"
                if length $path && !defined $by && index($above, basename($path)) < 0;
            push @problems, "line $number: there is no $by" if defined $by && !-e "$PgmishTest::TOP/$by";
            push @problems, "line $number: a block of kind \"$kind\" is not run"
                unless length $path || $kind =~ /^(?:console|sh|sql|output)$/;
        } elsif ($line =~ /^(?:    |\t)\S/ && $blank) {
            push @problems, "line $number: an indented example is not run";
        } else {
            $above = $blank ? $line : $above . $line if $line =~ /\S/;
        }
        $blank = $line !~ /\S/;
    }
    push @problems, 'the last fence is open' if $open;
    return (\@blocks, \@problems);
}

# A page under test: file, server, name of its directory.
sub new {
    my ($class, %self) = @_;
    my $self = bless { %self, dir => PgmishTest::private_dir(), edits => [] }, $class;
    my $bin = PgmishTest::pgmish_program() =~ s{/pgmish$}{}r;
    $self->{options} = { server => $self->{server}, cwd => $self->{dir},
        env => { PGDATABASE => undef, PATH => "$bin:$ENV{PATH}", NO_COLOR => undef } };
    return $self;
}

sub test {
    my ($self) = @_;
    my ($blocks, $problems) = parse(my $text = PgmishTest::slurp($self->{file}));
    my $name = basename($self->{file});
    Test::More::is(join("\n", @$problems), '', "$name: every example is run");
    for my $block (@$blocks) {
        my $what = "$name:$block->{line}";
        next if $block->{path} =~ /^by=/;
        if (length $block->{path}) { $self->write_file($block, $what) }
        elsif ($block->{kind} eq 'sh') { $self->commands($block, $what) }
        elsif ($block->{kind} eq 'sql') { $self->script($block, $what) }
        elsif ($block->{kind} eq 'output') { $self->shown($block, $what, $block->{text}, $self->{last}) }
        elsif ($block->{kind} eq 'console') { $self->console($block, $what) }
    }
    $self->update($text) if $ENV{UPDATE_GUIDES};
    return scalar @$blocks;
}

sub write_file {
    my ($self, $block, $what) = @_;
    my $path = "$self->{dir}/$block->{path}";
    make_path(dirname($path));
    PgmishTest::spew($path, $block->{text});
}

sub commands {
    my ($self, $block, $what) = @_;
    my ($exit, $out) = PgmishTest::run(['/bin/sh', '-ec', "exec 2>&1\n$block->{text}"], %{ $self->{options} });
    Test::More::is($exit, 0, "$what: commands") or Test::More::diag($out);
    $self->{last} = $out;
}

# The directory "app" as far as the page has made one, completed, with this deploy.sql.
sub script {
    my ($self, $block, $what) = @_;
    my $app = "$self->{dir}/app";
    PgmishTest::make_project(\%SAMPLE, $app) unless -d $app;
    PgmishTest::spew("$app/deploy.sql", $block->{text});
    $self->{server}->psql('-d', 'postgres', '-c', 'SET client_min_messages = warning', '-c', 'DROP DATABASE IF EXISTS appdb WITH (FORCE)');
    for my $time ('first', 'again') {
        my ($exit, $out, $err) = PgmishTest::run([PgmishTest::pgmi_program(), 'deploy', 'app', '-d', 'appdb'], %{ $self->{options} });
        Test::More::is($exit, 0, "$what: deploys, $time") or Test::More::diag($err);
        $self->{last} = $err if $time eq 'first';
    }
}

# ---- console blocks ------------------------------------------------------------------------

# Commands with what is printed, and the run of each: together until a session comes.
sub console {
    my ($self, $block, $what) = @_;
    my @steps;
    for my $line (split /^/, $block->{text}) {
        if ($line =~ s/^\$ //) { push @steps, { command => $line, shown => '' } }
        elsif (!@steps) { Test::More::fail("$what: begins with a command"); return }
        elsif ($steps[-1]{shown} eq '' && $line =~ s/^> //) { $steps[-1]{command} .= $line }
        else { $steps[-1]{shown} .= $line }
    }
    my @together;
    for my $step (@steps) {
        $step->{session} = $step->{shown} =~ /^$PROMPT/m;
        if (!$step->{session}) { push @together, $step; next }
        $self->shell_steps(splice @together);
        $self->session($step);
    }
    $self->shell_steps(@together);
    my $new = '';
    while (my $step = shift @steps) {
        my $ok = $self->shown($block, "$what: \$ " . ($step->{command} =~ s/\n\z//r), $step->{shown}, $step->{out});
        Test::More::ok(!$step->{exit} || (@steps && $steps[0]{command} =~ /^echo \$\?/), "$what: status is shown or 0") or
            Test::More::diag("status $step->{exit}");
        $new .= '$ ' . $step->{command} =~ s/\n(?=.)/\n> /gr . ($ok ? $step->{shown} : $step->{out});
    }
    push @{ $self->{edits} }, [$block->{line}, $new];
}

# In one shell, so that variables and $? last; a mark tells the outputs apart.
sub shell_steps {
    my ($self, @steps) = @_;
    return unless @steps;
    my $script = "exec 2>&1\n" . join '', map { "$_->{command}\n__s=\$?; printf '\\001%s\\001' \"\$__s\"; (exit \"\$__s\")\n" } @steps;
    my ($exit, $out, $err) = PgmishTest::run(['/bin/sh', '-c', $script], %{ $self->{options} });
    my @parts = split /\001/, $out . $err, -1;
    @$_{'out', 'exit'} = (splice(@parts, 0, 2), '', 0)[0, 1] for @steps;
}

# On a terminal without line editing, whose echo would show what was typed twice; a dumb one, so that
# progress is not drawn over and over.
sub session {
    my ($self, $step) = @_;
    my ($before) = $step->{shown} =~ /\A(.*?)^$PROMPT/ms;
    my @typed = $step->{shown} =~ /^($PROMPT.*)$/mg;
    my $pty = PgmishTest::spawn_pty(['/bin/sh', '-c', $step->{command} =~ s/\bpgmish\b/pgmish -n/r],
        %{ $self->{options} }, rows => 1000, cols => 250, term => 'dumb', env => { %{ $self->{options}{env} }, PAGER => 'cat' });
    my $from = 0;
    for my $line (@typed) {
        my ($prompt, $input) = $line =~ /^($PROMPT)(.*)$/;
        $prompt =~ s/ $//;
        wait_for_prompt($pty, $from, qr/\Q$prompt\E ?/);
        $from = length $pty->{text};
        $pty->type($input);
    }
    wait_for_prompt($pty, $from, $PROMPT);
    $pty->type('\q');
    $step->{exit} = $pty->finish('the session ends');
    $step->{out} = $pty->transcript =~ s/^\w+ \([^\n]*\)\nType "help"[^\n]*\n\n?//mr =~ s/\n*^$PROMPT\\q\n\z/\n/mr;
}

# What is typed before the prompt is there would be shown twice.
sub wait_for_prompt {
    my ($pty, $from, $prompt) = @_;
    my $end = time + 60;
    until (substr($pty->{text}, $from) =~ /^$prompt\z/m) {
        next if $pty->pump(0.1);
        last if time > $end || $pty->ended;
    }
}

# ---- comparing -----------------------------------------------------------------------------

# What differs from run to run.  Where a duration stands the widths of the table follow it.
sub mask {
    my ($text) = @_;
    $text =~ s/\bpg_temp_\d+/pg_temp_N/g;
    $text =~ s/\b(process|PID|pid) \d+/$1 N/g;
    $text =~ s{/tmp/[\w.-]+}{/tmp/DIR}g;
    $text =~ s/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d)?/TIMESTAMP/g;
    my $table = $text =~ s/\| +\d+\.\d+( \| +\d+\b)?/$1 ? '| N | N' : '| N'/eg; # milliseconds and their share
    $text =~ s/(?<=duration_ms: )\d+\.\d+/N/g;
    if ($table + ($text =~ s/\b\d+(?:\.\d+)? (?=(?:ms|s)\b)|\b\d+\.\d+s\b|(?<="durationMs": )\d+/N /g)) {
        $text =~ s/[ \t]+/ /g;
        $text =~ s/--+/-/g;
    }
    return $text =~ s/[ \t]+$//mgr;
}

sub shown {
    my ($self, $block, $what, $want, $got) = @_;
    my ($left, $right) = map { mask($_ // '') } $want, $got;
    s/\n*\z/\n/ for $left, $right;
    my $regex = join '', map { /^\.\.\.\n/ ? '(?:.*\n)*?' : quotemeta } split /^/, $left;
    my $ok = $right =~ /\A$regex\z/;
    push @{ $self->{edits} }, [$block->{line}, $got] if !$ok && $block->{kind} eq 'output';
    return 1 if Test::More::ok($ok, $what);
    Test::More::diag("---- the page shows\n$left---- printed was\n$right");
    return 0;
}

# The page with what was printed.
sub update {
    my ($self, $text) = @_;
    my %new = map { @$_ } @{ $self->{edits} };
    my ($number, $out, $skip) = (0, '', 0);
    for my $line (split /^/, $text) {
        $number++;
        $skip = 0 if $line =~ /^```/;
        $out .= $line unless $skip;
        next unless exists $new{$number};
        $out .= $new{$number} =~ s/[ \t]+$//mgr =~ s/\n*\z/\n/r;
        $skip = 1;
    }
    PgmishTest::spew($self->{file}, $out) if $out ne $text;
}

1;
