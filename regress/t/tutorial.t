#!/usr/bin/perl
# \pgmi tutorial, taken by a learner who types wrong things too: over a pipe and at a terminal.  The
# answers are those of the course's own files, so a step that cannot be done by them fails here.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $top    = $PgmishTest::TOP;
my $server = start_server();
my @steps  = map { slurp($_) } sort glob "$top/src/shell/tutorial/*.step";
my @titles = map { /^\@title (.*)/m } @steps;
my @answers = map { /^\@answer\n(.*?)(?=^\@|\z)/ms } @steps;
my $count  = @steps;
cmp_ok($count, '>=', 12, 'a dozen steps');
is(scalar @answers, $count, 'each with an answer');

# The directories that the learner saw must be gone; other tests may have theirs.
my @places;
sub leftovers {
    push @places, $_[0] =~ m{^(/tmp/\S+)/course\r?$}mg if @_;
    return join ' ', grep { -e } @places;
}
sub catalog {
    return $server->query("SELECT datname FROM pg_database ORDER BY 1; SELECT count(*) FROM pg_class; "
        . 'SELECT count(*) FROM pg_proc; SELECT count(*) FROM pg_depend');
}

# The user's own session must not notice: connection, transaction, temporary tables, variables,
# settings, parameters, directory, environment.
my $mine   = make_project({ 'deploy.sql' => "SELECT 1;\n", 'mine.sql' => "SELECT 2;\n" }, private_dir() . '/mine');
my $before = <<"SQL";
\\pgmi load $mine env=mine
\\set n 77
\\pset null NIL
BEGIN;
CREATE TEMP TABLE mark AS SELECT pg_backend_pid() AS pid;
SQL
my $after = <<'SQL';
\echo state :n :PGMI_FILE_COUNT :first :PGMI_TESTS_PASSED
SELECT pid = pg_backend_pid() AS same, NULL AS nothing, current_setting('pgmi.env') AS env FROM mark;
SELECT path FROM pgmi_source_view;
\! pwd; echo $PGHOST $DATABASE_URL $PGMI_CONNECTION_STRING
SQL
my $cwd = private_dir();
my @options = (server => $server, cwd => $cwd, env => { DATABASE_URL => 'postgresql:///user_url', PGMI_CONNECTION_STRING => 'user_string' });
my $seen_before = catalog();

# ---- over a pipe: before every answer something that does not do it ------------------------------

my $typed = "\\! pwd\n";
for my $i (0 .. $#steps) {
    $typed .= "\\echo before $i\nSELECT nothing_of_the_kind;\n" . ($answers[$i] =~ /^ROLLBACK/ ? '' : "ROLLBACK;\n") x ($i != 6)
        . $answers[$i];
}
my ($exit, $out, $err) = pgmish([], @options, stdin => "$before\\pgmi tutorial\n$typed$after");
my $all = $out;
is($exit, 0, 'pipe: exit status') or diag($err);
my $at = 0;
for my $i (0 .. $#steps) {
    my $heading = '== Step ' . ($i + 1) . " of $count: $titles[$i] ==";
    my $place = index $all, $heading, $at;
    cmp_ok($place, '>=', 0, "pipe: $heading") or diag($all), last;
    $at = $place;
    my $wrong = index $all, "before $i\n", $at;
    my $next = $i < $#steps ? index($all, '== Step ' . ($i + 2) . ' ', $at) : index($all, '== The end ==', $at);
    ok($wrong > $at && $next > $wrong, '... is not done by something else, and is done by its answer')
        or diag(substr $all, $at, 3000), last;
}
unlike($all, qr/^You did/m, 'pipe: all steps done');
like($all, qr/^Back in your own session, database "postgres"\.\nstate 77 1 :first :PGMI_TESTS_PASSED$/m, 'pipe: variables are as they were');
like($all, qr/^ t    \| NIL     \| mine$/m, 'pipe: connection, transaction, settings, parameters are as they were');
like($all, qr{^ \./mine\.sql$}m, 'pipe: the project is as it was');
like($all, qr{^\Q$cwd\E\n\Q@{[$server->host]}\E postgresql:///user_url user_string$}m, 'pipe: directory and environment are as they were');
is(catalog(), $seen_before, 'pipe: nothing came into the database');
is(leftovers($all), '', 'pipe: nothing is left');
is(scalar @places, 1, '... of what was there');

# ---- words, remarks, hints -------------------------------------------------------------------------

($exit, $out, $err) = pgmish([], @options, stdin => <<'SQL' . $after);
\pgmi tutorial
hint
steps;
again
help
\! echo "$PGDATABASE $DATABASE_URL $PGMI_CONNECTION_STRING"
\pgmi tutorial
skip
\set n 5
hint
Hint
SELECT
hint
FROM (VALUES (1)) AS v (hint);
\set n 2
\set first ./pgmi.yaml
answer
back
back
back
 skip ; 
skip
skip
skip
skip
skip
TABLE item;
back
TABLE item;
SELECT 1;
SELECT 2;
SELECT 3;
SELECT 4;
quit
SQL
like($out, qr/Type the command as it stands above.*"answer" shows what could be typed/s, 'a hint');
like($out, qr/^->  1  A project in the session\n    2  Files are rows$/m, 'the list of steps');
is(() = $out =~ /== Step 1 of $count/g, 4, 'again, and as far back as it goes');
like($out, qr/A course in pgmish.*This course has.*^tutorial=# help\n\nThis course has/ms, 'help');
like($out, qr/^tutorial  \n/m, 'programs started from here know the course\'s server only');
like($err, qr/\\pgmi tutorial: the course is under way/, 'no course within the course');
like($out, qr/There are not 5 of them/, 'a wrong answer is remarked');
like($out, qr/\\gset stores each column.*The condition is WHERE is_sql_file/s, 'one hint after the other, in any case');
like($out, qr/^ hint\s*\n-+\n    1$/m, 'no word inside a statement');
like($out, qr/is in front of it, but it is no SQL file/, 'a remark for this mistake');
like($out, qr/^tutorial=# answer\n\n    \\plan\n    \\set first \.\/views\/price_list\.sql\n/m, 'the answer');
like($out, qr/Step 7 of $count.*^tutorial=\*# TABLE item;\n id \| name \| price.*Step 6 of $count.*^tutorial=# TABLE item;/ms,
    'going back and skipping make the state anew');
like($err, qr/relation "item" does not exist/, '... both ways');
like($out, qr/"hint" gives a hint, "again" repeats/, 'a reminder after some lines');
like($out, qr/^You did 1 of $count steps\.\nBack in your own session/m, 'left early');

# ---- another server ----------------------------------------------------------------------------------

my $there = 'host=' . $server->host . ' port=' . $server->port . ' user=postgres dbname=postgres';
($exit, $out, $err) = pgmish([], @options, stdin => "\\pgmi tutorial\n\\c '$there'\n\\pgmi load shop\nSELECT 1;\nskip\n\\conninfo\n");
like($out, qr/^You are connected to another server/m, 'who connects elsewhere is told so');
like($out, qr/another server.*== Step 2 of.*database "tutorial"/s, 'and is brought back');
is(() = $out =~ /connected to another server/g, 1, 'once');
like($out, qr/^You did 0 of/m, 'what is done there does not count');
is(catalog(), $seen_before, 'nothing was done there');

# ---- other ways in, other ways out ---------------------------------------------------------------------

($exit, $out, $err) = pgmish(['-c', '\pgmi tutorial', '-c', 'SELECT 5'], @options, stdin => "$answers[0]\\q\n");
like($out, qr/== Step 2 of.*You did 1 of $count.* 5\n/s, '-c: lines come from stdin, \q leaves the course only');
my $script = private_dir() . '/course.sql';
spew($script, "\\pgmi tutorial\n$answers[0]quit\nSELECT 6;\n");
($exit, $out, $err) = pgmish(['-f', $script], @options);
like($out, qr/== Step 2 of.*You did 1 of $count.* 6\n/s, '-f: lines come from the script');
($exit, $out, $err) = pgmish([], @options, stdin => "\\pgmi tutorial\n\\i /nonexistent\n$answers[0]");
like("$exit$out", qr/^0.*You did 1 of $count/s, 'the end of the input');
($exit, $out, $err) = pgmish([], server => $server, env => { PATH => '/nonexistent', PG_CONFIG => '' }, stdin => "\\pgmi tutorial\nSELECT 7;\n");
like($out, qr/ 7\n/, 'whether or not a server can be started, the session goes on');

# ---- at a terminal -----------------------------------------------------------------------------------------

# What does not come ends the test: all that follows would wait in vain.
my $pty;
sub wanted { defined $pty->expect(@_) or die "not seen at the terminal: $_[1]\n" }

$pty = spawn_pty([pgmish_program(), '-X', '-n'], @options, rows => 200, cols => 120, timeout => 40);
wanted(qr/^postgres=# $/m, 'terminal: the user\'s own prompt');
$pty->type('\pgmi tutorial');
for my $i (0 .. $#steps) {
    wanted('Step ' . ($i + 1) . " of $count: $titles[$i]", "terminal: step @{[$i + 1]}");
    wanted(qr/^tutorial=[*!]?# $/m, '... prompt');
    if ($i == 1) {
        $pty->type('\set n 11');
        wanted('There are not 11 of them', 'terminal: a wrong answer');
        wanted(qr/^tutorial=# $/m, '... prompt');
        $pty->type('hint');
        wanted('\gset stores each column', 'terminal: a hint');
        wanted(qr/^tutorial=# $/m, '... prompt');
        $pty->key('ctrl-c');
        wanted(qr/^tutorial=# $/m, 'terminal: Ctrl-C at the prompt');
        $pty->type('back');
        wanted("Step 1 of $count", 'terminal: back');
        wanted(qr/^tutorial=# $/m, '... prompt');
        $pty->type('skip');
        wanted("Step 2 of $count", 'terminal: skip');
        wanted(qr/^tutorial=# $/m, '... prompt');
    }
    my @lines = split /\n/, $answers[$i];
    while (defined(my $line = shift @lines)) {
        $pty->type($line);
        wanted(qr/^(?:tutorial=[*!]?# |step [^>]+> )$/m, "... $line") if @lines;
    }
}
wanted(qr/That was the course/, 'terminal: the end');
wanted(qr/^postgres=# $/m, 'terminal: back at the user\'s own prompt');
$pty->type('SELECT current_database();');
wanted(qr/^ postgres$/m, 'terminal: in his own database');
wanted(qr/^postgres=# $/m, '... prompt');
$pty->type('\pgmi tutorial');
wanted(qr/^tutorial=# $/m, 'terminal: once more');
$pty->type('\! pwd');
wanted(qr{^/tmp/\S+/course$}m, 'terminal: in the directory of the course');
$pty->type('quit');
wanted("You did 0 of $count steps", 'terminal: quit');
wanted(qr/^postgres=# $/m, '... prompt');
$pty->type('\q');
is($pty->finish, 0, 'terminal: exit status');
is(leftovers($pty->transcript), '', 'terminal: nothing is left');
is(scalar @places, 2, '... of what was there');

# Whoever closes the terminal in the middle leaves nothing behind either.
$pty = spawn_pty([pgmish_program(), '-X'], @options, timeout => 40);
wanted(qr/^postgres=# /m, 'hang-up: prompt');
$pty->type('\pgmi tutorial');
wanted(qr/^tutorial=# /m, 'hang-up: the course');
$pty->type('\! pwd');
wanted(qr{^/tmp/\S+/course$}m, 'hang-up: its directory');
$pty->signal('HUP');
is($pty->finish, 129, 'hang-up: exit status');
my ($place) = $pty->transcript =~ m{^(/tmp/\S+)/course$}m;
ok((wait_until { !-e $place } 30), 'hang-up: nothing is left');

# With line editing, under another name.
my $psql = private_dir() . '/psql';
symlink pgmish_program(), $psql;
$pty = spawn_pty([$psql, '-X'], @options, rows => 60, cols => 100, timeout => 40);
wanted(qr/^postgres=# /m, 'psql: prompt');
$pty->type('\pgmi tutorial');
wanted(qr/^tutorial=# /m, 'psql: the course');
$pty->send('\pgmi lo');
$pty->key('tab');
wanted(qr/\\pgmi load /, 'psql: completion');
$pty->send("shop\r");
wanted("Step 2 of $count", 'psql: step 2');
wanted(qr/tutorial=# /, '... prompt');
$pty->key('ctrl-d');
wanted("You did 1 of $count steps", 'psql: Ctrl-D leaves');
wanted(qr/postgres=# /, '... prompt');
$pty->key('up');
wanted(qr/\\pgmi tutorial/, 'psql: the history is the user\'s own');
$pty->key('ctrl-c');
$pty->type('\q');
is($pty->finish, 0, 'psql: exit status');

done_testing();
