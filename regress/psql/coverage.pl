#!/usr/bin/perl
# Prints what no script uses yet: of the options, meta-commands and their modifiers, special
# variables, \pset options and formats that pgmish itself says it has.  Part of `make check-psql`.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestServer;

my $pgmish = $ENV{PGMISH} or die "PGMISH is not set: run this through make\n";
my $mkdoc  = $pgmish =~ s{/[^/]*$}{/mkdoc}r;

# Scripts that are compared with psql, and those of the session's own commands.
my $scripts = join "\n", map { TestServer::slurp($_) }
    glob "$FindBin::Bin/*.sql $FindBin::Bin/*.run $FindBin::Bin/data/* $FindBin::Bin/data/*/*.sql "
    . "$FindBin::Bin/../sql/*.sql $FindBin::Bin/../t/*.t";
my %missing;

sub output_of {
    open my $out, '-|', @_ or die "$_[0]: $!";
    local $/;
    return scalar(<$out>) // '';
}

# Options: "  -c, --command=COMMAND" and "      --csv".
sub look_for_options {
    for (split /\n/, output_of($pgmish, '--help')) {
        my ($short, $long) = /^  (?:-(.), |    )--([a-z-]+)/ or next;
        next if $scripts =~ /--\Q$long\E\b/;
        next if defined $short && $scripts =~ /(psql|pgmish|pgmi)\b[^|\n]* -[A-Za-z0-9?]*\Q$short\E/;
        push @{ $missing{options} }, defined $short ? "-$short" : "--$long";
    }
}

# A modifier is a letter in brackets right behind the name in the synopsis: \dt[S+] [PATTERN].
sub look_for_commands {
    for (split /\n/, output_of($mkdoc, '--list')) {
        my ($names, $synopsis) = split /\t/;
        my $session = $synopsis =~ /^\\pgmi /;
        for my $name (split ' ', $names =~ s/\{[^}]*\}//gr) {
            next if $name =~ /.\+$/;
            my $command = ($session && $name ne 'pgmi' ? '\\\\pgmi ' : '\\\\') . quotemeta $name;
            if ($scripts !~ /$command(?![a-zA-Z_])/ && $scripts !~ /$command\[?[S+]/) {
                push @{ $missing{commands} }, ($session ? '\pgmi ' : '\\') . $name;
                next;
            }
            my ($base, $letters) = $synopsis =~ /^\\([^\s\[]+)((?:\[[a-zA-Z+]+\])+)/ or next;
            next if $name ne $base || $names =~ /\b$base@{[$letters =~ tr{[]}{}dr]}\b/; # c[onnect]
            for my $letter ($letters =~ /[a-zA-Z+]/g) {
                push @{ $missing{modifiers} }, "\\$name$letter"
                    unless $scripts =~ /$command[a-zA-Z+]*\Q$letter\E/;
            }
        }
    }
}

sub look_for_variables {
    my $section = 'variables';
    for (split /\n/, output_of($pgmish, '--help=variables')) {
        $section = 'variables'     if /variables/;
        $section = '\pset options' if /display settings/i;
        $section = 'environment'   if /environment/i;
        my ($name) = /^  ([A-Za-z_0-9]+)(?:\s|$)/ or next;
        next if $section eq 'environment' && $name !~ /^P/;
        push @{ $missing{$section} }, $name unless $scripts =~ /\b\Q$name\E\b/;
    }
}

sub look_for_formats {
    for my $format (qw(aligned asciidoc csv html latex latex-longtable troff-ms unaligned wrapped)) {
        push @{ $missing{formats} }, $format unless $scripts =~ /format[ =]$format\b/;
    }
}

look_for_options();
look_for_commands();
look_for_variables();
look_for_formats();
for my $kind (sort keys %missing) {
    print "no script uses, $kind: ", join(' ', @{ $missing{$kind} }), "\n";
}
print "every option, command, modifier, variable and format is used by a script\n" unless %missing;
