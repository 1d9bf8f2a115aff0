#!/usr/bin/perl
# Runs random scripts through the real psql and through pgmish, against a server of its own, and
# compares stdout, stderr and exit status byte for byte: `make check-fuzz-shell`.
#
#     shell_compare.pl [SCRIPTS [FIRST-SEED]]      default: 40 scripts, seed from the clock
#
# Two kinds of scripts in turn: lines of backslash commands with odd arguments, and SQL broken at
# odd places with backslash commands in between.  A difference is printed with its seed, which
# makes the same script again; the script is kept.  PGMISH names the program.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestServer;

my $count  = $ARGV[0] // 40;
my $first  = $ARGV[1] // time;
my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $work   = tempdir('fuzz-XXXXXX', DIR => '/tmp', CLEANUP => 1);

# Nothing here may change files or databases: what one client did would be seen by the other.
my @arguments = (
    ' ', ' ', 'a', 'B', "'", "'", "''", '"', '"', '`echo x`', '`', '\\\\', ':v', ":'v'", ':"v"',
    ':{?v}', ':{?zz}', ':zz', ":'v", ':{', ':', '\n', '\101', '\x41', '\x', '\q_', ';', ' ;', '|',
    '-n', '(', ')', 'x=y', "\t", ':e', ':q', '1', 'true', '0', 'off', '$', '\\', '#', "\xc3\xa9",
    ':semi', '/*', '--',
);
my @commands = (
    '\echo ', '\echo ', '\qecho ', '\warn ', '\echo -n ', '\if ', '\elif ', '\else ', '\endif ',
    '\endif', '\unset zz ', '\set w ', '\timing off ', '\encoding ', '\getenv x HOME ', '\f ',
    '\C ', '\T ', '\pset null ', 'select 1 \p ', '\echo :w ', '\r ', '\prompt ', '\setenv ',
    '\cd ', '\pset ', '\a ', '\echo-',
);
my @pieces = (
    'select 1', ';', ' ;', "\n", "\n", ' ', "'a'", "'a", '"b"', '(', ')', '/* c */', '/*', '*/',
    "-- x\n", '$$d$$', '$$', '\;', '\:', ':v', ":'v'", ':"v"', ':semi', ':sel', ':meta', ':{?v}',
    '\echo hi ', "\\p\n", "\\r\n", "\\g\n", "\\if 1\n", "\\if 0\n", "\\else\n", "\\endif\n",
    "\\endif\n", "\\elif 1\n", '\\\\', 'begin;', 'commit;', 'rollback;', 'select ',
    'values (1),(2)', ', 2', 'create function pg_temp.f() returns int begin atomic;',
    'return 1; end', 'case when 1 then 2 end', 'copy (select 1) to stdout;',
    "copy nosuch from stdin;\n1\n2\n\\.\n", 'copy (select 2) to stdout\;', "E'\\n\\''", '::text',
    'as x', "\\gset\n", "\\gset p_\n", "\\gx\n", "\\gdesc\n", "\\set v 2\n", "\\unset v\n",
    "\\echo :x :p_x\n", "\\set ECHO queries\n", "\\set ECHO none\n", "\\set SINGLELINE on\n",
    "\\set SINGLELINE off\n", "\\bad\n", "\\w /dev/stdout\n", "\\timing off\n",
    "select 'x' as x \\gexec\n", "select \$q\$select 3\$q\$ \\gexec\n",
    "\\set ON_ERROR_ROLLBACK on\n", "\\set AUTOCOMMIT off\n", "\\set AUTOCOMMIT on\n", "\\t\n",
    "\\x\n", "\\pset format csv\n", "\\pset format aligned\n", "\\set SHOW_ALL_RESULTS off\n",
    "\\errverbose\n", "\\set VERBOSITY terse\n", "select 1/0;\n",
    "do \$\$begin raise notice 'n'; end\$\$;\n",
);

sub any { return $_[rand @_] }

sub command_script {
    my $text = "\\set v 'va lue'\n\\set e ''\n\\set q 'it''s'\n\\set semi ';'\n"
        . "\\set w1 '\\\\echo hi'\n\\set w2 '\\\\echo ''a'\n";
    for (1 .. 200) {
        my $line = any(@commands) . join '', map { any(@arguments) } 1 .. rand 8;
        $line .= any(@commands) if rand() < 0.2;
        $line .= join '', map { any(@arguments) } 1 .. rand 5;
        $line = any(':w1 ', ':w2 ', ':w1:w2 ') . $line if rand() < 0.08;
        $text .= "$line\n";
    }
    return $text;
}

sub sql_script {
    my $text = "\\set v 'va'\n\\set semi ';'\n\\set sel 'select 5;'\n\\set meta '\\\\echo m'\n";
    for (1 .. 60) {
        $text .= any(@pieces);
        $text .= ' '  if rand() < 0.3;
        $text .= "\n" if rand() < 0.2;
    }
    return "$text\n";
}

# stdout, stderr and status of one client, which is called psql in its messages.
sub observe {
    my ($program, $script) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        chdir $work;
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', "$work/stdout";
        open STDERR, '>', "$work/stderr";
        exec {$program} 'psql', '-X', '-d', 'postgres', '-f', $script;
    }
    waitpid $pid, 0;
    return join "\n", "status $?", TestServer::slurp("$work/stdout"), '---- stderr',
        TestServer::slurp("$work/stderr");
}

my $server = TestServer->start;
my %env    = $server->env;
@ENV{ keys %env } = values %env;
$ENV{HOME} = $work;
$ENV{LC_ALL} = 'C';
my $failed = 0;
for my $seed ($first .. $first + $count - 1) {
    srand $seed;
    open my $out, '>:raw', "$work/script.sql" or die "script.sql: $!";
    print $out $seed % 2 ? sql_script() : command_script();
    close $out;
    my %seen = (
        psql   => observe(TestServer::bindir() . '/psql', "$work/script.sql"),
        pgmish => observe($pgmish,                        "$work/script.sql"),
    );
    next if $seen{psql} eq $seen{pgmish};
    $failed++;
    for my $who (keys %seen) {
        open my $file, '>:raw', "$work/$who" or die "$who: $!";
        print $file $seen{$who};
    }
    my $kept = "/tmp/shell_compare.$seed.sql";
    system 'cp', "$work/script.sql", $kept;
    print "seed $seed differs; script kept as $kept\n",
        map { "  $_" } grep { defined } (split /^/, `diff -a -u '$work/psql' '$work/pgmish'`)[0 .. 19];
}
print "$count scripts, $failed differ (first seed $first)\n";
exit($failed ? 1 : 0);
