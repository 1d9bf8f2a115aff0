#!/usr/bin/perl
# Line editing: keys, Ctrl-C and Ctrl-D, pasting, resizing, signals, inputrc and editrc, terminals
# that can do little.  What readline users know is compared with psql as rendered screens.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server();
my $prompt = PROMPT;
my %key = (up => "\e[A", down => "\e[B", right => "\e[C", left => "\e[D");

# ---- keys ---------------------------------------------------------------------------------------
same_screen('moving and changing', $server,
    [ [ "LECT 1;\x01SE\x05\r", $prompt ], [ "SELECT 12$key{left}\x7f34;\x05;\r", $prompt ],
      [ "SELECT 1; \x17\x17SELECT 2;\r", $prompt ], [ "abc\x15SELECT 3;\r", $prompt ],
      [ "SELECT 4;xyz$key{left}$key{left}$key{left}\x0b\r", $prompt ],
      [ "xSELECT 5;\x01\x04\r", $prompt ], [ "SELECT 6;\e[H\e[C\e[C\e[3~L\e[F\r", $prompt ] ]);
same_screen('words', $server,
    [ [ "SELECT one two;\eb\eb\ed\ef\x7f\x7f\x7f3\r", $prompt ], [ ";\r", $prompt ] ]);
same_screen('kill and yank', $server,
    [ [ "1;\x15SELECT \x19\r", $prompt ], [ "SELECT 7 8\x01\x0b\x19;\r", $prompt ] ]);
same_screen('history keys', $server,
    [ [ "SELECT 1;\r", $prompt ], [ "SELECT 2;\r", $prompt ],
      [ "$key{up}$key{up}\r", $prompt ], [ "\x10\x10\x0e\r", $prompt ],
      [ "draft$key{up}$key{down}\x15SELECT 3;\r", $prompt ] ]);
my @two = ([ "SELECT 1;\r", $prompt ], [ "SELECT 22;\r", $prompt ]);
same_screen('search: run', $server, [ @two, [ "\x12T 1", qr/T 1/ ], [ "\r", $prompt ] ]);
same_screen('search: change', $server, [ @two, [ "\x12T 1", qr/T 1/ ], [ "\e[F\x7f+1;\r", $prompt ] ]);
same_screen('search: move', $server, [ @two, [ "\x12CT 1", qr/CT 1/ ], [ "\e[C\e[C\e[C3\r", $prompt ] ]);
same_screen('search: give up', $server,
    [ @two, [ "\x12T 1", qr/T 1/ ], [ "\x07", qr/# / ], [ "SELECT 3;\r", $prompt ] ]);
same_screen('search: older', $server, [ @two, [ "\x12SEL\x12", qr/1;/ ], [ "\r", $prompt ] ]);
same_screen('search: nothing found', $server,
    [ @two, [ "\x12zzz", qr/failed/ ], [ "\x7f\x7f\x7fT 1", qr/T 1/ ], [ "\r", $prompt ] ]);
same_screen('search: what is shown', $server, [ @two, [ "abc\x12LECT", qr/LECT/ ] ]);
same_screen('search: a long entry', $server,
    [ [ "SELECT 1 as aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 2 as bbbbbbbbbbbbbbbbbbbbbbbb;\r", $prompt ],
      [ "SELECT 22;\r", $prompt ], [ "\x12bbb", qr/bbb/ ], [ "\r", $prompt ] ], cols => 40);
same_screen('case and transposition', $server,
    [ [ "SELCET 1;\x02\x02\x02\x02\x02\x14\r", $prompt ], [ ";\r", $prompt ],
      [ "SELECT one\e[1;5D1;\x0b\r", $prompt ], [ "select 1 as \"abc\"\eb\eu\x05;\r", $prompt ] ]);
same_screen('a literal tab, a cleared screen', $server,
    [ [ "SELECT '\x16\tx';\r", $prompt ], [ "\x0cSELECT 1;\r", $prompt ] ]);
same_screen('a statement of several lines comes back', $server,
    [ [ "SELECT 1,\r", $prompt ], [ "2;\r", $prompt ], [ "$key{up}", qr/2;\z/ ], [ "\r", $prompt ] ]);
same_screen('not ASCII', $server,
    [ [ "SELECT 'größe 日本';\r", $prompt ], [ "SELECT 'aéö'$key{left}\x7f\x7fx;\x05;\r", $prompt ] ]);
same_screen('the C locale passes bytes on', $server,
    [ [ "SET client_encoding = utf8;\r", $prompt ], [ "SELECT 'é';\r", $prompt ] ],
    env => { LC_ALL => 'C' });
same_screen('a line longer than the screen', $server,
    [ [ 'SELECT ' . join(' + ', 1 .. 20) . ";\r", $prompt ],
      [ 'SELECT ' . join(' + ', 1 .. 20) . ";\x01\e[C\x05\x7f;\r", $prompt ] ], cols => 30);
same_screen('a comment by key', $server, [ [ "SELECT 1;\e#", $prompt ] ]);

# ---- Ctrl-C, Ctrl-D -------------------------------------------------------------------------------
same_screen('Ctrl-C', $server,
    [ [ 'SELECT nothing', qr/nothing\z/ ], [ "\x03", $prompt ],
      [ "SELECT (1,\r", $prompt ], [ "\x03", $prompt ], [ "\x03", $prompt ],
      [ "SELECT 'a\r", $prompt ], [ "\x03", $prompt ], [ "SELECT 2;\r", $prompt ] ]);
same_screen('Ctrl-C leaves one \if', $server,
    [ [ "\\if false\r", $prompt ], [ "\\if true\r", $prompt ], [ "\x03", $prompt ],
      [ "\x03", $prompt ], [ "SELECT 1;\r", $prompt ] ]);
same_screen('Ctrl-C cancels a query', $server,
    [ [ "SELECT pg_sleep(600);\r", qr/600\);\n\z/ ],
      [ sub { wait_until { $server->query(q{SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'}) } } ],
      [ "\x03", $prompt ], [ "SELECT 2;\r", $prompt ] ]);
same_screen('Ctrl-D ends', $server, [ [ "\x04", qr/\\q\n/ ] ]);
same_screen('Ctrl-D ends quietly with -q', $server,
    [ [ "\\echo x\r", qr/x\n.*# \z/s ], [ "\x04", qr/\n/ ] ], arguments => [ '-X', '-q' ]);
same_screen('Ctrl-D inside a line', $server, [ [ "SELECT 12;\x01\e[C\e[C\e[C\e[C\e[C\e[C\e[C\x04\r", $prompt ] ]);
same_screen('Ctrl-D inside a statement', $server, [ [ "SELECT\r", $prompt ], [ "\x04", qr/\\q\n/ ] ]);
same_screen('IGNOREEOF', $server,
    [ [ "\\set IGNOREEOF 3\r", $prompt ], [ "\x04", $prompt ], [ "\x04", $prompt ],
      [ "SELECT 1;\r", $prompt ], [ "\x04", $prompt ], [ "\x04", $prompt ], [ "\x04", qr/\\q\n/ ] ]);

for my $case ([ 'with line editing', [] ], [ 'without (-n)', ['-n'] ]) {
    my ($name, $arguments) = @$case;
    my $pty = spawn_pty([ pgmish_program(), '-X', @$arguments ], server => $server, timeout => 30);
    $pty->expect($prompt, "$name: prompt");
    $pty->type('SELECT 1;');
    $pty->expect($prompt, "$name: a statement");
    if (!@$arguments) {
        $pty->send("\x12LECT");
        $pty->expect(qr/LECT/, 'search in the history');
        $pty->send("\x03");
        $pty->expect($prompt, 'Ctrl-C ends it');
    }
    $pty->signal('INT');
    $pty->expect($prompt, "$name: a signal INT from outside gives a fresh prompt");
    $pty->type('SELECT 41 + 1;');
    $pty->expect(qr/42.*$prompt/s, "$name: works on");
    $pty->send("\x04");
    is($pty->finish("$name: ends"), 0, "$name: status");
}
same_screen('-n: Ctrl-C, Ctrl-D', $server,
    [ [ 'SELECT nothing', qr/nothing\z/ ], [ "\x03", $prompt ], [ "SELECT\r", $prompt ],
      [ "\x03", $prompt ], [ "SELECT 1;\r", $prompt ], [ "\x04", qr/\\q\n/ ] ],
    arguments => [ '-X', '-n' ]);

# ---- pasting ---------------------------------------------------------------------------------------
same_screen('pasted text runs nothing by itself', $server,
    [ [ "\e[200~SELECT 1,\r2\e[201~", qr/2\z/ ], [ ";\r", $prompt ] ]);
my $pty = spawn_pty([ pgmish_program(), '-X' ], server => $server, timeout => 30);
$pty->expect($prompt, 'prompt');
$pty->send("\e[200~SELECT 'a\tb' AS x; SEL\t\e[201~\x15");
$pty->type('SELECT 1 AS after;');
my $seen = $pty->expect(qr/after.*$prompt/s, 'a paste ends');
unlike($seen, qr/SELECT $/m, 'its tabs complete nothing');
$pty->type(join "\r", map { "SELECT $_ AS pasted;" } 1 .. 200);
$pty->expect(qr/^ +200\n.*$prompt/ms, 'many lines pasted without marks');
$pty->type('x' x 3000 . "\x15SELECT 'long line' AS done;");
$pty->expect(qr/done.*long line.*$prompt/s, 'a very long line');

# ---- the terminal -----------------------------------------------------------------------------------
$pty->resize(10, 40);
$pty->type('\set COLS 1 \\\\ SELECT 1 AS resized;');
$pty->expect(qr/resized \n.*$prompt/s, 'after a change of size');
$pty->signal('STOP');
$pty->signal('CONT');
$pty->type('SELECT 2 AS continued;');
$pty->expect(qr/continued.*$prompt/s, 'after being stopped');
$pty->signal('TERM');
is($pty->finish('a signal ends it'), 128 + 15, 'by that signal');

for my $term ('dumb', 'nosuchterminal', '') {
    my $dumb = spawn_pty([ pgmish_program(), '-X' ], server => $server, timeout => 30,
        env => { TERM => $term });
    $dumb->expect($prompt, "TERM=$term: prompt");
    $dumb->type('SELECT 1 AS dumb;');
    $dumb->expect(qr/dumb \n.*$prompt/s, "TERM=$term: a statement");
    $dumb->send("$key{up}\r");
    $dumb->expect(qr/dumb \n.*$prompt/s, "TERM=$term: history");
    unlike($dumb->{raw}, qr/\e\[\?2004/, "TERM=$term: nothing asked of it");
    unlike($dumb->transcript, qr/No entry/, "TERM=$term: no remark");
    $dumb->send("\x04");
    is($dumb->finish("TERM=$term: ends"), 0, "TERM=$term: status");
}

# ---- inputrc, editrc --------------------------------------------------------------------------------------
my $dir = private_dir();
spew("$dir/inputrc", <<'RC');
# keys
"\C-xs": "SELECT 1;"
Control-o: beginning-of-line
$if psql
"\e[1;2P": "SELECT 'inside if';"
$else
"\C-xs": "SELECT 'else';"
$endif
$include /nowhere
RC
same_screen('inputrc', $server,
    [ [ "\x18s\r", $prompt ], [ "LECT 2;\x0fSE\x05\r", $prompt ], [ "\e[1;2P\r", $prompt ] ],
    env => { INPUTRC => "$dir/inputrc" });
spew("$dir/vi", "set editing-mode vi\n");
same_screen('vi keys', $server,
    [ [ "xELECT 1;\e0rSA\r", $prompt ], [ "SELECT 2 3;\ehhxi,\r", $prompt ] ],
    env => { INPUTRC => "$dir/vi" }, fix => sub { $_[0] =~ s/\(ins\)|\(cmd\)//gr });
spew("$dir/.editrc", "psql:bind -s ^O 'SELECT 77;'\nother:bind -s ^O 'SELECT 88;'\n");
my $editrc = spawn_pty([ pgmish_program(), '-X' ], server => $server, timeout => 30,
    env => { HOME => $dir });
$editrc->expect($prompt, 'editrc: prompt');
$editrc->send("\x0f\r");
$editrc->expect(qr/77\n\(1 row\)/, 'editrc: its binding for psql');
undef $editrc;

# ---- the same stdin afterwards ------------------------------------------------------------------------------
same_screen('a program that reads the terminal', $server,
    [ [ "\\! echo ready; read x; echo \"got \$x\"\r", qr/^ready\n\z/m ], [ "a line\r", $prompt ], [ "SELECT 1;\r", $prompt ] ]);
same_screen('\prompt', $server,
    [ [ "\\prompt 'name? ' who\r", qr/^name\? \z/m ], [ "me\r", $prompt ], [ "\\echo :who\r", $prompt ] ]);

done_testing();
