package PgmishTest::Places;

# Broken projects (regress/places, its README tells their form): reading them, and comparing the place
# that pgmish names with the one that the project itself marks.
#
#   my $places = PgmishTest::Places->new($server);
#   my $case = read_case($path);
#   my $dir  = make_project($case->{files});
#   $places->check_psql($case, $dir);      # pgmish -f deploy.sql: place, line, caret, chain
#   $places->check_json($case, $dir);      # pgmi deploy --json
#   $places->check_trace($case, $dir);     # the line that is known with \trace on
#   $places->fresh_database;               # after a case with `keeps`
#
# $places->{env}: more environment for the programs.

use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;
use Test::More;
use Text::ParseWords qw(shellwords);
use PgmishTest;

our @EXPORT = qw(read_case);

sub new {
    my ($class, $server) = @_;
    my $self = bless { server => $server, number => 0, env => {} }, $class;
    $self->fresh_database;
    return $self;
}

# ---- what deploy.sql is where a case brings none ---------------------------------------------

my $execute = <<'SQL';
    FOR v_file IN
        SELECT p.path, p.content
          FROM pgmi_plan_view p JOIN pgmi_source_view s USING (path)
         WHERE s.is_sql_file
         ORDER BY p.execution_order
    LOOP
SQL
my $plan = "DO \$\$\nDECLARE v_file RECORD;\nBEGIN\n$execute        EXECUTE v_file.content;\n"
    . "    END LOOP;\nEND \$\$;\n";
my $wrapped = "DO \$\$\nDECLARE v_file RECORD; v_detail text;\nBEGIN\n$execute        BEGIN\n"
    . "            EXECUTE v_file.content;\n        EXCEPTION WHEN OTHERS THEN\n"
    . "            GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;\n"
    . "            RAISE EXCEPTION 'Failed in %: %', v_file.path, SQLERRM\n"
    . "                USING ERRCODE = SQLSTATE, DETAIL = v_detail;\n"
    . "        END;\n    END LOOP;\nEND \$\$;\n";
my %deploy = (
    plan    => "BEGIN;\n${plan}COMMIT;\n",
    wrapped => "BEGIN;\n${wrapped}COMMIT;\n",
    tests   => "BEGIN;\n${plan}SAVEPOINT tests;\nCALL pgmi_test();\nROLLBACK TO SAVEPOINT tests;\nCOMMIT;\n",
);

# ---- reading a case ----------------------------------------------------------------------------

# Takes the mark out; returns the place: file, and line and column as far as it says.
sub take_mark {
    my ($path, $text) = @_;
    my $place;
    $$text =~ s{(/\*HERE\*/)\n\z}{$1};
    if ($$text =~ m{/\*HERE\*/}) {
        my $before = $`;
        my $line = 1 + ($before =~ tr/\n//);
        (my $start = $before) =~ s/.*\n//s;
        utf8::decode($start);
        $place = { file => $path, line => $line, column => 1 + length $start };
        $$text =~ s{/\*HERE\*/}{};
    } elsif ($$text =~ /[ \t]*--HERE$/m) {
        my $before = $`;
        $place = { file => $path, line => 1 + ($before =~ tr/\n//) };
        $$text =~ s/[ \t]*--HERE$//m;
    } elsif ($$text =~ s/[ \t]*--FILE$//m) {
        $place = { file => $path };
    }
    return $place;
}

sub read_case {
    my ($path) = @_;
    my ($head, @parts) = split /^--- (.*)\n/m, slurp($path);
    my %case = (files => {}, deploy => 'plan', name => $path =~ s{.*/|\.txt$}{}gr);
    push @{ $case{$1} }, $2 while $head =~ /^(crlf|bom): (.*)$/mg;
    $case{$1} = $2 while $head =~ /^(?!crlf|bom)(\w+): (.*)$/mg;
    while (my ($file, $text) = splice @parts, 0, 2) {
        my $mark = take_mark($file eq 'deploy.sql' ? $file : "./$file", \$text);
        $case{place} = $mark if $mark;
        $text =~ s/\n/\r\n/g if grep { $_ eq $file } @{ $case{crlf} // [] };
        $text = "\xef\xbb\xbf$text" if grep { $_ eq $file } @{ $case{bom} // [] };
        $case{files}{$file} = $text;
    }
    $case{files}{'deploy.sql'} //= $deploy{ $case{deploy} } // die "$path: no such deploy\n";
    die "$path: no place is marked\n" unless $case{place};
    return \%case;
}

# ---- comparing ------------------------------------------------------------------------------------

sub place_text {
    my ($place) = @_;
    return join ':', map { $place->{$_} // () } qw(file line column);
}

# A line is never known better than marked; the column of a mark must be found.
sub is_place {
    my ($got, $case, $how, $output) = @_;
    is(place_text($got), place_text($case->{place}), "$case->{name}: $how") or diag($output);
}

sub fresh_database {
    my ($self) = @_;
    $self->{database} = 'd' . ++$self->{number};
    $self->{server}->query("CREATE DATABASE $self->{database} TEMPLATE template0");
}

sub printed_place {
    my ($err) = @_;
    my %place;
    @place{qw(file line column also)} = ($1, $2, $3, $4)
        if $err =~ /^FILE:  (.*?)(?::(\d+)(?::(\d+))?)?(?: \(same text: (.*)\))?$/m;
    ($place{chain}) = $err =~ /^CHAIN:  (.*)$/m;
    return \%place;
}

# The line that is printed is the file's line, and the caret stands under the character.
sub is_caret {
    my ($case, $err) = @_;
    my $place = $case->{place};
    return unless $place->{line};
    my $file = $case->{files}{ $place->{file} =~ s{^\./}{}r };
    $file =~ s/^\xef\xbb\xbf//;
    my $line = (split /\r?\n/, $file)[$place->{line} - 1] // '';
    return if $line eq '' || length $line > 100 || $place->{file} =~ / / || $line =~ /[^\t\x20-\xff]/;
    like($err, qr/^FILE:  \S+.*\n {4}\Q$line\E$/m, "$case->{name}: the line itself");
    return if !$place->{column} || $line =~ /[^\t\x20-\x7e]/;
    my $under = substr($line, 0, $place->{column} - 1) =~ s/[^\t]/ /gr;
    like($err, qr/^ {4}\Q$line\E\n {4}$under\^$/m, "$case->{name}: the caret");
}

sub run_pgmish {
    my ($self, $case, $dir, @before) = @_;
    my @command = map { s/DIR/$dir/gr } shellwords($case->{as} // '-f DIR/deploy.sql');
    my ($exit, $out, $err) = pgmish([@before, @command], server => $self->{server},
        env => { PGDATABASE => $self->{database}, %{ $self->{env} } });
    return $err;
}

sub check_psql {
    my ($self, $case, $dir) = @_;
    my $err = $self->run_pgmish($case, $dir);
    my $got = printed_place($err);
    is_place($got, $case, 'pgmish', $err);
    is_caret($case, $err);
    $got->{chain} =~ s{pg_temp_\d+}{pg_temp_N}g if $got->{chain};
    is($got->{chain}, $case->{chain}, "$case->{name}: the chain") if $case->{chain};
    is($got->{also}, $case->{also}, "$case->{name}: the same text") if $case->{also};
}

sub check_json {
    my ($self, $case, $dir) = @_;
    my ($exit, $out, $err) = pgmi(['deploy', $dir, '-d', $self->{database}, '--json'],
        server => $self->{server}, env => { PGDATABASE => undef });
    my $json = eval { decode_json($out) } // {};
    my %got = defined $json->{failedFile}
        ? (file => $json->{failedFile}, line => $json->{fileLine}, column => $json->{fileColumn})
        : (file => $json->{script}, line => $json->{line}, column => $json->{column});
    # E7's file is the one that the message names, also where a function of another failed
    @got{qw(file line column)} = @{ $json->{place} }{qw(file line column)} if $json->{place};
    is_place(\%got, $case, 'pgmi --json', $out . $err);
}

sub check_trace {
    my ($self, $case, $dir) = @_;
    my $err = $self->run_pgmish($case, $dir, '-q', '-c', '\trace on', '-c', "\\pgmi load $dir");
    is(printed_place($err)->{line}, $case->{trace}, "$case->{name}: with trace") or diag($err);
}

1;
