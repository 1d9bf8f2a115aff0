#!/usr/bin/perl
# \pgmi report: one page that stands alone, with every text escaped and no secret in it.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $dir    = private_dir();
my $loop   = "DO \$\$ DECLARE f record; BEGIN FOR f IN SELECT p.content FROM pg_temp.pgmi_plan_view p\n"
    . "JOIN pg_temp.pgmi_source_view s USING (path) WHERE s.is_sql_file ORDER BY p.execution_order LOOP EXECUTE f.content; END LOOP; END \$\$;\n";
my $evil = 'evil<script>alert(1)<b>"\'&amp;.sql';
my $app  = make_project({
    'deploy.sql'         => "BEGIN;\n${loop}CALL pgmi_test();\nCOMMIT;\n",
    "m/$evil"            => "CREATE TABLE made (n int);\nINSERT INTO made SELECT generate_series(1, 100);\nSELECT 1;\n",
    '__test__/a.sql'     => "SELECT 1;\n",
    "__test__/$evil"     => "SELECT 1;\n-- </pre><script>\nSELECT \"<nosuch>\" FROM made; -- password=hunter2\n",
    '__test__/z.sql'     => "DO \$\$ BEGIN RAISE NOTICE '<i>%', current_setting('pgmi.api_token'); RAISE EXCEPTION 'a & b'; END \$\$;\n",
}, "$dir/app <u>");

# Runs a script; returns the page it wrote.
sub page {
    my ($script, $name) = @_;
    unlink "$dir/page.html";
    my ($exit, $out, $err) = pgmish(['-q'], server => $server, cwd => $dir, stdin => "$script\n\\pgmi report page.html\n");
    ok(-s "$dir/page.html", "$name: written") or diag($err);
    my $page = slurp("$dir/page.html");
    well_formed($page, $name);
    return $page;
}

sub well_formed {
    my ($page, $name) = @_;
    my (@open, @bad);
    (my $body = $page) =~ s{\A<!DOCTYPE html>|<style>.*?</style>}{}gs;
    while ($body =~ m{<(/?)([a-z0-9]+)([^<>]*)>|([<>])}g) {
        push @bad, "bare $4 at " . pos $body if $4;
        next if $4 || $2 =~ /^meta$/;
        if ($1) { my $was = pop @open // 'nothing'; push @bad, "</$2> closes $was" if $was ne $2 }
        else    { push @open, $2 }
        push @bad, "attribute $3" if $3 !~ /^(?: (?:class|style|lang|aria-hidden)="[^"<>&]*")*$/;
    }
    is("@bad@open", '', "$name: every tag is one of ours, and closed");
    unlike($body, qr{<(?:script|link|img|iframe|object|form|a)\b|https?:|\bon[a-z]+="}i, "$name: no script, nothing to fetch");
    unlike($page, qr{hunter2|hunting4it}, "$name: no secret");
    like($page, qr{^<!DOCTYPE html>.*Content-Security-Policy.*prefers-color-scheme: dark}s, "$name: its head");
}

my $load = "\\pgmi load 'app <u>' api_token=hunting4it\n";
my $page = page("\\trace on\n$load\\i 'app <u>/deploy.sql'\n", 'a failed deployment');
like($page, qr{<span class="pill bad">failed</span>}, 'it failed');
like($page, qr{<h3 class="path">\./__test__/evil&lt;script&gt;alert\(1\)&lt;b&gt;&quot;&#39;&amp;amp;\.sql:3:8</h3>}, 'the place');
like($page, qr{column &quot;&lt;nosuch&gt;&quot; does not exist}, 'the message');
like($page, qr{<span class="l hit"><b>3</b>SELECT &quot;&lt;nosuch&gt;&quot; FROM made; -- password=\[redacted\]</span><span class="l caret"><b></b><u aria-hidden="true">SELECT </u>\^</span>}, 'the source and its caret');
like($page, qr{<b>2</b>-- &lt;/pre&gt;&lt;script&gt;</span>}, 'the lines around it');
like($page, qr{not run</td><td class="path">\./__test__/z\.sql <small>the run ended at a failure}, 'what was not run');
like($page, qr{<details><summary>\./m/evil.*?line 2</td><td><code>INSERT INTO made SELECT}s, 'the statements of a traced file');
like($page, qr{<small>deploy\.sql as a script}, 'how it was deployed');
like($page, qr{<p class="path">api_token</p>}, 'names of parameters');

$page = page("$load\\set QUIET on\n${loop}\\test --keep-going\n", 'tests alone');
like($page, qr{<dt>Failed</dt><dd class="bad">2</dd>}, 'both failures');
like($page, qr{<dt>Said before</dt><dd>NOTICE:  &lt;i&gt;\[redacted\]</dd>}, 'the notices of a failed test');
like($page, qr{\\trace on}, 'how to learn the durations');
$server->query('DROP TABLE IF EXISTS made');

$page = page("$load\\test a.sql\n", 'a good run');
like($page, qr{<span class="pill good">passed</span>}, 'it passed');
unlike($page, qr{<h2>Failures}, 'no failures');

$page = page($load, 'nothing has run');
like($page, qr{<span class="pill idle">nothing has run</span>}, 'nothing has run');

spew("$app/m/broken.sql", "SELECT 1;\nSELEC <2>;\n");
for my $how (['\pgmi deploy', "\\pgmi deploy 'app <u>'\n"], ['\i', "$load\\i 'app <u>/deploy.sql'\n"]) {
    $page = page($how->[1], "$how->[0]: a broken file");
    like($page, qr{<h2>The deployment failed</h2>.*<h3 class="path">\./m/broken\.sql:2:1</h3>.*syntax error.*<b>2</b>SELEC &lt;2&gt;;</span>}s, "$how->[0]: where");
    unlike($page, qr{<h2>Tests}, "$how->[0]: no tests of earlier runs");
}

my ($exit, $out, $err) = pgmish(['-c', '\pgmi report x.html'], server => $server);
is($exit, 1, 'no project: an error');
like($err, qr/no project is loaded/, 'no project: says so');
($exit, $out, $err) = pgmish(['--load', $app, '-c', '\pgmi report'], server => $server);
like($err, qr/missing required argument/, 'no file name');
($exit, $out, $err) = pgmish(['--load', $app, '-c', '\pgmi report /nonexistent/x.html'], server => $server);
is($exit, 1, 'a file that cannot be written: an error');
like($err, qr{could not write "/nonexistent/x\.html": No such file}, 'and which');
done_testing();
