#!/usr/bin/perl
# Tab completion: what is inserted, how candidates are shown, and what is offered where.
#
# Screens are compared with psql's.  Breadth is checked in both directions from one table: whatever
# psql offers at a place has to be offered here too.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

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
    return same_screen($name, $server, [ map { ref $_ ? $_ : [ $_, qr/\S ?\z/ ] } @steps ], cwd => $dir, timeout => 6);
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
        cwd => $dir, timeout => 6, %options);
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

# ---- what is offered: all that psql offers ----------------------------------------------------------
# Asked with show-all-if-ambiguous, one candidate a line.
spew("$dir/inputrc", join "\n", 'set show-all-if-ambiguous on', 'set completion-query-items -1',
    'set page-completions off', 'set bell-style none', 'set enable-bracketed-paste off',
    'set completion-display-width 0', '');

sub offers {
    my ($program, @places) = @_;
    my $pty = spawn_pty([ $program, '-X' ], server => $server, cols => 2000, rows => 300,
        timeout => 5, cwd => $dir, env => { INPUTRC => "$dir/inputrc" });
    my %offers;
    $pty->expect($prompt, 'prompt');
    for my $place (@places) {
        # the mark shows where the answer ends: it is typed behind the Tab and stays in the line
        $pty->send("$place\t~|");
        my $seen = $pty->expect(qr/~\|\z/, "asked: $place") // return {};
        $pty->send("\x03");
        $pty->expect($prompt, 'next') // return {};
        my @lines = split /\n/, $seen;
        shift @lines;
        my $last = pop @lines // $seen;
        # one candidate is inserted, several are listed
        my ($single) = $last =~ /\A(.*?) ?~\|\z/;
        $offers{$place} = @lines ? { map { $_ => 1 } map { s/\s+\z//r } @lines }
            : $single ne $place =~ s/ \z//r ? { substr($single, rindex($place, ' ') + 1) => 1 } : {};
    }
    $pty->stop;
    return \%offers;
}

my @places = (
    'CREATE ', 'ALTER ', 'DROP ', 'COMMENT ON ', 'GRANT SELECT ON ', 'REVOKE ',
    'CREATE TABLE t (', 'CREATE TABLE t PARTITION OF ', 'CREATE INDEX ON orders ', 'CREATE INDEX ON orders (',
    'CREATE TRIGGER t BEFORE ', 'CREATE TRIGGER t BEFORE INSERT ', 'CREATE VIEW v ', 'CREATE TYPE t AS ',
    'CREATE ROLE r ', 'CREATE POLICY p ON orders ', 'CREATE POLICY p ON orders FOR ', 'CREATE RULE r AS ON ',
    'CREATE SEQUENCE s ', 'CREATE DATABASE d ', 'CREATE PUBLICATION p FOR ', 'CREATE FUNCTION f() ',
    'CREATE EXTENSION x ', 'CREATE MATERIALIZED VIEW v AS ', 'CREATE STATISTICS s (', 'CREATE DOMAIN d AS ',
    'ALTER TABLE ', 'ALTER TABLE orders ', 'ALTER TABLE orders ADD ', 'ALTER TABLE orders ALTER COLUMN ',
    'ALTER TABLE orders ALTER COLUMN id ', 'ALTER TABLE orders ALTER COLUMN id SET STORAGE ',
    'ALTER TABLE orders DROP CONSTRAINT ', 'ALTER TABLE orders ENABLE ', 'ALTER TABLE orders REPLICA IDENTITY ',
    'ALTER TABLE orders SET ', 'ALTER INDEX order_customer ', 'ALTER DATABASE postgres ', 'ALTER ROLE clerk ',
    'ALTER TYPE mood ', 'ALTER TYPE mood RENAME VALUE ', 'ALTER VIEW order_view ', 'ALTER SYSTEM ',
    'ALTER DEFAULT PRIVILEGES ', 'ALTER FUNCTION total(int, text) ', 'ALTER SUBSCRIPTION s ',
    'DROP TABLE orders ', 'DROP INDEX ', 'DROP OWNED BY ', 'DROP TYPE mood ', 'DROP DATABASE postgres ',
    'SELECT * FROM ', 'SELECT * FROM orders WHERE ', 'SELECT * FROM stock.', 'SELECT * FROM orders JOIN ',
    'INSERT INTO ', 'INSERT INTO orders ', 'INSERT INTO orders (', 'UPDATE ', 'UPDATE orders ', 'UPDATE orders SET ',
    'DELETE FROM orders ', 'MERGE INTO orders ', 'TRUNCATE ', 'LOCK TABLE orders ', 'LOCK TABLE orders IN ',
    'BEGIN ', 'START TRANSACTION ', 'COMMIT ', 'ROLLBACK ', 'SET SESSION ', 'SET TRANSACTION ', 'SET search_path TO ',
    'SET client_min_messages TO ', 'SET ROLE ', 'SHOW client_', 'RESET search', 'DISCARD ', 'DECLARE c ', 'FETCH ',
    'EXPLAIN ', 'EXPLAIN (', 'EXPLAIN (FORMAT ', 'ANALYZE (', 'VACUUM ', 'VACUUM (', 'CLUSTER ', 'REINDEX ',
    'REINDEX TABLE ', 'REFRESH MATERIALIZED VIEW ', 'COPY ', 'COPY orders ', 'COPY orders FROM STDIN WITH (',
    'PREPARE p AS ', 'CALL ', 'NOTIFY ', 'SECURITY LABEL ON ', 'IMPORT FOREIGN SCHEMA s ', 'REASSIGN OWNED BY clerk ',
    '\pset ', '\pset linestyle ', '\pset expanded ', '\set ', '\set ECHO ', '\set VERBOSITY ', '\unset PROM',
    '\d ', '\dt ', '\dv ', '\di ', '\dn ', '\du ', '\df tot', '\dT moo', '\dF ', '\encoding ', '\c ', '\c postgres ',
    '\?  ', '\h ALTER ', '\h CREATE ', '\password ', '\copy ', '\copy orders ', '\i ', '\x ', '\dconfig work',
    '\echo :', "SELECT :'", '\\', '\d', '\l', '\lo', '\set FETCH_COUNT ', '\pset null ', '\g ', '\o ', '\cd ',
    '\ef tot', '\sf tot', '\sv ', '\dx ', '\dy ', '\dX ', '\des ', '\dA ', '\dL ', '\db ', '\dD ',
);
my ($theirs, $ours) = map { offers($_, @places) } psql_program(), as_psql();
for my $place (@places) {
    my %have = %{ $ours->{$place} // {} };
    # several words may be offered where psql offers the first
    my @missing = grep { my $one = $_; !$have{$one} && !grep { index($_, "$one ") == 0 } keys %have }
        sort keys %{ $theirs->{$place} // {} };
    is("@missing", '', "all that psql offers: $place");
}

my $asked = grep { %{ $theirs->{$_} } } @places;
cmp_ok($asked, '>', @places * 0.9, 'psql was asked');

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
