#!/usr/bin/perl
# `make install` and `make uninstall`: what is laid where, readable by all, and nothing left behind;
# below a directory with blanks and under a strict umask, as packagers and careful people have it.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $top   = $PgmishTest::TOP;
my $build = pgmish_program() =~ s{/[^/]*$}{}r;
my $dest  = private_dir() . "/a place";
umask 077;

# `-o all`: what is installed is what is being tested, built with whatever flags it was.
sub make_target
{
    my ($target, @more) = @_;
    my ($exit, $out, $err) = run(['make', '-o', 'all', $target, "BUILD=$build", "DESTDIR=$dest", @more],
        cwd => $top, env => { MAKEFLAGS => '', MAKELEVEL => '' });
    is($exit, 0, "make $target @more: exit status") or diag($err);
    return $out;
}

sub installed { return sort map { chomp; s{^\Q$dest\E/}{}r } qx{find "$dest" -not -type d} }

make_target('install', 'PREFIX=/opt/my tools');
my $root = "$dest/opt/my tools";
my ($exit, $out) = run(["$root/bin/pgmish", '--version']);
like($out, qr{^pgmish \d}, 'the program runs from there');
($exit, $out) = run(["$root/bin/pgmi", 'version']);
like($out, qr{^pgmi \d}, '... and under its other name');
for my $file ('bin/pgmish', 'share/man/man1/pgmish.1', 'share/man/man1/pgmi.1', 'share/doc/pgmish/README.md',
    'share/doc/pgmish/LICENSE', 'share/bash-completion/completions/pgmi')
{
    ok(-s "$root/$file", "$file is there");
    ok(((stat "$root/$file")[2] & 044) == 044, '... for all to read');
}
($exit, $out) = run(['find', $dest, '-type', 'd', '-not', '-perm', '-055']);
is($out, '', 'every directory is open to all');
($exit, $out) = run(['bash', '-n', "$root/share/bash-completion/completions/pgmi"]);
is($exit, 0, 'the completion is a shell script');
# the manual's links hold where it is installed
for my $page (glob qq{"$root/share/doc/pgmish/*.md"}) {
    my @lost = grep { !m{^\w+:} && !-e "$root/share/doc/pgmish/$_" } slurp($page) =~ m{\]\(([^)#\s]+)[^)]*\)}g;
    is("@lost", '', 'links of ' . $page =~ s{.*/}{}r);
}
make_target('install', 'PREFIX=/opt/my tools');    # over an installation
make_target('uninstall', 'PREFIX=/opt/my tools');
is(join("\n", installed()), '', 'nothing is left');

make_target('install');
ok(-x "$dest/usr/local/bin/pgmish", 'below /usr/local when nothing is said');
make_target('uninstall');
is(join("\n", installed()), '', 'nothing is left');

done_testing();
