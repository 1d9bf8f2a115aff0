#!/usr/bin/perl
# The tests' own support: if this fails, do not believe the others.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my ($exit, $out, $err) = run(['sh', '-c', 'cat; echo "no" >&2; exit 3'], stdin => "a\nb");
is_deeply([$exit, $out, $err], [3, "a\nb", "no\n"], 'run: status, stdout, stderr');
($exit) = run(['sh', '-c', 'kill -TERM $$']);
is($exit, 128 + 15, 'run: ended by a signal');
($exit, $out) = run(['sh', '-c', 'exit 0'], stdin => 'x' x 1_000_000);
is($exit, 0, 'run: a program that does not read its input');
($exit, $out) = run(['sh', '-c', 'echo "$A$B$PGHOST"'], env => { A => 1, B => undef });
is($out, "1\n", 'run: environment');
ok(!eval { run(['sleep', '600'], timeout => 0.5); 1 }, 'run: deadline');
like($@, qr/still running/, 'run: says so');

my $dir = make_project({ 'deploy.sql' => 'x', 'a/b.sql' => 'y', 'empty/' => undef, l => \'a' });
is(slurp("$dir/a/b.sql"), 'y', 'project: a file');
ok(-d "$dir/empty", 'project: a directory');
is(readlink "$dir/l", 'a', 'project: a link');

my $server = start_server();
is($server->query('SELECT 1, current_database()'), '1|postgres', 'server: answers');
($exit, $out) = run([psql_program(), '-XAtc', 'SHOW listen_addresses'], server => $server);
is("$exit$out", "0\n", 'server: no TCP');
my $path = $server->host;
$server->stop;
ok(!-e $path, 'server: nothing left');

my $pty = spawn_pty(['sh', '-c', 'stty -echo; printf "name? "; read n; printf "\033[1mhi\033[0m %s\n" "$n"; exit 4']);
$pty->expect('name? ', 'pty: prompt');
$pty->type('you');
$pty->expect(qr/^hi you$/m, 'pty: answer');
is($pty->finish, 4, 'pty: status');
is($pty->screen, "name? hi you\n", 'pty: screen');
$pty = spawn_pty(['sh', '-c', 'printf "abc\b\bX\033[Cd\r\033[2Ce\n"; stty size; sleep 600'], cols => 50);
$pty->expect(qr/24 50/, 'pty: size');
is($pty->screen, "aXed\n24 50\n", 'pty: editing');
my $pid = $pty->pid;
undef $pty;
ok(!kill(0, $pid), 'pty: no process left');

done_testing();
