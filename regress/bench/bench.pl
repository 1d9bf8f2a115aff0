#!/usr/bin/perl
# Measures pgmish against psql and against bare libpq, and prints ratios: `make bench`, or
# `make bench ONLY=print` for the measurements whose name matches.
#
# Times depend on the machine and on what else it does, ratios much less: only ratios have limits,
# and nothing here is part of `make check`.  pgmish and psql are run in pairs, the one that goes
# first changing with every pair, after one pair that is not counted; what is reported is the median
# of the pairs' ratios, so a disturbance spoils the pairs it meets and no more.  Each measurement goes on
# for PAIRS pairs at least (5) and for SECONDS seconds (8), and for 100 pairs at most.  In brackets the
# middle half of the ratios: when it is wide, the machine was busy.  "CPU" is the same for the processor
# time of the client alone, which a busy machine changes little and the server not at all.
use strict;
use warnings;
use File::Path qw(make_path);
use FindBin;
use MIME::Base64 qw(encode_base64);
use lib "$FindBin::Bin/../lib";
use TestServer;

my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $tools  = ($pgmish =~ s{/[^/]*$}{}r) . '/bench';
my $psql   = TestServer::bindir() . '/psql';
my $only   = @ARGV ? qr/$ARGV[0]/ : qr/./;
my $runs   = $ENV{PAIRS} || 5;
my $seconds = $ENV{SECONDS} // 8;
my $server = TestServer->start(settings => {
    max_wal_size => '4GB', shared_buffers => '256MB', temp_buffers => '256MB',
    max_locks_per_transaction => 1024 });
my $work = "$server->{dir}-bench";
make_path($work);
%ENV = (%ENV, $server->env, PGDATABASE => 'postgres', LC_ALL => 'C', PSQLRC => '/nonexistent',
    HOME => $work);
END { system 'rm', '-rf', $work if defined $work }

my (@ratios, @cpu_ratios); # of the time measurements, for the geometric means
my $over = 0;

# ---- measuring ------------------------------------------------------------------------------

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

sub geometric_mean {
    my $sum = 0;
    $sum += log $_ for @_;
    return exp($sum / @_);
}

# Wall seconds, CPU seconds and peak kilobytes of one run; dies when it fails.
sub measure {
    my ($input, @command) = @_;
    open my $out, '-|', "$tools/measure", $input, "$work/out", @command or die "measure: $!";
    my ($line) = <$out>;
    close $out or die "failed: @command\n";
    return split ' ', $line;
}

# The bounds of the middle half of the values; of fewer than five, of all.
sub middle_half {
    my @sorted = sort { $a <=> $b } @_;
    my $cut    = int(@sorted / 4 - 0.25);
    return ($sorted[$cut], $sorted[-1 - $cut]);
}

sub report {
    my ($what, $ours, $theirs, $unit, $limit) = @_;
    my $ratio = $theirs ? $ours / $theirs : 0;
    my $bad   = $ratio > $limit;
    $over++ if $bad;
    printf "%-44s %10.3f %10.3f %-3s ratio %6.3f  limit %5.2f%s\n", $what, $ours, $theirs, $unit,
        $ratio, $limit, $bad ? '  OVER' : '';
    return $ratio;
}

# Runs both in pairs; returns the costs of all runs, and of all pairs the ratios of these costs.
sub in_pairs {
    my ($least, @both) = @_;
    my (@costs, @ratios);
    my $began = time;
    for (my $pair = 0; $pair <= $least || ($pair <= 100 && time - $began < $seconds); $pair++) {
        my @cost;
        $cost[$_] = [measure(@{ $both[$_] })] for $pair % 2 ? (0, 1) : (1, 0);
        next if $pair == 0;
        push @{ $costs[$_] }, $cost[$_] for 0, 1;
        push @ratios, [map { $cost[0][$_] / ($cost[1][$_] || 1e-9) } 0 .. 2];
    }
    return (\@costs, \@ratios);
}

# One line on cost number $which (0: wall time, 1: CPU time, 2: memory) of all pairs.
sub report_pairs {
    my ($what, $costs, $ratios, $which, $unit, $limit) = @_;
    my @of_pairs = map { $_->[$which] } @$ratios;
    my $scale = $unit eq 'MB' ? 1024 : 1;
    my ($ours, $theirs) = map { median(map { $_->[$which] / $scale } @$_) } @$costs;
    my $ratio = median(@of_pairs);
    my $bad   = defined $limit && $ratio > $limit;
    $over++ if $bad;
    printf "%-44s %10.3f %10.3f %-3s ratio %6.3f  [%.2f..%.2f of %d]%s%s\n", $what, $ours, $theirs, $unit,
        $ratio, middle_half(@of_pairs), scalar @of_pairs,
        defined $limit ? sprintf('  limit %5.2f', $limit) : '', $bad ? '  OVER' : '';
    return $ratio;
}

# pgmish against psql with the same arguments: time, the client's part of it, and peak memory.
sub against_psql {
    my ($name, %options) = @_;
    return unless $name =~ $only;
    my $input = $options{input} // '/dev/null';
    my @arguments = ('-X', '-q', '-v', 'ON_ERROR_STOP=1', @{ $options{arguments} });
    my @pairs = in_pairs($options{runs} // $runs, map { [$input, $_, @arguments] } $pgmish, $psql);
    push @ratios, report_pairs($name, @pairs, 0, 's', $options{limit} // 1.05);
    push @cpu_ratios, report_pairs("$name, client's CPU", @pairs, 1, 's');
    report_pairs("$name, peak memory", @pairs, 2, 'MB', $options{memory} // 1.05);
}

# ---- material ----------------------------------------------------------------------------------

sub spew {
    my ($path, @text) = @_;
    $path = "$work/$path";
    make_path($path =~ s{/[^/]*$}{}r);
    open my $out, '>:raw', $path or die "$path: $!";
    print $out @text;
    close $out or die "$path: $!";
    return $path;
}

# SQL text that compresses little: random bytes in base 64, in statements of a line each.
sub random_sql {
    my ($bytes) = @_;
    open my $random, '<:raw', '/dev/urandom' or die "/dev/urandom: $!";
    my ($raw, $text) = ('', '');
    read $random, $raw, int($bytes * 0.62);
    for my $line (split /\n/, encode_base64($raw)) {
        $text .= "INSERT INTO t VALUES ('$line');\n";
    }
    return $text;
}

sub make_large_project {
    my $files = 10_000;
    for my $i (1 .. $files) {
        spew(sprintf('large/dir%02d/file%05d.sql', $i % 100, $i), random_sql(10_000));
    }
    spew('large/deploy.sql', "SELECT 1;\n");
    return "$work/large";
}

sub make_test_project {
    my ($tests) = @_;
    for my $i (1 .. $tests) {
        spew(sprintf('tests%d/__test__/d%02d/test_%05d.sql', $tests, $i % 50, $i), "SELECT 1;\n");
    }
    spew("tests$tests/__test__/_setup.sql", "SELECT 1;\n");
    spew("tests$tests/deploy.sql", "CALL pgmi_test();\n");
    return "$work/tests$tests";
}

# ---- the session ---------------------------------------------------------------------------------

sub bench_load {
    return unless 'load' =~ $only;
    my $project = make_large_project();
    my $data    = "$work/source.copy";
    my @sql     = "$FindBin::Bin/../../src/session/sql/tables.sql";
    measure('/dev/null', $pgmish, '-X', '-q', '--load', $project, '-c',
        "\\copy pg_temp._pgmi_source to '$data'");
    local $ENV{PGOPTIONS} = '-c search_path=pg_catalog,pg_temp';
    my (@load, @copy, $memory);
    for (0 .. 3) {
        my @cost = measure('/dev/null', $pgmish, '-X', '-q', '--load', $project, '-c', 'SELECT 1');
        measure('/dev/null', "$tools/copyload", $data, '_pgmi_source', @sql);
        push @copy, TestServer::slurp("$work/out") + 0;
        push @load, $cost[0];
        $memory = $cost[2];
    }
    shift @load;
    shift @copy;
    report('load 10,000 files, 100 MB / bare COPY', median(@load), median(@copy), 's', 1.5);
    report('load, peak memory / 64 MB', $memory / 1024, 64, 'MB', 1);
}

# Median of the milliseconds that \timing prints, for each project, by turns.
sub statement_ms {
    my ($sql, @projects) = @_;
    my @seen = map { [] } @projects;
    for (1 .. 3) {
        for my $i (0 .. $#projects) {
            measure('/dev/null', $pgmish, '-X', '-q', '--load', $projects[$i], '-c', '\timing on',
                map { ('-c', $sql) } 1 .. 5);
            push @{ $seen[$i] }, TestServer::slurp("$work/out") =~ /Time: ([\d.]+) ms/g;
        }
    }
    return map { median(@$_) } @seen;
}

sub bench_tests {
    return unless 'tests' =~ $only;
    my ($small, $large) = (make_test_project(2_000), make_test_project(20_000));
    for (['pgmi_test_plan()', 'SELECT count(*) FROM pg_temp.pgmi_test_plan()'],
        ['pgmi_test_generate()', 'SELECT length(pg_temp.pgmi_test_generate())']) {
        report("$_->[0], 20,000 / 2,000 tests", statement_ms($_->[1], $large, $small), 'ms', 12);
    }
}

# The smallest tests there are, so that what the command adds weighs most; ten times each, so that the load
# does not; the best of five by turns.
sub bench_test_command {
    return unless '\\test' =~ $only || 'testing' =~ $only;
    my $project = make_test_project(2_000);
    my @arguments = ('-X', '-q', '--load', $project, '-v', 'SHOW_CONTEXT=never');
    my @best;
    for my $round (1 .. 5) {
        for my $i (0, 1) {
            my $command = ('\\test', 'CALL pgmi_test()')[$i];
            my ($cost) = measure('/dev/null', '/bin/sh', '-c', 'exec "$0" "$@" 2> /dev/null', $pgmish,
                @arguments, map { ('-c', $command) } 1 .. 10);
            $best[$i] = $cost if !defined $best[$i] || $cost < $best[$i];
        }
    }
    report('\\test / CALL pgmi_test(), 2,000 tests', $best[0] / 10, $best[1] / 10, 's', 1.1);
}

# ---- a deployment ----------------------------------------------------------------------------------

# Migration and test N of a project that works on tables: every tenth file makes one, the others
# change and fill it, and a test writes to it.
sub working {
    my ($n) = @_;
    my $table = 't' . int($n / 10);
    my $test = "DO \$\$\nBEGIN\n  INSERT INTO $table (id, name) SELECT -i, 'test' FROM generate_series(1, 100) AS i;\n"
        . "  IF (SELECT count(*) FROM $table WHERE name = 'test') <> 100 THEN RAISE EXCEPTION 'wrong'; END IF;\n"
        . "  UPDATE $table SET name = upper(name);\nEND \$\$;\n";
    return ("CREATE TABLE $table (id int PRIMARY KEY, name text NOT NULL);\n", $test) if $n % 10 == 0;
    return ("ALTER TABLE $table ADD c$n int NOT NULL DEFAULT $n;\n"
        . "INSERT INTO $table (id, name) SELECT $n * 1000 + i, 'name ' || i FROM generate_series(1, 50) AS i;\n", $test);
}

# The same where there is as little as possible to do: a table each, looked at.
sub idle {
    my ($n) = @_;
    return ("CREATE TABLE t$n (id int PRIMARY KEY, name text NOT NULL);\nINSERT INTO t$n VALUES (1, 'one');\n",
        "DO \$\$ BEGIN\n  IF (SELECT count(*) FROM t$n) <> 1 THEN RAISE EXCEPTION 'wrong'; END IF;\nEND \$\$;\n");
}

# 2,000 migrations and 2,000 tests, as a project and as the statements that it comes down to.
sub make_deployment {
    my ($name, $make) = @_;
    my (@migrations, @tests);
    for my $n (0 .. 1_999) {
        my ($migration, $test) = $make->($n);
        push @migrations, $migration;
        push @tests, $test, "ROLLBACK TO SAVEPOINT test;\n";
        spew(sprintf('%s/migrations/%04d.sql', $name, $n), $migration);
        spew(sprintf('%s/__test__/test_%04d.sql', $name, $n), $test);
    }
    spew("$name/deploy.sql", "BEGIN;\nDO \$\$ DECLARE f record; BEGIN\n"
        . "FOR f IN SELECT content FROM pg_temp.pgmi_plan_view ORDER BY execution_order LOOP EXECUTE f.content; END LOOP;\n"
        . "END \$\$;\nCALL pgmi_test();\nCOMMIT;\n");
    return ("$work/$name", spew("$name.sql", "BEGIN;\n", @migrations, "SAVEPOINT test;\n", @tests,
        "COMMIT;\n"));
}

# The yardstick is the server's time for the same statements in one message of a bare program.
sub bench_deployment {
    my ($what, $project, $bare) = @_;
    my $pgmi = $pgmish =~ s{[^/]*$}{pgmi}r;
    my (@ours, @theirs);
    for my $round (0 .. 3) {
        $server->psql('-d', 'postgres', '-c', "CREATE DATABASE $_") for 'deployed', 'sent';
        {
            local $ENV{PGDATABASE} = 'sent';
            measure('/dev/null', "$tools/onemessage", $bare);
            push @theirs, TestServer::slurp("$work/out") + 0;
        }
        push @ours, (measure('/dev/null', '/bin/sh', '-c', 'exec "$0" deploy "$1" -d "$2" 2> "$3"',
            $pgmi, $project, 'deployed', "$work/err"))[0];
        $server->psql('-d', 'postgres', '-c', "DROP DATABASE $_") for 'deployed', 'sent';
    }
    shift @ours;
    shift @theirs;
    report($what, median(@ours), median(@theirs), 's', 1.15);
}

sub bench_deploy {
    return unless 'deploy' =~ $only;
    bench_deployment('deploy 2,000 files and tests / one message', make_deployment('working', \&working));
    bench_deployment('deploy 2,000 tables and tests / one message', make_deployment('idle', \&idle));
}

# The same 2,000 migrations with a mark in front of every statement and without, load included; each
# time in a database of its own, as what a deployment leaves in the catalogs slows the next one down.
sub bench_trace {
    return unless 'trace' =~ $only;
    spew(sprintf('traced/migrations/%04d.sql', $_), (working($_))[0]) for 0 .. 1_999;
    spew('traced/deploy.sql', "BEGIN;\nDO \$\$ DECLARE f record; BEGIN\n"
        . "FOR f IN SELECT content FROM pg_temp.pgmi_plan_view ORDER BY execution_order LOOP EXECUTE f.content; END LOOP;\n"
        . "END \$\$;\nCOMMIT;\n");
    my %seconds;
    for my $round (0 .. $runs) {
        for my $trace ('on', 'off') {
            $server->psql('-d', 'postgres', '-c', 'CREATE DATABASE traced', '-c', 'CHECKPOINT');
            my @cost = measure('/dev/null', $pgmish, '-X', '-q', '-d', 'traced', '-c', "\\trace $trace", '-c', "\\pgmi deploy $work/traced");
            $server->psql('-d', 'postgres', '-c', 'DROP DATABASE traced');
            push @{ $seconds{$trace} }, $cost[0] if $round > 0;
        }
    }
    report('deploy 2,000 files, trace on / off', median(@{ $seconds{on} }), median(@{ $seconds{off} }), 's', 1.1);
}

# ---- psql ------------------------------------------------------------------------------------------

sub bench_psql {
    my $small    = spew('small.sql', map { "SELECT $_;\n" } 1 .. 20_000);
    my $meta     = spew('meta.sql', map { "\\set v $_\n" } 1 .. 100_000);
    my $script   = spew('script.sql', map {
        "\\set a $_\nSELECT true AS x \\gset\n\\if :x\n\\set b :x\n\\endif\n" } 1 .. 2_000);
    my $big      = spew('big.sql', "SELECT length('", 'x' x 50_000_000, "');\n");
    my $million  = "SELECT n, n * 7919::bigint % 1000003 AS hashed, 'row number ' || n AS label, n / 7.0 AS part "
        . 'FROM generate_series(1, 1000000) n';

    against_psql('start: SELECT 1', arguments => ['-c', 'SELECT 1'], runs => 40);
    against_psql('20,000 small statements, -f', arguments => ['-f', $small]);
    against_psql('20,000 small statements, pipe', arguments => [], input => $small);
    against_psql('2,000 \set, \gset and \if', arguments => ['-f', $script]);
    against_psql('100,000 meta-command lines', arguments => ['-f', $meta]);
    against_psql('a statement of 50 MB', arguments => ['-f', $big]);
    bench_copy();
    against_psql('print a million rows: aligned', arguments => ['-c', $million], limit => 0.35, memory => 0.6);
    against_psql('print a million rows: expanded', arguments => ['-x', '-c', $million],
        limit => 0.35, memory => 0.6);
    against_psql('print a million rows: unaligned', arguments => ['-A', '-c', $million],
        limit => 0.8, memory => 0.6);
    against_psql('print a million rows: csv', arguments => ['--csv', '-c', $million],
        limit => 0.8, memory => 0.6);
    against_psql('print a million rows: FETCH_COUNT', limit => 0.4,
        arguments => ['-v', 'FETCH_COUNT=1000', '-f', spew('fetch.sql', "$million;\n")]);
}

sub bench_copy {
    return unless '\copy in and out of 200 MB' =~ $only || 'copy' =~ $only;
    my $file = "$work/copy.txt";
    my $setup = 'CREATE UNLOGGED TABLE IF NOT EXISTS copied (n int, label text)';
    $server->psql('-d', 'postgres', '-c', $setup, '-c', 'INSERT INTO copied '
        . q{SELECT n, repeat('row ' || n || ' ', 6) FROM generate_series(1, 3000000) n});
    against_psql('\copy out, 200 MB', arguments => ['-c', "\\copy copied to '$file'"]);
    $server->psql('-d', 'postgres', '-c', "COPY copied TO '$file'") unless -s $file;
    against_psql('\copy in, 200 MB',
        arguments => ['-c', 'TRUNCATE copied', '-c', "\\copy copied from '$file'"]);
}

$| = 1;
printf "%-44s %10s %10s\n", '', 'pgmish', 'other';
bench_load();
bench_tests();
bench_test_command();
bench_deploy();
bench_trace();
bench_psql();
if (@ratios) {
    printf "geometric mean of the time ratios to psql: %.3f  limit %5.2f\n", geometric_mean(@ratios), 0.95;
    printf "geometric mean of the CPU ratios to psql:  %.3f\n", geometric_mean(@cpu_ratios);
}
print $over ? "$over over their limit\n" : "all within their limits\n";
