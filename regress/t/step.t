#!/usr/bin/perl
# \step at a terminal and over a pipe: a failing migration found and put right without leaving the
# shell; what becomes of a session that is quit, interrupted, killed; where no second connection
# can be had.  The transcript over a pipe is regress/sql/step.sql.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $runs_files = <<'END';
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT content FROM pg_temp.pgmi_plan_view ORDER BY execution_order LOOP
        EXECUTE v.content;
    END LOOP;
END $$;
END
my %shop = (
    'deploy.sql'            => "BEGIN;\n$runs_files" . "COMMIT;\n",
    'migrations/001.sql'    => "CREATE TABLE shop (item text, price int);\n",
    'migrations/002.sql'    =>
        "INSERT INTO shop VALUES ('tea', 3);\n-- a typo:\nINSERT INTO shop VALUES ('milk', 'one');\n",
    'migrations/003.sql'    => "CREATE VIEW cheap AS SELECT * FROM shop WHERE price < 3;\n",
);

sub shell_at {
    my ($dir, %options) = @_;
    my $pty = spawn_pty([pgmish_program(), '-X', '--load', $dir, @{ $options{arguments} // [] }],
        server => $server, timeout => 30,
        env => { PAGER => 'cat', PSQL_EDITOR => $options{editor}, %{ $options{env} // {} } });
    $pty->expect(qr/postgres=# \z/, 'shell is up');
    return $pty;
}

# The query answers so before long.
sub comes_to {
    my ($sql, $value, $name) = @_;
    my $came = wait_until { $server->query($sql) eq $value } 20;
    ok($came, $name);
}

# Nothing of a stepping session is left in the server.
sub clean {
    my ($name) = @_;
    comes_to("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", '0',
        "$name: no lock is left");
    is($server->query("SELECT to_regclass('shop') IS NULL"), 't', "$name: nothing was done");
}

subtest 'a failing migration is found and put right' => sub {
    my $dir = make_project(\%shop);
    my $editor = private_dir() . '/editor';
    spew($editor, "#!/bin/sh\nfor f; do :; done\nsed -i \"s/'one'/1/\" \"\$f\"\necho edited \"\$f\"\n");
    chmod 0755, $editor;
    my $pty = shell_at($dir, editor => $editor);
    $pty->type('\step');
    $pty->expect(qr/->    1  BEGIN;.*step deploy\.sql:1> \z/s, 'stops before the first statement');
    $pty->send("\r");
    $pty->expect(qr/BEGIN\n.*->    2  DO.*step deploy\.sql:2> \z/s, 'Enter is next');
    $pty->type('n');
    $pty->expect(qr{001\.sql:1 \(in deploy\.sql:2\)\n->    1  CREATE TABLE shop}, 'into the block');
    $pty->expect(qr{step \./migrations/001\.sql:1 \(other connection\)> \z}, 'its prompt');
    $pty->type("SELECT to_regclass('shop') IS NULL AS nothing_yet;");
    $pty->expect(qr/nothing_yet.*\n t\n.*connection\)> \z/s, 'another connection answers');
    $pty->type('u migrations/002.sql:3');
    $pty->expect(qr{\./migrations/002\.sql:3 \(in.*->    3  INSERT.*'one'.*> \z}s, 'until the line');
    $pty->type('n');
    $pty->expect(qr/invalid input syntax for type integer: "one".*FILE:\s+\S*002\.sql:3/s,
        'the failure is located');
    $pty->expect(qr/The statement failed; the transaction is as it was.*step deploy\.sql:2> \z/s,
        'the transaction is alive');
    $pty->type('SELECT nosuch;');
    $pty->expect(qr/column "nosuch" does not exist.*step deploy\.sql:2> \z/s, 'a typo');
    $pty->type('e');
    $pty->expect(qr{edited \S*/migrations/002\.sql\n.*step deploy\.sql:2> \z}s,
        'edit opens the file that failed');
    $pty->type('\pgmi reload');
    $pty->expect(qr{changed\s+\./migrations/002\.sql.*step deploy\.sql:2> \z}s,
        'loaded inside the transaction');
    $pty->type('retry');
    $pty->expect(qr/DO\n.*->   10  COMMIT;.*step deploy\.sql:10> \z/s, 'now it passes');
    $pty->type('SELECT sum(price) FROM shop;');
    $pty->expect(qr/\n +4\n.*> \z/s, 'the prompt is in the transaction');
    $pty->type('b');
    $pty->expect(qr/step deploy\.sql:2> \z/, 'back undoes the block');
    $pty->type('c');
    $pty->expect(qr/COMMIT\nend of deploy\.sql: \d+ run, 0 skipped\n.*postgres=# \z/s,
        'the text put right is still loaded');
    $pty->type('SELECT count(*) FROM cheap;');
    $pty->expect(qr/\n +1\n.*postgres=# \z/s, 'deployed');
    $pty->type('\q');
    is($pty->finish('shell'), 0, 'and the shell was never left');
    $server->query('DROP TABLE shop CASCADE');
};

subtest 'Ctrl-C and quit' => sub {
    my $dir = make_project({ %shop, 'migrations/002.sql' => "SELECT pg_sleep(1000);\n" });
    my $pty = shell_at($dir);
    $pty->type('\step');
    $pty->expect(qr/deploy\.sql:1> \z/, 'first stop');
    $pty->type('n');
    $pty->expect(qr/deploy\.sql:2> \z/, 'the block');
    $pty->type('n');
    $pty->expect(qr/001\.sql:1 \(other connection\)> \z/, 'inside');
    $pty->send("SELECT 'half\x03");
    $pty->expect(qr/\^C\n.*001\.sql:1 \(other connection\)> \z/s, 'Ctrl-C drops the line');
    $pty->type('SELECT pg_sleep(1000);');
    comes_to("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
        . " AND query LIKE 'SELECT pg_sleep%'", '1', 'a query on the other connection');
    $pty->send("\x03");
    $pty->expect(qr/canceling statement due to user request.*other connection\)> \z/s,
        'Ctrl-C ends that query and nothing else');
    $pty->type('finish');
    comes_to("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", '1',
        'the block runs');
    $pty->send("\x03");
    $pty->expect(qr/canceling statement.*The statement failed; the transaction is as it was/s,
        'Ctrl-C ends the block, not the session');
    $pty->expect(qr/deploy\.sql:2> \z/, 'prompt');
    $pty->type('n');
    $pty->expect(qr/001\.sql:1 \(other connection\)> \z/, 'inside again');
    $pty->type('q');
    $pty->expect(qr/rolled back\nleft before the end.*postgres=# \z/s, 'quit at a mark');
    clean('quit');
    $pty->type("SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_mark%';");
    $pty->expect(qr/\n +0\n.*postgres=# \z/s, 'the files have no marks any more');
    $pty->type('\step');
    $pty->expect(qr/deploy\.sql:1> \z/, 'once more');
    $pty->key('ctrl-D');
    $pty->expect(qr/left before the end.*postgres=# \z/s, 'end of file is quit');
    $pty->type('\q');
    is($pty->finish('shell'), 0, 'left');
};

subtest 'the session is killed while it waits' => sub {
    my $pty = shell_at(make_project(\%shop));
    $pty->type('\step');
    $pty->expect(qr/deploy\.sql:1> \z/, 'first stop');
    $pty->type('n 2');
    $pty->expect(qr/001\.sql:1 \(other connection\)> \z/, 'inside');
    $server->query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        . ' AND NOT granted');
    $pty->type('n');
    my $said = $pty->expect(qr/stepping has ended with the connection.*postgres=# \z/s, 'said so');
    like($said, qr/terminating connection.*This probably means.*Attempting reset: Succeeded/s,
        'after what psql says');
    unlike($said, qr/invalid socket/, 'and nothing else');
    $pty->type('\plan');
    $pty->expect(qr/003\.sql.*postgres=# \z/s, 'a new session with the project');
    $pty->type("SELECT count(*) FROM pgmi_plan_view WHERE content LIKE '%_mark%';");
    $pty->expect(qr/\n +0\n.*postgres=# \z/s, 'without marks');
    clean('killed');
    $pty->type('\q');
    is($pty->finish('shell'), 0, 'left');
};

subtest 'the second connection is killed' => sub {
    my $dir = make_project({ %shop, 'migrations/002.sql' => "INSERT INTO shop VALUES ('x', 1);\n" });
    my $kill = "SELECT pg_terminate_backend(pid, 20000) FROM pg_locks WHERE locktype = 'advisory'"
        . " AND granted AND pid NOT IN (SELECT pid FROM pg_locks WHERE NOT granted);";
    my ($exit, $out, $err) = pgmish(['--load', $dir],
        server => $server, stdin => "\\step\nn\nn\n$kill\nn\nc\n\\echo done\n");
    is($exit, 0, 'goes on') or diag $err;
    like($out, qr/The second connection is lost: the statement runs to its end/, 'said so');
    like($out, qr/end of deploy\.sql.*done/s, 'to the end');
    $server->query('DROP TABLE shop CASCADE');
};

subtest 'no second connection' => sub {
    $server->query($_) for ('CREATE ROLE single LOGIN CONNECTION LIMIT 1',
        'GRANT ALL ON SCHEMA public TO single', 'GRANT TEMP ON DATABASE postgres TO single');
    my $dir = make_project({ %shop, 'migrations/002.sql' => "INSERT INTO shop VALUES ('x', 1);\n" });
    my ($exit, $out, $err) = pgmish(['--load', $dir, '-U', 'single'],
        server => $server, stdin => "\\step\nn\nn\nSELECT 'in it', item FROM shop;\nq\n");
    is($exit, 0, 'works') or diag $err;
    like($out, qr/^Stepping stays at top level: .*too many connections/m, 'says why');
    like($out, qr/->   10  COMMIT.* in it +\| x\n.*rolled back/s, 'the block is one step');
    clean('alone');
};

subtest 'two phases, AUTOCOMMIT off, a lock timeout' => sub {
    my $dir = make_project({
        'deploy.sql' => "BEGIN;\n$runs_files" . "COMMIT;\nBEGIN;\nINSERT INTO shop VALUES ('z', 9);\nCOMMIT;\n",
        'migrations/001.sql' => "CREATE TABLE shop (item text, price int);\nSET LOCAL lock_timeout = '1ms';\n"
            . "INSERT INTO shop VALUES ('a', 1);\n",
    });
    my ($exit, $out, $err) = pgmish(['--load', $dir], server => $server, stdin => <<'END');
\step
next 4
SELECT pg_sleep(0.01);
until deploy.sql:11
back
next
back
back
skip 3
\step
skip 3
next
next
quit
SELECT count(*) FROM shop;
END
    is($exit, 0, 'stepped') or diag $err;
    like($out, qr/cannot go back|001\.sql:3 \(in deploy\.sql:2\).*deploy\.sql:11/s, 'waiting is no waiting for a lock');
    like($err, qr/cannot go back: the last statement has been committed\ndetail: Its transaction|cannot go back/,
        'no way back over a COMMIT');
    like($out, qr/\n +1\n/, 'the first phase stands');
    $server->query('DROP TABLE shop');
    ($exit, $out, $err) = pgmish(['--load', $dir, '-v', 'AUTOCOMMIT=off'],
        server => $server, stdin => "\\step $dir/migrations/001.sql\nn\nn\nb\nb\nn\nq\n");
    is($exit, 0, 'AUTOCOMMIT off') or diag $err;
    like($out, qr/->    3.*->    2.*->    1.*rolled back/s, 'a transaction by itself, and back in it');
    clean('AUTOCOMMIT off');
};

subtest 'a script that ends with a failure' => sub {
    my ($exit, $out, $err) = pgmish(['-v', 'ON_ERROR_STOP=1', '--load', make_project(\%shop)],
        server => $server, stdin => "\\step\nSELECT nosuch;\nc\n\\echo not reached\n");
    is($exit, 3, 'is a failed command');
    unlike($out, qr/not reached/, 'and a stop');
    clean('failure');
};

subtest 'retry reads deploy.sql again' => sub {
    my $dir = make_project({ 'deploy.sql' => "BEGIN;\nSELECT 1/0;\nCOMMIT;\n" });
    my ($exit, $out, $err) = pgmish(['--load', $dir], server => $server, stdin => <<END);
\\step
c
\\! printf 'BEGIN;\\n-- no more\\nSELECT 4/2 AS two;\\nCOMMIT;\\n' > $dir/deploy.sql
retry
c
END
    is($exit, 0, 'works') or diag $err;
    like($out, qr/ two \n-+\n +2\n.*deploy\.sql:4\n.*COMMIT\nend of/s, 'with its new text');
};

subtest 'settings and marks are put back' => sub {
    my $dir = make_project({ %shop, 'deploy.sql' => "BEGIN;\n$runs_files",
        'migrations/002.sql' => "INSERT INTO shop VALUES ('x', 1);\n" });
    my $limits = "SELECT current_setting('idle_in_transaction_session_timeout'), current_setting('statement_timeout');";
    my $marked = "SELECT 'marked', count(*) FROM pgmi_plan_view WHERE content LIKE '%_mark%';";
    my ($exit, $out, $err) = pgmish(['--load', $dir, '-At', '-q'], server => $server, stdin => <<END);
SET idle_in_transaction_session_timeout = '7min';
SET statement_timeout = '8min';
\\step
n 2
finish
$limits
ROLLBACK;
$limits
$marked
BEGIN;
\\step
q
$limits
ROLLBACK;
$marked
\\trace on
\\step
q
\\trace off
$marked
END
    is($exit, 0, 'stepped') or diag $err;
    is(join(' ', $out =~ /^\w+\|\w+$/mg), '7min|8min 7min|8min marked|0 7min|8min marked|0 marked|0',
        'also behind a script that leaves its transaction open');
    is($err, '', 'no complaint');
};

subtest 'a block that catches everything' => sub {
    my $dir = make_project({ %shop, 'deploy.sql' => <<'END' });
BEGIN;
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT path, content FROM pg_temp.pgmi_plan_view ORDER BY execution_order LOOP
        BEGIN
            EXECUTE v.content;
        EXCEPTION
            WHEN query_canceled OR OTHERS THEN RAISE NOTICE 'caught in %', v.path;
        END;
    END LOOP;
END $$;
COMMIT;
END
    my ($exit, $out, $err) = pgmish(['--load', $dir], server => $server,
        stdin => "\\step\nn 2\nn\nn\nback\nn\nretry\nback\nn\nq\n\\echo left\n");
    is($exit, 0, 'stepped') or diag $err;
    like($out, qr/002\.sql:1 .*002\.sql:3 .*\n->    2  DO.*001\.sql:1 .*\n->   14  COMMIT.*\n->    2  DO.*left before.*left\n\z/s,
        'back, retry and quit end it all the same') or diag $err;
    clean('caught');
};

subtest 'other connections and other names' => sub {
    my $dir = make_project(\%shop);
    my ($exit, $out, $err) = pgmish([], server => $server, cwd => "$dir/..",
        stdin => "\\break project/migrations/002.sql:1\n\\pgmi load project\n\\break $dir/migrations/001.sql:1\n"
            . "\\break\n\\step\nc\nc\n\\c postgres\nSELECT 'other';\nback\n\\c postgres\nn\n\\echo left\n");
    is($exit, 0, 'stepped') or diag $err;
    like($out, qr{breakpoint 1: project/migrations/002\.sql:1\nbreakpoint 2: \./migrations/001\.sql:1\n},
        'a file by any of its names');
    like($out, qr{breakpoint 2, \./migrations/001\.sql:1.*breakpoint 1, \./migrations/002\.sql:1}s,
        'is found');
    like($out, qr/You are now connected.* other\n.*deploy\.sql:2\n.*You are now connected.*left/s,
        '\c at a mark is for that prompt');
    like($err, qr/stepping has ended with the connection/, 'and for all of it elsewhere');
    clean('\c');
};

subtest 'from -c' => sub {
    my ($exit, $out, $err) = pgmish(['--load', make_project(\%shop), '-c', '\step', '-c', "SELECT 'next'"],
        server => $server, stdin => "n\nq\n");
    is($exit, 0, 'works') or diag $err;
    like($out, qr/step|deploy\.sql:2\n.*left before.*next/s, 'its commands come from standard input');
};

subtest 'completion' => sub {
    my $pty = shell_at(make_project(\%shop));
    $pty->send("\\step ./mig\t2\t");
    $pty->expect(qr{\./migrations/002\.sql}, 'loaded files');
    $pty->send("\x15\\break dep\t");
    $pty->expect(qr{deploy\.sql}, 'deploy.sql too');
    $pty->send("\x15\\step\r");
    $pty->expect(qr/deploy\.sql:1> \z/, 'at the step prompt');
    $pty->send("unt\t");
    $pty->expect(qr/until \z/, 'its words');
    $pty->send("migrations/002\t");
    $pty->expect(qr{migrations/002\.sql:\z}, 'files');
    $pty->send("3\t\r");
    $pty->expect(qr{002\.sql:3 \(other connection\)> \z}, 'and lines');
    $pty->type('q');
    $pty->expect(qr/postgres=# \z/, 'quit');
    $pty->type('\q');
    is($pty->finish('shell'), 0, 'left');
};

subtest 'what a file holds does not reach the terminal as control characters' => sub {
    my $dir = make_project({ 'deploy.sql' => "SELECT 'a\e[2Jb';\n$runs_files",
        "m\e[1m/1.sql" => "SELECT 1; -- \e]0;title\a\n" });
    my ($exit, $out, $err) = pgmish(['--load', $dir, '-At', '-q'], server => $server,
        stdin => "\\step\nskip\nn\nbreak\nlist\nq\n");
    unlike($out . $err, qr/[\e\a]/, 'shown in another way');
    like($out, qr/\\x1b\[2J.*\\x1b\]0;title\\x07/s, 'as numbers');
};

done_testing();
