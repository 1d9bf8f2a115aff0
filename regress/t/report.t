#!/usr/bin/perl
# --report: every run of tests, wherever it comes from, as TAP that prove takes, JUnit XML that is valid
# where it is looked at, JSON lines that parse; and what must not break them.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
my $parent = private_dir();
my $app    = make_project({
    'deploy.sql' => "BEGIN;\nCREATE TABLE deployed (n int);\nCALL pgmi_test('quick');\nCOMMIT;\nCALL pgmi_test('wrong');\n",
    '__test__/_setup.sql'     => "CREATE TABLE fixed (n int);\n",
    '__test__/a_quick.sql'    => "DO \$\$ BEGIN RAISE NOTICE 'of one that works'; END \$\$;\n",
    '__test__/b_wrong.sql'    => "DO \$\$ BEGIN RAISE NOTICE 'secret is %', current_setting('pgmi.api_token'); END \$\$;\n"
        . "SELECT 1;\nSELECT nosuch\n  FROM fixed;\n",
    "__test__/c #TODO it's \"<b>\".sql" => "DO \$\$ BEGIN RAISE EXCEPTION E'two\\nlines, password=hunter2 # SKIP <&>' "
        . "USING DETAIL = 'more of hunting4it', HINT = E'bell \\x07'; END \$\$;\n",
    '__test__/d/_setup.sql'   => "SELECT 1/0;\n",
    '__test__/d/z.sql'        => "SELECT 1;\n",
}, "$parent/app");
my @load = ('-q', '--load', './app', '--param', 'api_token=hunting4it');

# Runs the script with one report of each kind; returns exit status, the reports by name, out, err.
my $number = 0;
my %runner;
sub reports {
    my ($script, @options) = @_;
    my $base = "$parent/r" . ++$number;
    my ($exit, $out, $err) = pgmish([@load, (map { ('--report', "$_=$base.$_") } qw(tap junit json)), @options],
        server => $server, cwd => $parent, stdin => $script, env => \%runner);
    return ($exit, { map { $_ => slurp("$base.$_") } qw(tap junit json) }, $out, $err, $base);
}
sub objects { return map { JSON::PP->new->utf8->decode($_) } split /\n/, $_[0] }
sub tests_of { return grep { $_->{event} eq 'test' } objects($_[0]) }
sub states { return join ' ', map { ($_->{path} // $_->{type}) =~ s{.*/}{}r . "=$_->{status}" } tests_of($_[0]) }

sub valid_junit {
    my ($base, $name) = @_;
    my ($exit, $out, $err) = run(['xmllint', '--noout', '--nonet', '--schema', "$PgmishTest::TOP/regress/t/junit.xsd", "$base.junit"]);
    is($exit, 0, "$name: JUnit is valid") or diag($err);
}
sub proved {
    my ($base, $wanted, $name) = @_;
    rename "$base.tap", "$base-report.tap";
    my ($exit, $out, $err) = run(['prove', "$base-report.tap"], env => { HARNESS_OPTIONS => undef });
    is($exit == 0 ? 0 : 1, $wanted, "$name: prove") or diag($out, $err);
    unlike("$out$err", qr/Parse errors/, "$name: prove understands it all");
    return $out;
}

# ---- what failed, in each format ---------------------------------------------------------------
my ($exit, $report, $out, $err, $base) = reports("\\test --keep-going\n\\test quick\n");
my $bad = 'c #TODO it\'s "<b>".sql';
is(states($report->{json}), "a_quick.sql=passed b_wrong.sql=failed $bad=failed _setup.sql=failed z.sql=not_run a_quick.sql=passed",
    'every test of both runs') or diag($report->{json});
my @tests = tests_of($report->{json});
my ($wrong, $hostile, $fixture, $skipped) = @tests[1 .. 4];
is($wrong->{message}, 'column "nosuch" does not exist', 'the message without the path');
is("$wrong->{file}:$wrong->{line}:$wrong->{column}", './__test__/b_wrong.sql:3:8', 'the place');
is($wrong->{source}, 'SELECT nosuch', 'the line');
is($wrong->{sqlstate}, '42703', 'the SQLSTATE');
is_deeply($wrong->{notices}, ['NOTICE:  secret is [redacted]'], 'notices, without the parameter\'s value');
ok(!exists $tests[0]{notices}, 'no notices of what passed');
like($tests[0]{milliseconds}, qr/^\d+(\.\d+)?$/, 'a duration');
is($hostile->{message}, "two\nlines, password=[redacted] # SKIP <&>", 'a hostile message, redacted');
is($hostile->{detail}, 'more of [redacted]', 'the detail');
is($fixture->{type}, 'fixture', 'a fixture that failed is told');
is($skipped->{reason}, 'its fixture failed', 'why a test was not run');
my @events = map { $_->{event} } objects($report->{json});
is("@events", 'run_start ' . 'test ' x 5 . 'run_end run_start test run_end summary', 'the events');
my ($end) = grep { $_->{event} eq 'summary' } objects($report->{json});
is("$end->{runs} $end->{passed} $end->{failed} $end->{not_run}", '2 2 3 1', 'the sums');
unlike(join('', values %$report), qr/hunt/, 'no secret in any report');

valid_junit($base, '\test');
my @suites = $report->{junit} =~ /<testsuite ([^>]*)>/g;
is(scalar @suites, 2, 'a suite for each run');
like($suites[0], qr/tests="5" failures="2" errors="1" skipped="1"/, 'its counts');
like($report->{junit}, qr{<failure message="column &quot;nosuch&quot; does not exist" type="42703">\./__test__/b_wrong\.sql:3:8\n}, 'JUnit: the failure');
like($report->{junit}, qr{<testcase name="c #TODO it's &quot;&lt;b&gt;&quot;\.sql" classname="__test__"}, 'JUnit: a hostile name');

my $said = proved($base, 1, '\test');
like($said, qr{Failed tests?:\s+2-4}, 'prove counts the failures');
unlike($said, qr{TODO passed}, 'a name is no directive');
like($report->{tap}, qr{^not ok 2 - \./__test__/b_wrong\.sql\n  ---\n.*?    line: 3\n    column: 8\n.*?  \.\.\.\n}ms, 'TAP: the failure');

# ---- runs that others start -------------------------------------------------------------------------
($exit, $report, $out, $err, $base) = reports("CALL pgmi_test('quick');\nSELECT 1 \\; CALL pgmi_test('wrong');\nCALL pgmi_test('nosuchtest');\n");
is(states($report->{json}), 'a_quick.sql=passed b_wrong.sql=failed run=failed', 'the macro');
is((tests_of($report->{json}))[1]{line}, 3, 'its place');
like((tests_of($report->{json}))[2]{message}, qr/no tests matched/, 'nothing to run is a failure');
valid_junit($base, 'the macro');
proved($base, 1, 'the macro');

my $observer = "CREATE FUNCTION pg_temp.observer(e pg_temp.pgmi_test_event) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN "
    . "IF e.event = 'test_end' AND e.path ~ 'quick' AND current_setting('x.veto', true) = 'on' THEN RAISE EXCEPTION 'vetoed'; END IF; END \$\$;\n";
($exit, $report, $out, $err) = reports($observer . "CALL pgmi_test('quick|wrong', 'pg_temp.observer');\n"
    . "SET x.veto = on;\nCALL pgmi_test('quick', 'observer');\n");
is(states($report->{json}), 'a_quick.sql=passed b_wrong.sql=failed a_quick.sql=failed', 'callbacks of the user');
ok(defined((tests_of($report->{json}))[0]{milliseconds}), 'durations with a silent callback');
is((tests_of($report->{json}))[2]{message}, 'vetoed', 'a callback that objects');

$server->query('DROP TABLE IF EXISTS deployed');
($exit, $report, $out, $err, $base) = reports('', '-f', './app/deploy.sql');
is($exit, 3, '-f: a failed test ends it');
is(states($report->{json}), 'a_quick.sql=passed b_wrong.sql=failed', '-f deploy.sql');
valid_junit($base, '-f');
is($server->query('SELECT count(*) FROM deployed'), 0, '-f: the head is committed');
$server->query('DROP TABLE IF EXISTS deployed');
($exit, $report) = reports("\\i ./app/deploy.sql\n");
is(states($report->{json}), 'a_quick.sql=passed b_wrong.sql=failed', '\i deploy.sql');
$server->query('DROP TABLE IF EXISTS deployed');
($exit, $report, $out, $err, $base) = reports("\\pgmi deploy ./app\n\\echo :PGMI_TESTS_PASSED :PGMI_TESTS_FAILED\n");
is(states($report->{json}), 'a_quick.sql=passed b_wrong.sql=failed', '\pgmi deploy') or diag($err);
is((tests_of($report->{json}))[1]{column}, 8, '\pgmi deploy: the place');
is($out, "1 1\n", '\pgmi deploy: the variables');
valid_junit($base, '\pgmi deploy');
my (undef, $quiet) = reports("SELECT 1;\n");
like($quiet->{tap}, qr/^1\.\.0\nBail out!/m, 'no run at all is no success');

# ---- the connection goes in the middle of a run ----------------------------------------------------
my $fatal = make_project({ 'deploy.sql' => "SELECT 1;\n", '__test__/a.sql' => "SELECT 1;\n",
    '__test__/b.sql' => "SELECT pg_terminate_backend(pg_backend_pid());\n", '__test__/c.sql' => "SELECT 1;\n" });
for my $command ('\test --keep-going', 'CALL pgmi_test()') {
    my ($exit, $out, $err) = pgmish(['-q', '--load', $fatal, '--report', 'json', '-c', $command], server => $server);
    is($exit, 2, "$command, connection lost: exit status");
    is(states($out), 'a.sql=passed b.sql=failed c.sql=not_run', "$command, connection lost: the report is complete") or diag($out, $err);
    is((tests_of($out))[1]{sqlstate}, '57P01', "$command, connection lost: why");
}

# ---- standard output ---------------------------------------------------------------------------------
my @plain = ('--load', './app', '--param', 'api_token=hunting4it');
($exit, $out) = pgmish([@plain, '--report', 'json', '-c', '\test quick'], server => $server, cwd => $parent);
is($exit, 0, 'stdout: exit status');
is(states($out), 'a_quick.sql=passed', 'stdout: JSON and nothing else');
($exit, $out) = pgmish([@plain, '--report', 'tap', '-c', '\test'], server => $server, cwd => $parent);
is($exit, 1, 'stdout: a failed test is a failed command');
spew("$parent/out.tap", $out);
proved("$parent/out", 1, 'stdout');
($exit, $out) = pgmish([@plain, '--report=junit', '-c', '\test quick', '-c', '\test quick'], server => $server, cwd => $parent);
spew("$parent/out.junit", $out);
valid_junit("$parent/out", 'stdout');

# ---- mistakes ------------------------------------------------------------------------------------------
for my $case (['xml', qr/invalid report format "xml"/], ['tap=', qr/file name is missing/],
    ['json=/nonexistent/x', qr{could not open report file "/nonexistent/x"}], ['', qr/invalid report format/]) {
    ($exit, $out, $err) = pgmish(["--report=$case->[0]", '-c', 'SELECT 1'], server => $server);
    is("$exit$out", '1', "--report=$case->[0]: refused");
    like($err, $case->[1], "--report=$case->[0]: says why");
}
($exit, $out, $err) = pgmish(['--report', 'tap', '--report', 'json', '-c', 'SELECT 1'], server => $server);
like($err, qr/only one report can go to standard output/, 'two on standard output');
($exit, $out, $err) = pgmish([@plain, '--report', 'tap=/dev/full', '-c', '\test quick'], server => $server, cwd => $parent);
is($exit, 1, 'a report that cannot be written is a failure');
like($err, qr/could not write report file/, 'and said to be one');
# ---- readers of JUnit that link a test to its file: GitLab, CircleCI, GitHub's reporters
for my $variable (qw(GITLAB_CI CIRCLECI GITHUB_ACTIONS)) {
    %runner = ($variable => 'true');
    ($exit, $report) = reports("\\test --keep-going\n");
    like($report->{junit}, qr{<testcase name="a_quick\.sql"[^>]* file="app/__test__/a_quick\.sql"/?>}, "$variable: the file, from the working directory");
    like($report->{junit}, qr{<testcase name="b_wrong\.sql"[^>]* file="app/__test__/b_wrong\.sql" line="3">}, "$variable: and the line of the failure");
}
%runner = ();

done_testing();
