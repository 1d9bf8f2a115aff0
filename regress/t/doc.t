#!/usr/bin/perl
# The manual says what the program does: the command reference is current, every command has its
# help, the manual page is well formed and names every option.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $top   = $PgmishTest::TOP;
my $build = pgmish_program() =~ s{/[^/]*$}{}r;
my ($exit, $out, $err) = run(["$build/mkdoc"]);
is($exit, 0, 'the generator runs') or diag($err);
ok($out eq slurp("$top/doc/commands.md"), 'doc/commands.md is current')
    or diag('run: make doc/commands.md');
($exit, $out, $err) = run(["$build/mkdoc", '--tutorial']);
ok($exit == 0 && $out eq slurp("$top/doc/tutorial.md"), 'doc/tutorial.md is current')
    or diag("$err\nrun: make doc/tutorial.md");

my $page = slurp("$top/doc/pgmish.1");
like($page, qr{^\.It Ic \\e\Q$_\E\b}m, "manual page: \\$_") for qw(plan tests test source run expand);
my $other = slurp("$top/doc/pgmi.1");
my (undef, $usage) = run([pgmi_program(), '--help']);
for my $command ($usage =~ /^  ([a-z]+) (?!COMMAND).*(?<!\(later\))$/mg) {
    like($other, qr{^\.(?:It )?Cm \Q$command\E\b|\.Cm .*\b\Q$command\E\b}m, "manual page: pgmi $command");
}
# Every option of every command, as its own help lists them, stands in the manual and is completed.
my %script = map { $_ => (run([ pgmi_program(), 'completion', $_ ]))[1] } qw(bash zsh fish powershell);
for my $command (grep { $_ ne 'pgmi' } $usage =~ /^  ([a-z]+(?: [a-z]+)?) .*(?<!\(later\))$/mg) {
    my ($code, $help) = run([ pgmi_program(), split(' ', $command), '--help' ]);
    is($code, 0, "pgmi $command --help");
    my $words = $command =~ s/ .*//r;
    my ($listed) = $help =~ /^Options:\n(.*)/ms;
    while ($listed =~ /^ +(?:-(\w), +)?--([a-z-]+)/mg) {
        my ($letter, $option) = ($1, $2);
        like($other, $letter ? qr{^\.It Fl $letter , -\Q$option\E\b(?!-)}m : qr{^\.It Fl -\Q$option\E\b(?!-)}m, "manual page: pgmi $command --$option");
        like($script{$_}, qr{"\Q$command\E"\*\) words="[^"]*--\Q$option\E[ "]}, "$_: pgmi $command --$option") for qw(bash zsh);
        like($script{powershell}, qr{^  '\Q$command\E' = @\(.*'--\Q$option\E'}m, "PowerShell: pgmi $command --$option");
        like($script{fish}, $option eq 'help' || $option eq 'verbose' ? qr{^complete -c pgmi .*-l \Q$option\E\b}m
            : qr{^complete -c pgmi -n '__fish_seen_subcommand_from $words' -l \Q$option\E\b}m, "fish: pgmi $command --$option");
    }
}
# pgmish's own options are those that psql's help does not have.
my (undef, $ours) = run([ pgmish_program(), '--help' ]);
my (undef, $psqls) = run([ psql_program(), '--help' ]);
my %psql = map { $_ => 1 } $psqls =~ /--([a-z-]+)/g;
for my $option (grep { !$psql{$_} } $ours =~ /^ +(?:-\w, )?--([a-z-]+)/mg) {
    like($page, qr{^\.It Fl -\Q$option\E\b}m, "manual page: pgmish --$option");
}
SKIP: {
    skip 'no man-db here', 2 unless -x '/usr/bin/man';
    for my $name ('pgmish', 'pgmi') {
        ($exit, $out, $err) = run(['man', '--warnings', '-l', "$top/doc/$name.1"], env => { MANWIDTH => 80 });
        is("$exit$err", '0', "$name.1: no warnings");
    }
}

# Links between the pages lead somewhere.
for my $file ('README.md', map { s{^\Q$top\E/}{}r } glob "$top/doc/*.md") {
    my $dir = $file =~ m{^(.*/)} ? $1 : '';
    for my $target (slurp("$top/$file") =~ /\]\((?!http)([^)#]+)/g) {
        ok(-e "$top/$dir$target", "$file: $target");
    }
}

done_testing();
