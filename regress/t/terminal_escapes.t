#!/usr/bin/perl
# Names and texts from a project, or from its server, do not send control characters to the terminal
# in lines that are pgmish's own (doc/security.md); what psql prints is printed as psql does.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server  = start_server();
my $csi     = "\e[31m";
my $title   = "\e]0;owned\a";
my $parent  = private_dir();
my $project = "$parent/app$csi";
my %files   = (
    'deploy.sql' => "SET client_min_messages = notice;\nDO \$\$ BEGIN RAISE NOTICE 'said $csi \xc2\x9b1m'; END \$\$;\n"
        . "DO \$\$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view WHERE is_sql_file ORDER BY path LIMIT 1); END \$\$;\n",
    "sql$csi/one$title.sql"                => "SELECT 1;\nSELECT 2 FROM$csi x;\n",
    "__test__/deep$title/_setup.sql"       => '',
    "__test__/deep$title/t\e[2J\x7f\r.sql" => 'SELECT 1;',
    "data/tab\t\xc2\x9b1m.txt"             => 'x',
);
for my $path (sort keys %files) {
    my $dir = "$project/$path" =~ s{/[^/]*$}{}r;
    run(['mkdir', '-p', $dir]);
    spew("$project/$path", $files{$path});
}

# Everything but printable text, line feeds and the blanks of a table.
sub controls { return join ' ', map { sprintf '%vX', $_ } $_[0] =~ /[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]/g }

for my $command ('\plan', '\tests', '\tests+', '\pgmi status', '\pgmi check', '\test', '\trace', '\plan --graph', '\tests --graph',
    '\pgmi reload', '\pgmi params')
{
    my ($exit, $out, $err) = pgmish(['-X', '--load', $project, '--param', "note=$csi", '-c', $command], server => $server);
    is($exit, 0, "$command: exit status") or diag($err);
    is(controls($out . $err), '', '... no control character');
}
my ($exit, $out, $err) = pgmish(['-X', '--load', $project, '-c', '\pgmi status'], server => $server);
like($out, qr{app\\x1b\[31m$}m, 'the project is named readably');
($exit, $out, $err) = pgmish(['-X', '--load', $project, '-c', '\tests'], server => $server);
like($out, qr{^\./__test__/deep\\x1b\]0;owned\\x07/\n    _setup\.sql \(fixture\)\n    t\\x1b\[2J\\x7f\\x0d\.sql$}m, 'the tree too') or diag($out);

# files that came, changed and went
spew("$project/data/new$csi.txt", 'x');
($exit, $out, $err) = pgmish(['-X', '--load', $project], server => $server,
    stdin => "\\! rm -rf \"\$PROJECT\"/data\n\\pgmi status\n\\pgmi reload\n", env => { PROJECT => $project });
is(controls($out . $err), '', 'changes on disk: no control character');
like($out, qr{^On disk: .*removed.*\./data/new\\x1b\[31m\.txt$}m, '... named by \pgmi status');
like($out, qr{^  removed .*\./data/new\\x1b\[31m\.txt$}m, '... and by \pgmi reload');

for my $command (['info', $project], ['metadata', 'validate', $project], ['metadata', 'plan', $project],
    ['metadata', 'scaffold', $project], ['deploy', $project, '-d', 'postgres'], ['deploy', $project, '-d', 'postgres', '--json'],
    ['deploy', "$project/no", '-d', 'postgres'])
{
    ($exit, $out, $err) = pgmi($command, server => $server);
    is(controls($out . $err), '', "pgmi $command->[0] $command->[1]: no control character") or diag($out . $err);
}
($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres'], server => $server);
is($exit, 13, 'the deployment fails');
like($err, qr{^NOTICE:  said \\x1b\[31m \\u009b1m$}m, '... its notice is readable');
like($err, qr{^pgmi: error: syntax error at or near "\\x1b"$}m, '... and the error');
like($err, qr{^FILE: \./sql\\x1b\[31m/one\\x1b\]0;owned\\x07\.sql:2:14$}m, '... and its place');

# layout stays: CRLF files, tabs, and letters of any language
spew("$project/deploy.sql", "DO \$\$ BEGIN RAISE NOTICE E'tab\\there\nJos\xc3\xa9 \xe6\x97\xa5'; END \$\$;\n");
($exit, $out, $err) = pgmi(['deploy', $project, '-d', 'postgres'], server => $server);
like($err, qr{^NOTICE:  tab\there\nJos\xc3\xa9 \xe6\x97\xa5$}m, 'tabs, line feeds and letters are shown as they are') or diag($err);

done_testing();
