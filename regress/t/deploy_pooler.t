#!/usr/bin/perl
# pgmi deploy through PgBouncer: transaction and statement mode are refused before anything happens,
# session mode deploys, also with a pool of one.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Pooler;

plan skip_all => 'no PgBouncer here' unless pooler_program();

my $server = start_server();

for my $mode (['session', 3], ['session', 1], ['transaction', 3], ['transaction', 1], ['statement', 3]) {
    my ($name, $size) = @$mode;
    my $table = "t_${name}_$size";
    my $dir = make_project({ 'deploy.sql' => "BEGIN;\nCREATE TABLE $table ();\nCALL pgmi_test();\nCOMMIT;\nSELECT 1;\n",
        '__test__/t.sql' => 'SELECT 1' });
    my $env = start_pooler($server, "pool_mode = $name", "default_pool_size = $size");
    my ($exit, $out, $err) = pgmi(['deploy', $dir, '-d', 'postgres'], env => $env);
    my $there = $server->query("SELECT count(*) FROM pg_class WHERE relname = '$table'");
    if ($name eq 'session') {
        is("$exit $there", '0 1', "$name, pool of $size: deployed");
    } else {
        is("$exit $there", '11 0', "$name, pool of $size: refused");
        like($err, qr/pools transactions or statements.*HINT: Connect to the server directly/s, '... with what to do');
        is($server->comes_to("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", 0), 0, '... no lock is left in the pool');
    }
    stop_pooler();
}

done_testing();
