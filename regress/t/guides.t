#!/usr/bin/perl
# doc/deploying.md: every script deploys, every command line runs.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my $server = start_server();
my $home = private_dir();
my $bin  = pgmi_program() =~ s{/pgmi$}{}r;
my @blocks = slurp("$PgmishTest::TOP/doc/deploying.md") =~ /^```(sh|sql)\n(.*?)^```$/msg;
cmp_ok(scalar @blocks, '>=', 16, 'the page has examples');
my $number = 0;
while (my ($kind, $text) = splice @blocks, 0, 2) {
    $number++;
    my ($title) = $text =~ /^(.*)$/m;
    if ($kind eq 'sh') {
        my ($exit, $out, $err) = run(['/bin/sh', '-ec', $text], server => $server, cwd => $home,
            env => { PGDATABASE => undef, PATH => "$bin:$ENV{PATH}" });
        is($exit, 0, "$number, commands: $title") or diag("$out$err");
        next;
    }
    my $dir = make_project({ 'deploy.sql' => $text, 'migrations/001.sql' => "CREATE TABLE IF NOT EXISTS a (b int);\n",
        '__test__/test_a.sql' => "SELECT 1;\n" });
    for my $time ('first', 'again') {
        my ($exit, $out, $err) = pgmi(['deploy', $dir, '-d', "script_$number"], server => $server, env => { PGDATABASE => undef });
        is($exit, 0, "$number, script, $time") or diag("$text\n$err");
    }
}
is($server->query('SELECT count(*) FROM "user"', 'tenant_2'), 1, 'targets were deployed to');
is($server->query('SELECT count(*) FROM done', 'script_3'), 1, 'run once: remembered');

done_testing();
