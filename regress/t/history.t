#!/usr/bin/perl
# History: entries, the file (psql's form), HISTCONTROL, HISTSIZE, HISTFILE, \s, secrets.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server();
my $dir    = private_dir();
my $file   = "$dir/history";

# Types lines at the prompts of one program, then Ctrl-D; returns what the history file holds.  A
# line is a text, or a text and what to wait for instead of a prompt.
sub typed {
    my ($program, $lines, %options) = @_;
    my $pty = spawn_pty([ $program, '-X', @{ $options{arguments} // [] } ],
        server => $server, timeout => 30, %options,
        env => { PSQL_HISTORY => $file, PAGER => 'cat', %{ $options{env} // {} } });
    $pty->expect(PROMPT, 'first prompt');
    for my $step (@$lines) {
        my ($line, $wanted) = ref $step ? @$step : ($step, PROMPT);
        $pty->send($line);
        $pty->expect(after_enter($line, $wanted), $line =~ s/[^ -~]/./gr);
    }
    $pty->send("\x04");
    is($pty->finish('ends at Ctrl-D'), 0, 'exit status');
    return -e $file ? slurp($file) : undef;
}

# Both programs, each with a fresh file (or one that holds $before): the same file.
sub same_file {
    my ($name, $lines, %options) = @_;
    my $before = delete $options{before};
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    subtest $name => sub {
        my @files;
        for my $program (psql_program(), pgmish_program()) {
            unlink $file;
            spew($file, $before) if defined $before;
            push @files, typed($program, $lines, %options);
        }
        is($files[1], $files[0], 'same file');
    };
    return;
}

# ---- entries ------------------------------------------------------------------------------------
same_file('a statement is one entry', [ "SELECT 1;\r", "SELECT\r", "2\r", ";\r", "\\echo hi\r" ]);
same_file('meta-commands behind statements',
    [ "SELECT 1; SELECT 2;\r", "SELECT 3 \\g\r", "SELECT\r", "\\p\r", "4;\r", "\\r\r" ]);
same_file('quotes over lines', [ "SELECT 'a\r", "\r", "b' AS \"x\r", "y\";\r" ]);
same_file('empty lines and blanks', [ "\r", "   \r", " SELECT 1;\r", "\r" ]);
same_file('comments', [ "-- c\r", "SELECT 1;\r", "/* a\r", "b */ SELECT 2;\r", "   \r", "-- d\r" ]);
same_file('an inactive branch', [ "\\if false\r", "SELECT 1;\r", "\\endif\r" ]);
same_file('an interrupted statement', [ "SELECT\r", "1,\r", "\x03", "SELECT 2;\r" ]);
same_file('repeated entries', [ "SELECT 1;\r", "SELECT 1;\r", "SELECT 1;\r" ]);
same_file('ignoredups', [ "\\set HISTCONTROL ignoredups\r", "SELECT 1;\r", "SELECT 1;\r" ]);
same_file('ignorespace', [ "\\set HISTCONTROL ignorespace\r", " SELECT 1;\r", "SELECT 2;\r" ]);
same_file('ignoreboth',
    [ "\\set HISTCONTROL ignoreboth\r", " SELECT 1;\r", "SELECT 2;\r", "SELECT 2;\r" ]);
same_file('not ASCII', [ "SELECT 'Grüße', '日本';\r" ]);

# ---- the file ------------------------------------------------------------------------------------
my $old = join '', map { "SELECT $_;\n" } 1 .. 9;
same_file('appends', [ "SELECT 'new';\r" ], before => $old);
same_file('HISTSIZE cuts', [ "\\set HISTSIZE 4\r", "SELECT 'new';\r" ], before => $old);
same_file('HISTSIZE smaller than what was typed',
    [ "\\set HISTSIZE 2\r", "SELECT 'a';\r", "SELECT 'b';\r" ], before => $old);
same_file('HISTSIZE 0', [ "\\set HISTSIZE 0\r" ], before => $old);
same_file('HISTSIZE -1', [ "\\set HISTSIZE -1\r" ], before => $old);
same_file('an old entry comes back with its lines', [ "\e[A\r" ],
    before => "SELECT 1;\nSELECT\x{1}2,\x{1}3;\n");
same_file('nothing without line editing', [ "SELECT 1;\r" ], arguments => ['-n']);
same_file('HISTFILE wins', [ "SELECT 1;\r" ], arguments => [ '-v', "HISTFILE=$file" ],
    env => { PSQL_HISTORY => "$dir/other" });

unlink $file;
typed(pgmish_program(), ["SELECT 1;\r"]);
is((stat $file)[2] & 07777, 0600, 'the file is private');

unlink $file;
is(typed(pgmish_program(), ["SELECT 1;\r"], env => { PSQL_HISTORY => '/dev/null' }), undef,
    '/dev/null: nothing is kept');

# Two sessions that overlap: the second to end must not undo the first.
unlink $file;
my @sessions = map {
    my $pty = spawn_pty([ pgmish_program(), '-X' ], server => $server, timeout => 30,
        env => { PSQL_HISTORY => $file });
    $pty->expect(PROMPT, "session $_: prompt");
    $pty->send("SELECT 'session $_';\r");
    $pty->expect(PROMPT, "session $_: statement");
    $pty;
} 1, 2;
for my $pty (@sessions) {
    $pty->send("\x04");
    $pty->finish('session ends');
}
is(slurp($file), "SELECT 'session 1';\nSELECT 'session 2';\n", 'both sessions are kept');

# A psql built with libedit writes another form; what is there is read, and the form is kept.
spew($file, "_HiStOrY_V2_\nSELECT\\0401;\nSELECT\\040'\\^A'\\0012;\n");
my $kept = typed(pgmish_program(), [ "\\s\r", "SELECT 7;\r" ]);
like($kept, qr/\A_HiStOrY_V2_\nSELECT\\0401;\n.*\n\\134s\nSELECT\\0407;\n\z/s,
    'a libedit history stays one');

# ---- \s ---------------------------------------------------------------------------------------------
spew($file, "SELECT 1;\nSELECT\x{1}2;\n");
for my $program (psql_program(), as_psql()) {
    spew("$dir/copy", 'old');
    typed($program, [ "\\s\r", "\\s $dir/copy\r", "\\s /nowhere/x\r" ], env => { PSQL_HISTORY => $file });
    like(slurp("$dir/copy"), qr/\ASELECT 1;\nSELECT\n2;\n\\s\n(?:\\s \S+\n)?\z/, '\s FILE');
    spew($file, "SELECT 1;\nSELECT\x{1}2;\n");
}
same_screen('\s', $server,
    [ [ "SELECT 'first';\r", PROMPT ], [ "SELECT\r", PROMPT ], [ "'second';\r", PROMPT ],
      [ "\\s\r", PROMPT ], [ "\\s /nowhere/x\r", PROMPT ] ]);
for my $case ([ '\s', 1 ], [ "\\s $dir/none", 0 ]) {
    my ($text) = @$case;
    my @want = run([ psql_program(), '-X', '-v', 'ON_ERROR_STOP=1' ], stdin => "$text\n", server => $server);
    my @have = run([ as_psql(), '-X', '-v', 'ON_ERROR_STOP=1' ], stdin => "$text\n", server => $server);
    is_deeply(\@have, \@want, "$text in a script");
}

# ---- secrets ----------------------------------------------------------------------------------------------
unlink $file;
my $text = typed(pgmish_program(),
    [ "\\pgmi load /nowhere api_key=sesame 'db_password=open now' plain\r",
      "\\echo x \\pgmi set token sesame\r", "\\pgmi set api_key=sesame\r",
      [ "\\password alice sesame\r", qr/password .*: |invalid command/ ], "\x03", "SELECT 'a=b';\r" ]);
unlike($text, qr/sesame|open now/, 'no parameter value and no password is kept');
like($text, qr{^\\pgmi load /nowhere api_key=\*\*\* 'db_password=\*\*\* plain$}m, '\pgmi load');
like($text, qr{^\\echo x \\pgmi set token \*\*\*$}m, '\pgmi set, behind another command');
like($text, qr{^\\password alice$}m, '\password');
like($text, qr{^SELECT 'a=b';$}m, 'what is typed as SQL is kept as it is');

done_testing();
