#!/usr/bin/perl
# `make demo`: the first thing anybody runs.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $top   = $PgmishTest::TOP;
my $build = pgmish_program() =~ s{/[^/]*$}{}r;
my $cache = private_dir();
my $files = private_dir();
my %env   = (BUILD => $build, XDG_CACHE_HOME => $cache, TMPDIR => $files);
sub leftovers { return join " ", glob "$files/*" }

my ($exit, $out, $err) = run(['sh', "$top/regress/demo.sh"], env => \%env, cwd => $top);
is($exit, 0, 'exit status') or diag($err);
like($out, qr{\./migrations/001_users\.sql.*\./migrations/002_user_crud\.sql}s, 'the plan');
like($out, qr{=> \\tests\n.*__test__/.*_setup\.sql.*test_user_crud\.sql.*=> \\i}s, 'the test tree');
like($out, qr{=> \\test\n.*test_user_crud\.sql \| passed}s, 'the tests\' results');
like($out, qr{admin\@example\.com \| Administrator}, 'what was deployed');
unlike($err, qr{error|ERROR}, 'no error');
ok((wait_until { leftovers() eq '' } 20), 'no directory left') or diag(leftovers());
my $processes = `ps -eo args 2>/dev/null`;
unlike($processes, qr{^\S*postgres -D $cache}m, 'no server left');

my $pty = spawn_pty(['sh', "$top/regress/demo.sh"], env => \%env, cwd => $top);
$pty->expect(qr{test_user_crud\.sql}, 'terminal: it runs');
$pty->expect(qr{^postgres=# $}m, 'terminal: ends at the prompt');
$pty->type('SELECT count(*) FROM pgmi_plan_view;');
$pty->expect(qr{^\(1 row\)}m, 'terminal: the session is there');
$pty->type('\q');
is($pty->finish, 0, 'terminal: exit status');
ok((wait_until { leftovers() eq '' } 20), 'terminal: no directory left') or diag(leftovers());

done_testing();
