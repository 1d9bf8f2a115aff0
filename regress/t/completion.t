#!/usr/bin/perl
# Tab completion: what is inserted, how candidates are shown, and what is offered where.
#
# Screens are compared with psql's (more of them: regress/psql/screens/complete.dialogue), and what
# both programs offer, at more than a thousand places.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;
use lib "$PgmishTest::TOP/regress/psql";
use Asker;

my $server = start_server();
$server->query(<<'SQL');
CREATE TABLE orders (id int PRIMARY KEY, customer text, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE "Mixed" ("Odd name" int, plain int);
CREATE VIEW order_view AS SELECT * FROM orders;
CREATE SCHEMA stock;
CREATE TABLE stock.items (sku text, amount int);
CREATE TABLE stock.itineraries (stop text);
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE INDEX order_customer ON orders (customer);
CREATE FUNCTION total(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE ROLE clerk;
SQL
my $dir = private_dir();
spew("$dir/alpha.sql", "SELECT 'from alpha';\n");
spew("$dir/two words.sql", '');
mkdir "$dir/sub";
spew("$dir/sub/beta.sql", '');

# ---- inserting, against psql ------------------------------------------------------------------
my $prompt = PROMPT;
sub inserted {
    my ($name, @steps) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return same_screen($name, $server, [ map { ref $_ ? $_ : [ $_, qr/\S ?\z/ ] } @steps ], cwd => $dir);
}
inserted('a keyword', [ "sel\t1;\r", $prompt ]);
inserted('case follows the first letter',
    [ "SEL\t1;\r", $prompt ], [ "Sel\t2;\r", $prompt ], [ "\\set COMP_KEYWORD_CASE upper\r", $prompt ],
    [ "sel\t3;\r", $prompt ], [ "\\set COMP_KEYWORD_CASE lower\r", $prompt ], [ "SEL\t4;\r", $prompt ]);
inserted('a table', [ "SELECT * FROM order\t_v\t;\r", $prompt ]);
inserted('schema and table', [ "SELECT * FROM stoc\titem\t;\r", $prompt ]);
inserted('a quoted name', [ "SELECT * FROM \"Mi\t;\r", $prompt ]);
inserted('a name that has to be quoted', [ "SELECT * FROM Mi\t;\r", $prompt ], [ "\x15\r", $prompt ]);
inserted('upper case folds', [ "SELECT * FROM ORDER_V\t;\r", $prompt ]);
inserted('over lines', [ "SELECT *\r", $prompt ], [ "FROM stock.itin\t\r", $prompt ], [ ";\r", $prompt ]);
inserted('a setting and its value', [ "SET enable_hashj\tTO of\t;\r", $prompt ]);
inserted('columns', [ "UPDATE orders SET cust\t= 'x' WHERE fals\t\r", $prompt ], [ ";\r", $prompt ]);
inserted('a backslash command', [ "\\pse\tformat una\t\r", $prompt ]);
inserted('a file', [ "\\i alp\t\r", $prompt ]);
inserted('a file in a directory', [ "\\i sub/b\t\r", $prompt ]);
inserted('a variable', [ "\\echo :DBN\t\r", $prompt ], [ "\\set ECHO_H\tnoex\t\r", $prompt ]);
inserted('a variable in a query', [ "SELECT :DBN\t\\r\r", $prompt ]);
inserted('a file whose quote is missing', [ "COPY orders FROM alp\t\\r\r", $prompt ]);
inserted('a constraint', [ "ALTER TABLE orders DROP CONSTRAINT po\t\\r\r", $prompt ]);
inserted('a label', [ "ALTER TYPE mood RENAME VALUE 'gl\t\\r\r", $prompt ],
    [ "ALTER TYPE mood RENAME VALUE 'GL\t\x15\\r\r", $prompt ]);
inserted('a backslash command in the wrong case', [ "\\DRD\t\r", $prompt ]);
inserted('a value of a setting with a dot',
    [ "DO \$\$begin end\$\$;\r", $prompt ], [ "SET plpgsql.variable_conflict TO USE_C\t;\r", $prompt ]);
inserted('nothing to offer', [ "nosuchword\t;\r", $prompt ]);

# ---- showing, against psql ----------------------------------------------------------------------
sub shown {
    my ($name, $text, %options) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return same_screen($name, $server,
        [ [ $text, qr/\Q@{[ $text =~ s{\t.*}{}sr ]}\E\z/ ], [ "\t", qr/\n(?s:.*)[=-]# \S.*\z/ ] ],
        cwd => $dir, %options);
}
shown('tables', "DROP TABLE \t");
shown('what psql drops', "drop \t");
shown('formats', "\\pset format \t");
shown('more columns than fit', "ALTER \t", cols => 50);
shown('one column', "ALTER TABLE orders \t", cols => 45, rows => 60);
shown('the cursor stays in the line', "\\pset \t");
same_screen('the line goes on below the list', $server,
    [ [ "\\pset u\t", qr/\\pset unicode_\z/ ], [ "\t\t", qr/\n(?s:.*)\\pset unicode_\z/ ],
      [ "h\tdou\t\r", $prompt ] ]);
same_screen('many: yes or no', $server,
    [ [ "SET \t\t", qr/possibilities\? \(y or n\) ?\z/ ], [ "n", qr/SET \z/ ] ], fix => \&no_count);
same_screen('many: pages', $server,
    [ [ "\\dconfig \t\t", qr/possibilities\? \(y or n\) ?\z/ ], [ "y", qr/--More--\z/ ],
      [ " ", qr/--More--\z/ ], [ "\r", qr/--More--\z/ ], [ "q", qr/dconfig \z/ ] ], fix => \&no_count);
sub no_count { return $_[0] =~ s/all \d+ possib.*$/all/mr =~ s/^(?!.*\\dconfig|all|SET).*\n//gmr }

# ---- what is offered: what psql offers, place by place ---------------------------------------------
# The places are those that psql's own answers lead to from the empty line, and those of the files.
# Where psql offers nothing, something may be offered; what begins with ! below is meant to differ.
my %meant = map { $_ => 1 } (
    # psql takes a word for something it is not there: a name, or another statement's keyword
    'GRANT CREATE ', 'GRANT GRANT ', 'REVOKE CREATE ', 'REVOKE GRANT ', 'GRANT SELECT, ', 'DROP TABLE orders, ',
    'COMMENT ON FOREIGN DATA WRAPPER ', 'SECURITY LABEL ON EVENT TRIGGER ', 'SECURITY LABEL ON MATERIALIZED VIEW ',
    'ALTER FOREIGN TABLE far_table DISABLE TRIGGER ', 'ALTER FOREIGN TABLE far_table SET ', 'CREATE SERVER far TYPE ',
    'CREATE TABLE x PARTITION OF measures FOR VALUES FROM ', 'INSERT INTO orders OVERRIDING USER ', 'SET LOCAL ',
    'CREATE EXTENSION uuid-ossp ',
    # functions that cannot be a trigger's
    'CREATE TRIGGER x BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION ',
    'CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION ',
    # psql offers relations behind each \d that it does not know better
    '\dc ', '\dC ', '\ddp ', '\det ', '\dfp ', '\dl ', '\dO ', '\drds ', '\dRp ', '\dRs ', '\do ',
);

sub lines_of { return grep { /\S/ && !/^#/ } split /\n/, slurp("$PgmishTest::TOP/regress/psql/screens/$_[0]") }

my $names = start_server(settings => { autovacuum => 'off' });
$names->psql('-q', '-f', "$PgmishTest::TOP/regress/psql/screens/places.sql");
my $files = private_dir();
Asker::make_files($files);
my ($theirs, $ours) = map { Asker->new($_, $names, cwd => $files) } psql_program(), pgmish_program();

my ($asked, $answered, %different) = (0, 0);
sub compare_place {
    my ($place) = @_;
    my ($want, $have) = map { $_->ask($place) } $theirs, $ours;
    $asked++;
    return $want unless %$want;
    $answered++;
    my @diff = ((map { "- $_" } grep { !$have->{$_} } sort keys %$want),
        map { "+ $_" } grep { !$want->{$_} } sort keys %$have);
    $different{$place} = \@diff if @diff && !$meant{$place};
    return $want;
}

my %explored;
my @queue = ([ '', 0 ]);
while (my $item = shift @queue) {
    my ($place, $depth) = @$item;
    next if $explored{$place}++ || $meant{$place} || $place =~ /^(GRANT|REVOKE) (GRANT|CREATE) /;
    my $want = compare_place($place);
    my %letters = map { lc substr($_, 0, 1) => 1 } grep { /^[a-z]/i } keys %$want;
    compare_place("$place$_") for $depth < 2 && !$meant{$place} ? sort keys %letters : ();
    push @queue, map { [ $_, $depth + 1 ] } Asker::next_places($place, $want) if $depth < 3;
}
compare_place($_) for lines_of('sql.places'), lines_of('slash.places');
is(join('', map { join "\n  ", "$_|", @{ $different{$_} }[0 .. ($#{ $different{$_} } > 9 ? 9 : $#{ $different{$_} })], "\n" }
    sort keys %different), '', "the same is offered at $asked places");
cmp_ok($answered, '>', 1000, 'psql had answers');

# ---- beyond psql -------------------------------------------------------------------------------------
my $project = make_project({ 'deploy.sql' => "SELECT 1;\n", 'schema/tables.sql' => "SELECT 2;\n" });
my $pty = spawn_pty([ pgmish_program(), '-X', '--load', $project ], server => $server, timeout => 30);
$pty->expect($prompt, 'with a project');
for my $case (
    [ "SELECT count(*) FROM pgmi_plan_v\t;\r", qr/pgmi_plan_view ;\n.*\(1 row\)/s, 'views of the session' ],
    [ "\\source ./sch\t\r", qr{\\source \./schema/tables\.sql.*SELECT 2}s, 'paths of the project' ],
    [ "\\pgmi sta\t\r", qr/\\pgmi status/, 'commands of pgmi' ],
    [ "SELECT c.sk\tFROM stock.items c;\r", qr/SELECT c\.sk/, 'an alias that is yet to come' ],
    [ "SELECT cust^B\x02FROM orders\x01\ef\ef\t\x05;\r", qr/\n/, 'inside a line' ],
    [ "DROP TABLE IF \torders, stock.it\ts;\x15\\echo ok\r", qr/IF EXISTS orders, stock\.it.*\nok/s,
      'items of a list' ],
    [ "SELECT o.cu\x{1}\x05\x15SELECT 1; sel\t2;\r", qr/1; select 2;\n/, 'behind a semicolon' ],
    [ "DO \$\$ BEGIN PERFORM * FROM stock.ite\t; END \$\$;\r", qr/FROM stock\.items ;.*DO/s,
      'inside a body' ],
) {
    $pty->send($case->[0]);
    $pty->expect($case->[1], $case->[2]);
    $pty->expect($prompt, 'next');
}
# Looking must not disturb: not in a failed transaction, not in an open one.
$pty->type('BEGIN;');
$pty->expect(qr/\*# \z/, 'in a transaction');
$pty->send("SELECT * FROM ..\"\t\x15SELECT * FROM nosuch.\t\x15SELECT id FROM order_v\t;\r");
$pty->expect(qr/\(0 rows\).*\*# \z/s, 'strange names do not abort it');
$pty->type('SELECT 1/0;');
$pty->expect(qr/!# \z/, 'in a failed transaction');
$pty->send("SELECT * FROM order_v\t;\r");
$pty->expect(qr/ORDER_V|order_v;\n/i, 'nothing is asked');
$pty->type('ROLLBACK;');
$pty->expect($prompt, 'over');
# without a connection
$pty->type('\c nosuchdatabase');
$pty->expect($prompt, 'a connection that failed');
$pty->send("\\pse\t\x15sel\t\x15\\q\r");
is($pty->finish, 0, 'ends');

done_testing();
