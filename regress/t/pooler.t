#!/usr/bin/perl
# Loading through a real PgBouncer: session mode works, transaction and statement mode are
# refused before anything is created.  (The detection itself: regress/unit/test_pooler.c.)
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Pooler;

plan skip_all => 'no PgBouncer here' unless pooler_program();

my $server = start_server();
my $project = make_project({ 'deploy.sql' => "SELECT 1;\n", 'a.sql' => "SELECT 2;\n" });

for my $mode ('session', 'transaction', 'statement') {
    my $env = start_pooler($server, "pool_mode = $mode", 'default_pool_size = 3');
    my ($exit, $out, $err) = pgmish(['-At', '-v', 'ON_ERROR_STOP=1', '-c', "\\pgmi load $project",
        '-c', 'SELECT path FROM pg_temp.pgmi_source_view'], env => $env);
    if ($mode eq 'session') {
        is("$exit$err", '0', "$mode: loads");
        like($out, qr{^\./a\.sql$}m, "$mode: there");
    } else {
        isnt($exit, 0, "$mode: refused");
        like($err, qr/goes through a pooler that pools transactions or statements/, "$mode: why");
        like($err, qr/a pooler in session mode/, "$mode: what to do");
        is($server->query("SELECT count(*) FROM pg_class WHERE relname LIKE '%pgmi%'"), 0,
            "$mode: nothing was created");
    }
    ($exit, $out) = pgmish(['-Atc', 'SELECT 1'], env => $env);
    is("$exit $out", "0 1\n", "$mode: without a project nothing is asked");
    stop_pooler();
}

my $env = start_pooler($server, 'pool_mode = session', 'default_pool_size = 1');
my ($exit, $out, $err) = pgmish(['-At', '-c', "\\pgmi load $project"], env => $env);
is("$exit$err", '0', 'session pool of size one: loads');
stop_pooler();

# \step wants one more connection to hold the marks of loaded files, and one for what is typed.
my $steps = make_project({ 'a.sql' => "SELECT 'ran';\n", 'deploy.sql' => <<'END' });
DO $$
BEGIN
    EXECUTE (SELECT content FROM pg_temp.pgmi_source_view);
END $$;
SELECT 'the end';
END
my %sees = (1 => qr/Stepping stays at top level: a second connection gets no server session/,
    2 => qr{\./a\.sql:1 .*typed}s, 3 => qr{\./a\.sql:1 .*typed}s);
for my $size (1 .. 3) {
    $env = start_pooler($server, 'pool_mode = session', "default_pool_size = $size");
    ($exit, $out, $err) = pgmish(['-At', '-c', "\\pgmi load $steps", '-f', '-'], env => $env,
        stdin => "\\step\nn\nSELECT 'typed';\nq\n");
    is("$exit$err", '0', "session pool of size $size: steps");
    like($out, $sees{$size}, 'as far as the connections go');
    stop_pooler();
}

done_testing();
