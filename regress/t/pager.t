#!/usr/bin/perl
# The pager: when it opens, which program it is, what it gets; widths taken from the terminal.
# Everything is compared with what the real psql shows on the same terminal.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $script = private_dir() . '/script.sql';

# What is on the terminal when PROGRAM has run the script there.
sub shown {
    my ($program, %options) = @_;
    my $env = { TERM => 'xterm', PAGER => q(sed 's/^/P:/'), %{ delete $options{env} // {} } };
    my $pty = spawn_pty([$program, '-X', '-q', '-f', $script], server => $server, env => $env, %options);
    $pty->finish;
    return $pty->transcript =~ s/\bpgmish(?=:)/psql/gr;
}

sub same {
    my ($name, $sql, %options) = @_;
    spew($script, $sql);
    my $expected = shown(psql_program(), %options);
    is(shown(pgmish_program(), %options), $expected, $name);
    return $expected;
}

my $rows = sub { "SELECT i, i * i AS square FROM generate_series(1, $_[0]) i" };

# ---- when ---------------------------------------------------------------------------------
unlike(same('short output: none', $rows->(5) . ';'), qr/P:/, 'psql itself used none');
like(same('long output: pager', $rows->(30) . ';'), qr/P:/, 'psql itself used it');
same("$_ rows on 10 lines", $rows->($_) . ';', rows => 10) for 6 .. 11;
same("$_ rows expanded on 10 lines", '\x' . "\n" . $rows->($_) . ';', rows => 10) for 2 .. 4;
same("$_ tuples only", '\t' . "\n" . $rows->($_) . ';', rows => 10) for 7 .. 10;
same('off', "\\pset pager off\n" . $rows->(30) . ';');
like(same('always', "\\pset pager always\n" . $rows->(1) . ';'), qr/P:/, 'psql itself used it');
same('enough lines asked for', "\\pset pager_min_lines $_\n" . $rows->(30) . ';') for 10, 31, 32, 100;
same("$_ format", "\\pset format $_\n" . $rows->(30) . ';')
    for qw(unaligned csv html asciidoc latex latex-longtable troff-ms wrapped);
same('newlines count', q{SELECT E'a\n\n\n\n\n\n\n\n\nb' AS "x
y", i FROM generate_series(1, 3) i;}, rows => 24);
same('too wide a line', q{SELECT repeat('x', 100) AS x;});
same('output elsewhere: none', "\\o /dev/stdout\n" . $rows->(30) . ';');

# ---- which --------------------------------------------------------------------------------
same('PSQL_PAGER goes first', $rows->(30) . ';', env => { PSQL_PAGER => q(sed 's/^/Q:/') });
same('a blank pager is none', $rows->(30) . ';', env => { PAGER => " \t" });
same('a pager that reads nothing', $rows->(3000) . "; \\echo alive", env => { PAGER => 'true' });
same('a pager that does not exist', $rows->(30) . "; \\echo alive", env => { PAGER => '/nonexistent/pager 2>/dev/null' });

# ---- FETCH_COUNT: one pager for all chunks --------------------------------------------------
same("FETCH_COUNT $_", "\\set FETCH_COUNT $_\n" . $rows->(12) . ';', env => { PAGER => q(sed '1s/^/P:/') })
    for 1, 5, 6, 12, 13;
same('FETCH_COUNT, expanded auto', "\\set FETCH_COUNT 2\n\\x auto\n" . $rows->(5) . ';');

# ---- widths ------------------------------------------------------------------------------------
my $wide = "SELECT repeat('word ', 12) AS a, repeat('x', 30) AS b;";
for my $cols (20, 60, 80, 200) {
    same("wrapped in $cols columns", "\\pset format wrapped\n$wide", cols => $cols);
    same("expanded auto in $cols columns", "\\x auto\n$wide", cols => $cols);
    same("wrapped and expanded in $cols columns", "\\pset format wrapped\n\\x\n$wide", cols => $cols);
}
same('COLUMNS goes before the terminal', "\\pset format wrapped\n$wide", cols => 80, env => { COLUMNS => 40 });
same('\pset columns goes before COLUMNS', "\\pset format wrapped\n\\pset columns 50\n$wide", env => { COLUMNS => 40 });

done_testing();
