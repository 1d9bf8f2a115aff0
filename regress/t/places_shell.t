#!/usr/bin/perl
# What the shell does with the place of an error: variables, \errverbose, \e, cut lines; and that
# psql's scripts see nothing of it.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $deploy = "DO \$\$\nDECLARE c text;\nBEGIN\n  FOR c IN SELECT content FROM pgmi_plan_view ORDER BY "
    . "execution_order LOOP\n    EXECUTE c;\n  END LOOP;\nEND \$\$;\n";
my $app = make_project({
    'deploy.sql' => $deploy,
    "m/it's 1.sql" => "SELECT 1;\nSELECT 'x', nosuch;\n",
});
my $editor = private_dir() . '/editor';
spew($editor, <<'SH');
#!/bin/sh
printf 'EDITOR'
printf ' [%s]' "$@"
echo
case "$2" in *1.sql) echo 'SELECT 2;' > "$2" ;; esac
SH
chmod 0755, $editor;
my %env = (EDITOR => $editor, PSQL_EDITOR_LINENUMBER_ARG => '+');

sub script {
    my ($text, @arguments) = @_;
    return pgmish(['-q', '-At', @arguments], server => $server, stdin => $text, cwd => $app,
        env => \%env);
}

my $vars = "\\echo [:LAST_ERROR_FILE] [:LAST_ERROR_LINE] [:LAST_ERROR_COLUMN]\n";
my ($exit, $out, $err) = script("\\pgmi load .\n\\i deploy.sql\n${vars}\\errverbose\nSELECT nosuch;\n$vars"
    . "\\errverbose\n");
is($out, "[./m/it's 1.sql] [2] [13]\n[] [] []\n", 'variables of a located error, emptied by another');
like($err, qr/^FILE:  \.\/m\/it's 1\.sql:2:13\n    SELECT 'x', nosuch;\n {16}\^\nCHAIN:  deploy.sql:5 > /m,
    'printed');
is(() = $err =~ /^FILE: /mg, 2, '\errverbose tells the place of its error, and of no other');
like($err, qr/^LOCATION: .*\nFILE:  /m, 'behind what the server says');

($exit, $out, $err) = script("\\i deploy.sql\nDO \$\$BEGIN RAISE 'Failed in ./m/x.sql: no'; END\$\$;\n"
    . "\\echo :{?LAST_ERROR_FILE}\n\\errverbose\n");
is($out, "FALSE\n", 'no project loaded: no variable');
unlike($err, qr/^FILE/m, 'and no place');

my $text = "\\pgmi load .\nSELECT 1;\n\\i deploy.sql\n\\e\n";
($exit, $out, $err) = script($text);
like($out, qr/^EDITOR \[\+2\] \[\Q$app\E\/m\/it's 1\.sql\]$/m, '\e opens the file at the line');
is(slurp("$app/m/it's 1.sql"), "SELECT 2;\n", 'and edits it in its place');
spew("$app/m/it's 1.sql", "SELECT 1;\nSELECT 'x', nosuch;\n");
($exit, $out, $err) = script("\\pgmi load .\n\\i deploy.sql\nSELECT 7;\n\\e\n");
like($out, qr/^EDITOR \[.*\.edit\.\d+\.sql\]$/m, 'behind a query that worked, \e means that query');
($exit, $out, $err) = script("\\pgmi load .\n\\i deploy.sql\nSELECT 8\n\\e\n");
like($out, qr/^EDITOR \[.*\.edit\.\d+\.sql\]$/m, 'and with a query begun, that one');
($exit, $out, $err) = script("\\pgmi load .\n\\pgmi deploy\n$vars\\e\n");
like($out, qr/^\[\.\/m\/it's 1\.sql\] \[2\] \[13\]$/m, '\pgmi deploy sets the variables too');
like($out, qr/^EDITOR \[\+2\]/m, 'and \e knows');

# a long line is cut around the caret
my $long = make_project({ 'deploy.sql' => $deploy,
    'a.sql' => "SELECT '" . ('a' x 300) . "', '\xe6\x97\xa5\xe6\x9c\xac', nosuch, '" . ('b' x 300) . "';\n" });
($exit, $out, $err) = pgmish(['-f', "$long/deploy.sql"], server => $server);
my ($shown, $under) = $err =~ /^FILE: .*\n(.*)\n( *)\^$/m;
like($shown, qr/^    \.\.\.a+.*b\.\.\.$/, 'a long line is cut on both sides');
utf8::decode($shown);
my ($before) = $shown =~ /^(.*)nosuch/;
is(length($under), length($before) + (() = $before =~ /[\x{3000}-\x{9fff}]/g),
    'the caret stands under the word, wide characters counted');
cmp_ok(length $shown, '<=', 120, 'and within the limit');

# typed, piped, -c
spew("$app/m/it's 1.sql", "SELECT 1;\nSELECT 'x', nosuch;\n");
($exit, $out, $err) = pgmish(['--load', $app, '-c', "DO \$\$BEGIN EXECUTE (SELECT content FROM "
    . "pgmi_source_view); END\$\$"], server => $server);
like($err, qr/^FILE:  \.\/m\/it's 1\.sql:2:13$/m, '-c');
($exit, $out, $err) = script($deploy, '--load', $app);
like($err, qr/^FILE:  \.\/m\/it's 1\.sql:2:13$/m, 'piped');
unlike($err, qr/^CHAIN/m, 'what was typed has no place');
my $pty = spawn_pty([pgmish_program(), '-X', '--load', $app], server => $server);
$pty->expect(qr/=# $/, 'a prompt');
$pty->type('DO $$BEGIN EXECUTE (SELECT content FROM pgmi_source_view); END$$;');
$pty->expect(qr/FILE:  \.\/m\/it's 1\.sql:2:13\n.*nosuch;\n +\^/s, 'typed');
$pty->type('\q');
$pty->finish('left');
done_testing();
