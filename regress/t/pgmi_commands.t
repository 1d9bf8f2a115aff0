#!/usr/bin/perl
# pgmi's commands besides deploy: init, templates, metadata, info, config, completion, version.
use strict;
use warnings;
use Test::More;
use JSON::PP;
use PgmishTest;

my ($exit, $out, $err);

# ---- help, usage ---------------------------------------------------------------------------------
($exit, $out, $err) = pgmi(['--help']);
is("$exit$err", '0', 'help');
my @commands = $out =~ /^  ([a-z]+(?: [a-z]+)?)  /mg;
is_deeply(\@commands, ['deploy', 'init', 'templates list', 'templates describe', 'metadata scaffold',
    'metadata validate', 'metadata plan', 'info', 'config', 'ai', 'serve', 'version', 'completion'],
    'every command is listed');
for my $command (@commands) {
    ($exit, $out, $err) = pgmi([split(/ /, $command), '--help']);
    is("$exit$err", '0', "$command --help");
    like($out, qr/^Usage:\n  pgmi \Q$command\E/m, '... names the command');
}
($exit, $out) = pgmi([]);
is($exit, 0, 'alone: help');
like($out, qr/Commands:/, '... indeed');
($exit, $out) = pgmi(['templates']);
like($out, qr/templates list.*templates describe/s, 'a group lists its commands');
for my $wrong (['nonsense'], ['--nonsense'], ['templates', 'nonsense'], ['templates', 'describe'],
    ['info', 'a', 'b'], ['info', '--nonsense'], ['completion'], ['completion', 'tcsh'], ['metadata', 'plan']) {
    ($exit, $out, $err) = pgmi($wrong);
    is($exit, 2, "@$wrong: 2");
    is($out, '', '... nothing on standard output');
    like($err, qr/^pgmi: error: /, '... a message');
}
for my $later ('ai', 'serve') {
    ($exit, $out, $err) = pgmi([$later, 'skills']);
    is($exit, 2, "$later: 2");
    like($err, qr/comes with a later version/, '... and says so');
}

# ---- a full disk below standard output: said, and the status tells ---------------------------------
for my $command ('version', '--help', 'templates list', 'completion bash', 'init somewhere') {
    ($exit, $out, $err) = run(['sh', '-c', qq{exec "\$0" $command >/dev/full}, pgmi_program()], cwd => private_dir());
    is($exit, 1, "$command > /dev/full: exit status");
    like($err, qr/^pgmi: error: could not write to standard output/m, '... and why');
}

# ---- version --------------------------------------------------------------------------------------
for my $spelling ('version', '--version') {
    ($exit, $out) = pgmi([$spelling]);
    is($exit, 0, $spelling);
    like($out, qr/\Apgmi \S+ \(compat 1\)\ncommit: (?:[0-9a-f]{40}|unknown)\nbuilt: (?:\d{4}-\d\d-\d\d|unknown)\nplatform: .*\nrepository: .*\n\z/, '... its lines');
}

($exit, $out) = pgmi(['help', 'metadata', 'plan']);
like($out, qr/\Apgmi metadata plan: /, 'help COMMAND is COMMAND --help');
is((pgmi(['help', 'nonsense']))[0], 2, '... of a command that there is');
for my $arguments (['--nonsense', '--json'], ['--json', 'a', 'b'], ['--port', 'x', '--json'], ['--json']) {
    ($exit, $out) = pgmi(['deploy', @$arguments]);
    is($exit, 2, "deploy @$arguments: 2");
    is(decode_json($out)->{exitCode}, 2, '... in JSON too');
}

# ---- templates, init ----------------------------------------------------------------------------------
($exit, $out) = pgmi(['templates', 'list']);
like($out, qr/\Abasic +\S.*\n/, 'templates list: basic first');
($exit, $out) = pgmi(['templates', 'describe', 'basic']);
like($out, qr{^  migrations/001_users.sql$}m, 'templates describe: structure');
like($out, qr/^Features:/m, '... and features');
is((pgmi(['templates', 'describe', 'none']))[0], 2, 'an unknown template: 2');
my $dir = private_dir();
($exit, $out, $err) = pgmi(['init', 'myapp', '--template', 'basic'], cwd => $dir);
is($exit, 0, 'init');
like($out, qr{^  deploy.sql$}m, '... the tree on standard output');
unlike($out, qr/Next/, '... and nothing else');
like($err, qr/Next: pgmi deploy myapp/, '... the next steps on standard error');
like(slurp("$dir/myapp/project.json"), qr/"app_name": "myapp"/, '... the name is put in');
is((pgmi(['init', 'myapp'], cwd => $dir))[0], 2, 'a directory that is not empty: 2');
is((pgmi(['init', 'x', '-t', 'none'], cwd => $dir))[0], 2, 'an unknown template: 2');
my $here = make_project({ 'pgmi.yaml' => "timeout: 7m\n", '.env' => "A=1\n" });
is((pgmi(['init'], cwd => $here))[0], 0, 'here, with a pgmi.yaml and a .env');
is(slurp("$here/pgmi.yaml"), "timeout: 7m\n", '... which is kept');

# ---- info --------------------------------------------------------------------------------------------------
($exit, $out) = pgmi(['info', "$dir/myapp", '--json']);
my $json = decode_json($out);
is_deeply([sort keys %$json], [sort qw(path template deploySql configFile totalFiles sqlFiles testFiles metadataWith directories)],
    'info --json: its keys');
is("$json->{template} $json->{configFile} $json->{testFiles} $json->{directories}{'./migrations/'}", 'basic ok 2 2', '... values');
($exit, $out) = pgmi(['info'], cwd => "$dir/myapp");
like($out, qr/^Template:      basic$/m, 'info: as text, here');
($exit, $out) = pgmi(['info', make_project({ 'pgmi.yaml' => "nonsense: 1\n" }), '--json']);
like(decode_json($out)->{configFile}, qr/^error: /, 'a bad pgmi.yaml is told');
is((pgmi(['info', '/nonexistent']))[0], 10, 'no such directory: 10');

# ---- metadata ------------------------------------------------------------------------------------------------
my $id = '22222222-2222-4222-8222-222222222222';
sub block { return "/* <pgmi-meta id=\"$_[0]\" idempotent=\"$_[1]\"><description>d</description><sortKeys>"
        . join('', map { "<key>$_</key>" } @_[2 .. $#_]) . "</sortKeys></pgmi-meta> */\n" }
my %files = ('a.sql' => block($id, 'false', '9', '1'), 'b/with <x>.sql' => "SELECT 1;\n", 'c.txt' => '',
    '__test__/t.sql' => "SELECT 1;\n", 'bom.sql' => "\xef\xbb\xbfSELECT 2;\n");
my $root = make_project(\%files);
($exit, $out, $err) = pgmi(['metadata', 'validate', $root, '--json']);
is($exit, 0, 'metadata validate');
is_deeply(decode_json($out), { total_files => 3, files_with_metadata => 1, files_without_metadata => 2,
    validation_passed => JSON::PP::true, duplicate_ids => [] }, '... its JSON');
($exit, $out, $err) = pgmi(['metadata', 'validate', $root]);
is($out, '', 'people are told on standard error');
like($err, qr/3 SQL files: 1 with metadata, 2 without/, '... what there is');
($exit, $out) = pgmi(['metadata', 'plan', $root, '--json']);
$json = decode_json($out);
is(join(' ', map { $_->{path} } @{ $json->{plan} }), './b/with <x>.sql ./bom.sql ./a.sql', 'metadata plan: order');
is_deeply($json->{plan}[-1], { path => './a.sql', id => $id, idempotent => JSON::PP::false, sort_keys => ['9', '1'],
    description => 'd' }, 'metadata plan: a file with metadata, by its smallest key');
is_deeply($json->{plan}[0]{sort_keys}, ['./b/with <x>.sql'], '... one without, by its path');
is($json->{total_files}, 3, '... how many');
($exit, $out, $err) = pgmi(['metadata', 'scaffold', $root]);
is($exit, 0, 'metadata scaffold');
like($err, qr{^\./b/with <x>\.sql$}m, '... lists what has none');
is(slurp("$root/b/with <x>.sql"), "SELECT 1;\n", '... and writes nothing');
chmod 0640, "$root/b/with <x>.sql";
($exit) = pgmi(['metadata', 'scaffold', $root, '--write', '--idempotent', 'false']);
is($exit, 0, '--write');
like(slurp("$root/b/with <x>.sql"), qr{\A/\*\n<pgmi-meta id="[0-9a-f-]{36}" idempotent="false">.*generated/with &lt;x&gt;\.sql.*\*/\n\nSELECT 1;\n\z}s,
    '... a block in front');
like(slurp("$root/bom.sql"), qr{\A\xef\xbb\xbf/\*}, '... behind a byte-order mark');
is((stat "$root/b/with <x>.sql")[2] & 07777, 0640, '... the mode is kept');
is_deeply([grep { /pgmi-/ } glob("$root/*")], [], '... no temporary file is left');
my $generic = $json->{plan}[0]{id};
($exit, $out) = pgmi(['metadata', 'plan', $root, '--json']);
my ($now) = grep { $_->{path} eq './b/with <x>.sql' } @{ decode_json($out)->{plan} };
is($now->{id}, $generic, '... the id is the generic one');
spew("$root/d.sql", block($id, 'true'));
($exit, $out, $err) = pgmi(['metadata', 'validate', $root, '--json']);
is($exit, 10, 'duplicate ids: 10');
$json = decode_json($out);
is("$json->{validation_passed} @{ $json->{duplicate_ids} }", "0 $id", '... named');
like($err, qr{\./a\.sql, \./d\.sql}, '... with their paths');
is((pgmi(['metadata', 'validate', make_project({ 'a.sql' => '/* <pgmi-meta> */' })]))[0], 10, 'bad metadata: 10');

# ---- completion ---------------------------------------------------------------------------------------------------
for my $shell ('bash', 'zsh', 'fish', 'powershell') {
    ($exit, $out) = pgmi(['completion', $shell]);
    is($exit, 0, "completion $shell");
    for my $word ('deploy', 'overwrite', 'verify-full', 'describe', 'basic') {
        like($out, qr/\b$word\b/, "... $word");
    }
}
my ($script) = (pgmi(['completion', 'bash']))[1];
spew("$dir/completion", $script);
for my $case (['pgmi dep', 'deploy'], ['pgmi deploy --over', '--overwrite'], ['pgmi deploy --sslmode verify-f', 'verify-full'],
    ['pgmi templates desc', 'describe'], ['pgmi init -t ba', 'basic']) {
    my ($line, $expected) = @$case;
    ($exit, $out) = run(['bash', '-c', '. "$1"; read -ra COMP_WORDS <<< "$2"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pgmi_words; echo "${COMPREPLY[*]}"',
        'bash', "$dir/completion", $line]);
    is($out, "$expected\n", "bash completes: $line");
}

# ---- init on a terminal ----------------------------------------------------------------------------
my $new = private_dir();
sub init_wizard { return spawn_pty([pgmi_program(), 'init', @_], env => { CI => undef }, cwd => $new) }
my $asked = init_wizard();
$asked->expect('Directory [.]: ', 'init asks where');
$asked->type('made/here');
$asked->expect(qr/  basic +\S.*Template \[basic\]: /s, '... and shows the templates');
$asked->type('none');
$asked->expect(qr/"none" will not do.*Template \[basic\]: /s, '... asks again');
$asked->type('');
$asked->expect(qr{made/here/\n.*deploy\.sql.*pgmi config made/here}s, '... makes the project and says what is next');
is($asked->finish('init'), 0, '... 0');
ok(-f "$new/made/here/migrations/001_users.sql", '... in new directories');
$asked = init_wizard('other');
$asked->expect('Directory [other]: ', 'a path given is the answer offered');
$asked->send("\004");
is($asked->finish('init'), 12, 'end of input cancels it: 12');
ok(!-e "$new/other", '... nothing is written');
$asked = init_wizard('third', '-t', 'basic');
is($asked->finish('init'), 0, 'with a template named nothing is asked');
unlike($asked->transcript, qr/Directory/, '... indeed');
my $odd = private_dir() . "/it's \"odd\"\n\xff";
is((pgmi(['init', $odd]))[0], 0, 'a directory with a hostile name');
like(decode_json(slurp("$odd/project.json"))->{app_name}, qr/^it's "odd"/, '... in the JSON too');
is((pgmi(['metadata', 'validate', $odd]))[0], 0, '... makes files that can be loaded');

# zsh and fish themselves, where there are any
SKIP: {
    skip 'no zsh here', 1 unless grep { -x "$_/zsh" } split /:/, $ENV{PATH};
    spew("$dir/zsh", (pgmi(['completion', 'zsh']))[1]);
    is((run(['zsh', '-n', "$dir/zsh"]))[0], 0, 'zsh reads its script');
}
SKIP: {
    skip 'no fish here', 3 unless grep { -x "$_/fish" } split /:/, $ENV{PATH};
    spew("$dir/fish", (pgmi(['completion', 'fish']))[1]);
    for (['pgmi deploy --sslmode v', "verify-ca\nverify-full\n"], ['pgmi completion f', "fish\n"], ['pgmi templates describe ', "basic\n"]) {
        my ($line, $expected) = @$_;
        ($exit, $out) = run(['fish', '-c', 'source $argv[1]; complete -C $argv[2] | string split -f 1 \t', "$dir/fish", $line]);
        is($out, $expected, "fish completes: $line");
    }
}

# ---- config -----------------------------------------------------------------------------------------------------------
my $empty = private_dir();
is((pgmi(['config', $empty]))[0], 1, 'config needs a terminal');
sub wizard { return spawn_pty([pgmi_program(), 'config', $empty], env => { CI => undef, HOME => $dir, PGPASSFILE => "$dir/pass" }) }
sub answer {
    my ($pty, $host) = @_;
    $pty->expect(qr/Host.*: /, 'host');
    $pty->type($host);
    $pty->expect('Port [5432]: ', 'port');
    $pty->type('x');
    $pty->expect(qr/will not do.*Port \[5432\]: /s, 'a bad port is asked for again');
    $pty->type('');
    $pty->expect(qr/Database.*: /, 'database');
    $pty->type('my db');
    $pty->expect(qr/User.*: /, 'user');
    $pty->type('me:too');
    $pty->expect(qr/sslmode \[prefer\]: /, 'sslmode');
    $pty->type('require');
}
my $pty = wizard();
answer($pty, 'db.example.com');
$pty->expect(qr/Save a password .*: /, 'password');
$pty->type('yes');
$pty->expect('Password: ', 'asked for');
$pty->type('pa\\ss:word');
is($pty->finish('config'), 0, 'config');
unlike($pty->transcript, qr/pa\\ss/, 'the password is not shown');
is(slurp("$dir/pass"), "db.example.com:5432:my db:me\\:too:pa\\\\ss\\:word\n", '... and goes to the password file');
is((stat "$dir/pass")[2] & 07777, 0600, '... mode 0600');
is((stat "$empty/pgmi.yaml")[2] & 07777, 0600, 'pgmi.yaml: mode 0600');
like(slurp("$empty/pgmi.yaml"), qr/host: "db\.example\.com".*database: "my db".*username: "me:too".*sslmode: "require"/s, '... what was said');
unlike(slurp("$empty/pgmi.yaml"), qr/word:|pa\\/, '... no password');
spew("$empty/deploy.sql", '');
($exit, $out) = pgmi(['info', $empty, '--json']);
is(decode_json($out)->{configFile}, 'ok', '... and it can be read');
$pty = wizard();
$pty->expect(qr/pgmi\.yaml exists\. Replace it\?.*: /, 'an existing file');
$pty->type('');
is($pty->finish('config'), 12, '... is not replaced without a yes');

my $unread = private_dir();
mkdir "$unread/pass";
$pty = spawn_pty([pgmi_program(), 'config', $unread], env => { CI => undef, HOME => $dir, PGPASSFILE => "$unread/pass" });
answer($pty, 'db.example.com');
$pty->expect(qr/Save a password .*: /, 'password'), $pty->type('yes');
$pty->expect('Password: ', 'asked for'), $pty->type('x');
is($pty->finish('config'), 1, 'a password file that cannot be read is not replaced');
like($pty->transcript, qr/cannot read "\Q$unread\E\/pass"/, '... and named');

done_testing();
