#!/usr/bin/perl
# A client whose encoding is not UTF-8, and a project that is: names and contents with an accent.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
$server->query(q{CREATE DATABASE latin1 ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'});
my $e = "\xc3\xa9";
my $project = make_project({ 'deploy.sql' => "SELECT 1;\n", "a/$e.sql" => "SELECT '$e';\n", 'a/x.sql' => "SELECT 1;\nSELECT '$e', nothing;\n",
    "__test__/$e.sql" => "SELECT '$e';\n" });
my %latin1 = (server => $server, env => { PGCLIENTENCODING => 'LATIN1' });

for my $database ('postgres', 'latin1') {
    for my $typed ("a/$e.sql", "a/\xe9.sql") {
        my ($exit, $out, $err) = pgmish(['-Atq', '-d', $database, '--load', $project, '-v', 'ON_ERROR_STOP=1'], %latin1,
            stdin => "\\source $typed\n\\run ./$typed\nBEGIN;\n\\source ./$typed\n");
        is($exit, 0, "$database: a path as it is, and as such a terminal sends it") or diag($err);
        is($out, "     1  SELECT '\xe9';\n\xe9\n     1  SELECT '\xe9';\n", "... in the client's encoding");
    }
    my ($exit, $out, $err) = pgmish(['-Atq', '-d', $database, '--load', $project, '-c', '\\test'], %latin1);
    is($exit, 0, "$database: \\test") or diag($err);
    like($out, qr{^\./__test__/\xe9\.sql\|passed}m, '... shows the path');
}
for my $encoding (['LATIN1', "\xe9"], ['WIN1252', "\xe9"], ['UTF8', $e], ['LATIN9', "\xe9"]) {
    my ($code, $shown, $said) = pgmish(['-q', '-d', 'postgres', '--load', $project], server => $server,
        stdin => "\\encoding $encoding->[0]\nDO \$\$ DECLARE f record; BEGIN FOR f IN SELECT content FROM pgmi_plan_view WHERE path ~ 'x.sql' LOOP EXECUTE f.content; END LOOP; END \$\$;\n");
    like($said, qr{^FILE:  \./a/x\.sql:2:13\n    SELECT '\Q$encoding->[1]\E', nothing;\n                \^\n}m, "$encoding->[0]: the line of the project as the terminal reads it");
}
my ($exit, $out, $err) = pgmish(['--load', $project, '-c', "\\source a/\xe8.sql"], %latin1);
like($err, qr/is not loaded/, 'a path that is none');

done_testing();
