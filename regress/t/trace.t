#!/usr/bin/perl
# Trace at a terminal and around connections: what runs is shown while it runs and gone afterwards;
# files too large for a mark at every statement; \c.
use strict;
use warnings;
use utf8;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server();
my @quick = (timeout => 30);
my $run_all = "DO \$\$ DECLARE f record; BEGIN FOR f IN SELECT path, content FROM pg_temp.pgmi_plan_view"
    . " WHERE path ~ 'sql\$' ORDER BY execution_order LOOP EXECUTE f.content; END LOOP; END \$\$;\n";
my $name = 'b_' . 'long_' x 12 . 'tail.sql';
my $app = make_project({
    'deploy.sql' => "BEGIN;\n${run_all}ROLLBACK;\n",
    'a.sql'      => "SELECT 1;\nSELECT pg_advisory_xact_lock(42);\nSELECT 2;\n",
    $name        => "SELECT 1;\nSELECT pg_advisory_xact_lock(43);\n",
}, private_dir() . '/app');
my $where = $app =~ s{/app$}{}r;

# Another session that holds both locks.
my $holder = spawn_pty([psql_program(), "-X", "-q"], server => $server, @quick);
$holder->expect(PROMPT, 'the other session');
sub hold {
    $holder->type("SELECT pg_advisory_${_[0]}($_);"), $holder->expect(qr/\(1 row\)\n\n(?s:.*)# \z/, "$_[0] $_")
        for @{ $_[1] // [42, 43] };
}

sub waiting {
    my ($lock) = @_;
    return wait_until { $server->query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $lock AND NOT granted") eq '1' } 30;
}

sub shell {
    my (%options) = @_;
    my $pty = spawn_pty([pgmish_program(), '-X'], server => $server, cwd => $where, @quick, env => { PAGER => 'cat' }, %options);
    $pty->expect(PROMPT, 'prompt');
    $pty->type('\trace on');
    $pty->expect(qr/next load\.\n(?s:.*)# \z/, 'trace on');
    $pty->type('\pgmi load app');
    $pty->expect(qr/Loaded app(?s:.*)# \z/, 'loaded');
    return $pty;
}

# ---- live -------------------------------------------------------------------------------------------------
for my $command ('\i app/deploy.sql', '\pgmi deploy') {
    my $pty = shell(cols => 60);
    hold('lock');
    $pty->type($command);
    like($pty->expect(qr{\[1/2\] \./a\.sql:2 \d+\.\d s}, "$command: the statement that runs") // '',
        qr{^\[1/2\] }m, "$command: on a line of its own");
    hold('unlock', [42]);
    $pty->expect(qr{\[2/2\] [\w/.]*tail\.sql:2 \d+\.\d s}, "$command: the end of a long path");
    hold('unlock', [43]);
    $pty->expect(qr/(ROLLBACK|0 macros expanded).*\n(?s:.*)# \z/, "$command: done");
    unlike($pty->screen, qr{/2\]}, "$command: the line is gone");
    $pty->type('\trace');
    like($pty->expect(qr/Total by file.*2 rows\)\n\n(?s:.*)# \z/s, "$command: times"),
        qr{\./a\.sql:2 .*pg_adv}s, "$command: its statement");
    $pty->stop;
}

my $pty = shell();
hold('lock');
$pty->type('\i app/deploy.sql');
$pty->expect(qr{\[1/2\] \./a\.sql:2}, 'Ctrl-C: something to cancel');
$pty->write("\x03"); # the line is drawn again and again
$pty->expect(qr/canceling statement due to user request(?s:.*)# \z/, 'Ctrl-C: canceled');
unlike($pty->screen, qr{/2\].*(?:request|ERROR)}, "Ctrl-C: the line is gone");
like($pty->screen, qr{^FILE: +\./a\.sql:2}m, 'Ctrl-C: where it was');
$pty->stop;

$pty = shell(term => 'dumb');
$pty->type('\i app/deploy.sql');
ok(waiting(42), 'dumb terminal: waits');
hold('unlock');
$pty->expect(qr/ROLLBACK\n(?s:.*)# \z/, 'dumb terminal: done');
unlike($pty->transcript, qr{/2\]}, 'dumb terminal: nothing live');
$pty->stop;

# ---- large files ------------------------------------------------------------------------------------------
my @statements = map { "SELECT $_, '" . 'x' x 1000 . "';\n" } 1 .. 2000;
$statements[1500] = "SELECT 1 / (SELECT 0);\n";
make_project({ 'deploy.sql' => "BEGIN;\n${run_all}ROLLBACK;\n", 'large.sql' => join('', @statements) }, "$where/big");
my ($exit, $out, $err) = pgmish(['-At', '-q'], server => $server, cwd => $where, stdin =>
    "\\trace on\n\\pgmi load big\nSELECT (length(content) - length(replace(content, '_mark', ''))) / 5 FROM pgmi_plan_view WHERE path = './large.sql';\n"
    . "\\i big/deploy.sql\nROLLBACK;\n\\pgmi pinpoint\n");
my ($marks) = $out =~ /^(\d+)$/m;
cmp_ok($marks, '>', 4, 'large file: some marks');
cmp_ok($marks, '<', 100, 'large file: not at every statement');
like($err, qr{ERROR:  division by zero\n.*?FILE:  \./large\.sql}s, 'large file: the file');
unlike($err, qr/_pgmi_mark/, 'large file: no mark is shown');

# ---- a new connection ---------------------------------------------------------------------------------------
($exit, $out, $err) = pgmish(['-At', '-q'], server => $server, cwd => $where, stdin =>
    "\\trace on\n\\pgmi load app\n\\c -\nSELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_mark%';\n"
    . "SET client_encoding = latin1;\nDISCARD ALL;\n\\trace\n\\pgmi reload\n\\i app/deploy.sql\n\\o | grep -c :\n\\trace\n\\o\n\\trace off\nSELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_mark%';\n");
is($out =~ s/no file.*\n//r, "2\nTrace is on; no statement of a traced file has run yet.\n5\n0\n", '\c, DISCARD, reload, off') or diag $err;
unlike($err, qr/PGMTR|INFO/, 'no mark is heard');
$holder->stop;
done_testing();
