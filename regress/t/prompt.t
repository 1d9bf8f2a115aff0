#!/usr/bin/perl
# Prompts: every escape, the state they show, PROMPT2 by what is open, PROMPT3.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server();
$server->query('CREATE ROLE guest LOGIN');
$server->query('CREATE DATABASE guest OWNER guest');

# ---- escapes, against psql --------------------------------------------------------------------
# Each prompt ends with "|> ", so that its end can be waited for.
my $end = qr/\|> \z/;
my @escapes = (
    '%M', '%m', '%>', '%n', '%/', '%~', '%#', '%R', '%x', '%l', '%%', '%041', '%101%102', '%q', '%',
    '%:USER:', '%:nosuch:', '%`echo one; echo two`', '%`false`', '%[%033[1m%]bold%[%033[0m%]', '%w',
    'a%0z', '%:USER', '%`echo open',
);
for my $escape (@escapes) {
    my $text = $escape =~ s/'/''/gr =~ s/\\/\\\\/gr =~ s/`/\\140/gr;
    # without a place for it the end mark would become part of the argument
    my $open = $escape =~ /^%(?:`|:)/ && $escape !~ /[:`]\z/;
    same_screen("prompt $escape", $server,
        [ ["\\set PROMPT1 '$text|> '\r", $open ? qr/PROMPT1.*\n.*\z/ : $end] ]) unless $open;
}
same_screen('prompts without a connection', $server,
    [ [ "\\set PROMPT1 '%M%m%>%n%/%~%#%R%x|> '\r", $end ],
      [ "SELECT pg_terminate_backend(pg_backend_pid());\r", qr/Succeeded\.\n.*\|> \z/s ] ]);
same_screen('a long prompt is cut', $server,
    [ [ "\\set long `printf 'x%.0s' \$(seq 200)`\r", PROMPT ],
      [ "\\set PROMPT1 '%:long:-%:long:|> '\r", qr/x-x{20}/ ] ], cols => 120,
    arguments => [ '-X', '-n' ]);
same_screen('-n writes the marks of invisible parts as they are', $server,
    [ [ "\\set PROMPT1 '%[x%]|> '\r", $end ] ], arguments => [ '-X', '-n' ]);

# ---- state, against psql -----------------------------------------------------------------------
for my $lines ([ 'SELECT (1', ',2)', ';' ], [ 'SELECT', '', '1', '\\p', '+1', ';' ],
    [ 'SELECT 1; SELECT 2', '+4', '\\g' ], [ "SELECT 'a", '', "b'", ';' ]) {
    same_screen("%l in @$lines", $server,
        [ [ "\\set PROMPT1 '%l%R=> '\r", qr/=> \z/ ], [ "\\set PROMPT2 '%l%R> '\r", qr/=> \z/ ],
          map { [ "$_\r", qr/\d.> \z|=> \z/ ] } @$lines ]);
}
same_screen('what is open', $server,
    [ [ "SELECT (1,\r", PROMPT ], [ "'a\r", PROMPT ], [ "b',\"c\r", PROMPT ], [ "d\",\r", PROMPT ],
      [ "/* e\r", PROMPT ], [ "*/ \$\$ f\r", PROMPT ], [ "\$\$, 2) -- g\r", PROMPT ],
      [ "FROM nowhere;\r", qr/ERROR.*PROMPT|=# \z/s ] ]);
same_screen('transactions', $server,
    [ [ "BEGIN;\r", PROMPT ], [ "SELECT 1/0;\r", PROMPT ], [ "SELECT\r", PROMPT ],
      [ "1;\r", PROMPT ], [ "ROLLBACK;\r", PROMPT ] ]);
same_screen('an inactive branch', $server,
    [ [ "\\if false\r", PROMPT ], [ "SELECT 1;\r", PROMPT ], [ "\\else\r", PROMPT ],
      [ "\\endif\r", PROMPT ] ]);
same_screen('single-line mode', $server,
    [ [ "\\set SINGLELINE on\r", PROMPT ], [ "SELECT 1\r", PROMPT ] ]);
same_screen('%l and %w', $server,
    [ [ "\\set PROMPT1 '%lé%n=> '\r", qr/=> \z/ ], [ "\\set PROMPT2 '%l%w> '\r", qr/=> \z/ ],
      [ "SELECT\r", qr/2 +> \z/ ], [ "1\r", qr/3 +> \z/ ], [ ";\r", qr/=> \z/ ] ]);
same_screen('a prompt of two lines', $server,
    [ [ "\\set PROMPT1 'first line\\n%n=> '\r", qr/=> \z/ ], [ "\\set PROMPT2 '%w> '\r", qr/=> \z/ ],
      [ "SELECT\r", qr/ > \z/ ], [ "1;\r", qr/=> \z/ ] ]);
same_screen('COPY data', $server,
    [ [ "CREATE TEMP TABLE t (a int);\r", PROMPT ], [ "COPY t FROM STDIN;\r", qr/>> \z/ ],
      [ "1\r", qr/>> \z/ ], [ "\\.\r", PROMPT ], [ "\\set PROMPT3 'data %n: '\r", PROMPT ],
      [ "COPY t FROM STDIN;\r", qr/data postgres: \z/ ], [ "\\.\r", PROMPT ] ]);
same_screen('another user', $server,
    [ [ "\\set PROMPT1 '%n %~ %# %/|> '\r", $end ], [ "SET SESSION AUTHORIZATION guest;\r", $end ],
      [ "\\c guest guest\r", $end ] ]);
same_screen('unset prompts are empty', $server,
    [ [ "\\unset PROMPT1\r", qr/PROMPT1\n\z/ ], [ "\\echo here\r", qr/here\n.*here\n\z/s ] ]);

# ---- %p cannot be the same in two programs -------------------------------------------------------
my $pty = spawn_pty([pgmish_program(), '-X'], server => $server);
$pty->expect(PROMPT, 'first prompt');
$pty->type("\\set PROMPT1 'pid %p|> '");
my $seen = $pty->expect(qr/\n.*\|> \z/, 'prompt with a process number');
$pty->type('SELECT pg_backend_pid();');
my $said = $pty->expect(qr/\(1 row\)\n\n.*\|> \z/s, 'the server says it');
my ($pid) = $seen =~ /pid (\d+)\|> \z/;
like($said, qr/^ *\Q$pid\E$/m, '%p is the number of the server process');
$pty->type('\q');
is($pty->finish, 0, 'ends');

# ---- %P, which psql has from 18 on ---------------------------------------------------------------
$pty = spawn_pty([pgmish_program(), '-X', '-q'], server => $server);
$pty->expect(PROMPT, 'first prompt');
for (["\\set PROMPT1 '%P|> '", 'off'], ['\startpipeline', 'on'], ['SELECT $1;', 'on'],
    ['\flushrequest', qr/on|abort/], ['\getresults', 'abort'], # what was asked for may be
    ['\syncpipeline', qr/abort|on/],                            # here already, or not
    ['\getresults', 'on'], ['\endpipeline', 'off']) {
    my ($line, $state) = @$_;
    $pty->type($line);
    like($pty->expect(qr/\n\w+\|> \z/, "prompt behind $line"), qr/^(?:$state)\|> \z/m, "%P is $state");
}
$pty->type('\q');
is($pty->finish, 0, 'ends');

done_testing();
