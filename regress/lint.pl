#!/usr/bin/perl
# What doc/architecture.md promises of the source, and a compiler does not check: `make lint`.
#
#   rooms      a room uses only the rooms below it: seen in the symbols of the objects (nm), where
#              no include hides anything, and in the #include lines
#   unused     a function that only its own file uses is static; one that nobody uses goes
#   private    a room's own header (src/ROOM/*.h) is included by that room only; meta-commands/, which
#              belong to the shell, may look into the shell's; main asks src/shell/version.h
#   sizes      a file has at most 800 lines, a function 120
#   opening    a file opens with a comment that says what it is for
#   locale     keywords and names are compared by src/support/ascii.c, not by what LC_CTYPE says
#   exit       nobody below main ends the program, but for want of memory (src/support/memory.c)
#
# usage: perl regress/lint.pl, from the top, with everything built in $BUILD.  Prints one line for
# each finding, in the form FILE[:LINE]: TEXT, and ends with status 1 when there is one.
use strict;
use warnings;
use File::Find;

my $build = $ENV{BUILD} || 'build';
my @findings;
sub finding { push @findings, shift }

# The table in doc/architecture.md: what each room may use besides itself.
my @below_shell = qw(support sql project server session output);
my %may_use = (
    support          => [],
    sql              => [qw(support)],
    project          => [qw(support sql)],
    server           => [qw(support)],
    session          => [qw(support sql project server)],
    output           => [qw(support server)],
    shell            => [@below_shell],
    'meta-commands'  => [@below_shell, 'shell'],
    main             => [@below_shell, 'shell'],
);
# The shell finds the commands through the registry that the build makes, and files are embedded.
my %made = map { $_ => 1 } qw(meta_commands embedded_files);

sub room {
    my $file = shift;
    return $1 if $file =~ m{^src/(\w+)/};
    return $file =~ m{^meta-commands/} ? 'meta-commands' : 'main';
}

sub allowed {
    my ($from, $to) = @_;
    return $from eq $to || grep { $_ eq $to } @{ $may_use{$from} };
}

my (@sources, @all);
find({ no_chdir => 1, wanted => sub {
    return unless -f && /\.[ch]$/ && !m{/tool/};
    push @all, $_;
    push @sources, $_ if /\.c$/ && !m{^regress/};
} }, qw(src include meta-commands regress));
@sources = sort @sources;

# ---- rooms, unused: the objects' symbols -----------------------------------------------------------

# Calls back with object, name, kind of each symbol.
sub each_symbol {
    my ($objects, $fn) = @_;
    open(my $nm, '-|', 'nm', '-A', '-P', @$objects) or die "nm: $!\n";
    while (<$nm>) {
        my ($object, $name, $kind) = /^(.*): (\S+) (\S)/;
        $fn->($object, $name, $kind);
    }
    close $nm or die "nm failed; build first\n";
}

my (%home, %users);
my %source = map { ("$build/" . s/\.c$/.o/r) => $_ } @sources;
each_symbol([sort keys %source], sub {
    my ($object, $name, $kind) = @_;
    $home{$name} = $source{$object} if $kind =~ /[TDBRC]/;
    push @{ $users{$name} }, $source{$object} if $kind eq 'U';
});
for my $name (sort keys %home) {
    my $to = room($home{$name});
    for my $user (@{ $users{$name} || [] }) {
        finding("$user: $name() is in $home{$name}, a room that " . room($user) . ' may not use')
            unless allowed(room($user), $to);
    }
}

# A unit test may look at what has no other user; it is then meant to be seen.
my %tested;
each_symbol([glob("$build/regress/unit/*.o $build/regress/fuzz/*.o $build/src/support/tool/*.o")],
    sub { $tested{$_[1]} = 1 if $_[2] eq 'U' });
for my $name (sort keys %home) {
    next if $users{$name} || $tested{$name} || $made{$name} || $name eq 'main' || $name =~ /^(?:_|meta_command_)/;
    finding("$home{$name}: $name is used by no other file");
}

# ---- everything that is seen in the text -----------------------------------------------------------

# Rooms that a header in include/pgmish/ belongs to, where it has not its room's name.
my %header_room = (
    hold => 'session', trace => 'session', deploy => 'session', graph => 'output', report => 'output',
    map({ $_ => 'shell' } qw(describe help meta pset step testing tutorial)),
);

sub header_room {
    my $header = shift;
    return $header_room{$1} // $1 if $header =~ m{^pgmish/(\w+)\.h$};
    return $1 if $header =~ m{^(support|sql|project|server|session|output|shell)/};
    return undef;
}

for my $file (sort @all) {
    open(my $in, '<', $file) or die "$file: $!\n";
    my @lines = <$in>;
    close $in;
    finding("$file: " . @lines . ' lines; a file has one subject and at most 800') if @lines > 800;
    finding("$file: does not open with a comment that says what it is for") unless $lines[0] =~ m{^/\*};
    next if $file =~ m{^regress/};

    my ($from, $begin) = (room($file));
    $from = header_room($file =~ s{^include/}{}r) if $file =~ m{^include/};
    for my $i (0 .. $#lines) {
        my $at = "$file:" . ($i + 1);
        if (my ($header) = $lines[$i] =~ /^#include "([^"]+)"/) {
            my $to = header_room($header);
            finding("$at: includes $header, of a room that $from may not use") if $to && !allowed($from, $to);
            finding("$at: includes $header, which is private to its room")
                if $to && $header !~ /^pgmish/ && $from ne $to
                && "$from $header" !~ m{^(?:meta-commands shell/|main shell/version\.h$)};
        }
        $begin = $i if $lines[$i] eq "{\n";
        if ($lines[$i] eq "}\n" && defined $begin) {
            finding("$file:$begin: function of " . ($i - $begin + 1) . ' lines') if $i - $begin + 1 > 120;
            $begin = undef;
        }
        finding("$at: $1 follows the locale; see src/support/ascii.c")
            if $lines[$i] =~ /\b(strn?casecmp|strcasestr|tolower|toupper)\(/ && $file !~ m{/ascii\.c$|/tool/};
        finding("$at: ends the program") if $lines[$i] =~ /(?<![\w"])exit\(/ && $file ne 'src/support/memory.c'
            && $lines[$i] !~ m{^\s*(?:/?\*|//)};
    }
}

print "$_\n" for @findings;
exit(@findings ? 1 : 0);
