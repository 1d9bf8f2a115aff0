#!/usr/bin/perl
# \watch at a terminal: Ctrl-C between rounds and inside one, PSQL_WATCH_PAGER, the query buffer
# afterwards.  All against the real psql.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server();
my $fix = sub { $_[0] =~ s/\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/DATE/gr };

sub same { my ($name, $steps, %options) = @_; same_screen($name, $server, $steps, fix => $fix, %options) }

# True when a query with this text is running.
sub running {
    my ($text) = @_;
    return wait_until {
        $server->query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                . " AND query LIKE '%$text%' AND pid <> pg_backend_pid()") eq '1'
    } 30;
}

my $round = qr/every 100s\).*\(1 row\)\n\n/s;

same('Ctrl-C between two rounds', [
    [ "SELECT 'first' AS word \\watch 100\r", $round ],
    [ "\x03", PROMPT ],
    [ "\\p\r", PROMPT ],
    [ "SELECT 2;\r", PROMPT ] ]);
same('the previous query', [
    [ "SELECT 'again' AS word;\r", PROMPT ],
    [ "\\watch 100\r", $round ],
    [ "\x03", PROMPT ],
    [ "\\g\r", PROMPT ] ]);
same('Ctrl-C inside a round', [
    [ "SELECT 'slow', pg_sleep(100) \\watch 100\r", qr/watch 100\n/ ],
    [ sub { running("''slow''") } ],
    [ "\x03", PROMPT ],
    [ "\\echo :ERROR :SQLSTATE\r", PROMPT ] ]);
same('a prompt on the next line after an error', [
    [ "SELECT 1/0 \\watch\r", PROMPT ], [ "\\watch x\r", PROMPT ] ]);
same('garbage means one second', [
    [ "SELECT 1 \\watch garbage\r", qr/every 1s\).*\(1 row\)\n\n/s ], [ "\x03", PROMPT ] ]);
same('no rows page without the pager', [
    [ "\\pset pager always\r", PROMPT ],
    [ "SELECT 'no pager' \\watch 100\r", $round ],
    [ "\x03", PROMPT ] ], env => { PAGER => q(sed 's/^/P:/') });

# ---- the pager --------------------------------------------------------------------------------
my $pager = q(trap '' INT; sed -u 's/^/W:/');

same('the pager gets every round', [
    [ "SELECT 'paged' AS word \\watch 100\r", qr/W:\(1 row\)\nW:\n/ ],
    [ "\x03", PROMPT ],
    [ "SELECT 'not paged';\r", PROMPT ] ], env => { PSQL_WATCH_PAGER => $pager });
same('commands go there too', [
    [ "CREATE TEMP TABLE t (a int);\r", PROMPT ],
    [ "INSERT INTO t VALUES (1) \\watch 100\r", qr/W:INSERT 0 1\n/ ],
    [ "\x03", PROMPT ] ], env => { PSQL_WATCH_PAGER => $pager });
same('\watch ends with its pager', [
    [ "SELECT generate_series(1, 3) AS i \\watch 100\r", PROMPT ],
    [ "\\echo alive\r", PROMPT ] ], env => { PSQL_WATCH_PAGER => 'head -n 2' });
same('\pset pager off', [
    [ "\\pset pager off\r", PROMPT ],
    [ "SELECT 'no pager' \\watch 100\r", $round ],
    [ "\x03", PROMPT ] ], env => { PSQL_WATCH_PAGER => $pager });
same('a blank pager is none', [
    [ "SELECT 'no pager' \\watch 100\r", $round ],
    [ "\x03", PROMPT ] ], env => { PSQL_WATCH_PAGER => " \t" });

done_testing();
