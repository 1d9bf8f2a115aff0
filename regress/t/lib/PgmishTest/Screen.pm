package PgmishTest::Screen;

# What a terminal shows after some output: enough of xterm for line editing (cursor movement,
# erasing, inserting and deleting characters, wrapping at the last column).  Lines that scroll off
# the top are kept and returned too: tests look for text, not for positions.

use strict;
use warnings;
use Encode qw(decode encode);

sub render {
    my ($raw, $rows, $cols) = @_;
    my $at = { lines => [[]], row => 0, col => 0, rows => $rows, cols => $cols };
    my $text = decode('UTF-8', $raw);
    while ($text =~ /\G(?:\e\[([0-9;?]*)([\x40-\x7e])|\e\][^\a\e]*(?:\a|\e\\)|\e[()].|\e.|(.))/gs) {
        if (defined $2)    { control($at, $2, split /;/, $1) }
        elsif (defined $3) { character($at, $3) }
    }
    my @lines = map { join '', map { $_ // ' ' } @$_ } @{ $at->{lines} };
    s/\s+$// for @lines;
    pop @lines while @lines && $lines[-1] eq '';
    return encode('UTF-8', join("\n", @lines) . "\n");
}

sub move_to {
    my ($at, $row, $col) = @_;
    $at->{row} = $row < 0 ? 0 : $row;
    $at->{col} = $col < 0 ? 0 : $col;
    push @{ $at->{lines} }, [] while $at->{row} > $#{ $at->{lines} };
}

sub character {
    my ($at, $char) = @_;
    my ($row, $col) = @$at{'row', 'col'};
    if    ($char eq "\r") { move_to($at, $row, 0) }
    elsif ($char eq "\n") { move_to($at, $row + 1, $col) }
    elsif ($char eq "\b") { move_to($at, $row, $col - 1) }
    elsif ($char eq "\t") { move_to($at, $row, ($col | 7) + 1) }
    elsif ($char ge ' ') {
        move_to($at, $row + 1, 0) if $col >= $at->{cols};
        $at->{lines}[ $at->{row} ][ $at->{col}++ ] = $char;
    }
}

sub control {
    my ($at, $final, @numbers) = @_;
    my $n = $numbers[0] && $numbers[0] =~ /^\d+$/ ? $numbers[0] : 1;
    my $zero = $numbers[0] && $numbers[0] =~ /^\d+$/ ? $numbers[0] : 0;
    my ($row, $col) = @$at{'row', 'col'};
    my $line = $at->{lines}[$row];
    my $top  = @{ $at->{lines} } > $at->{rows} ? @{ $at->{lines} } - $at->{rows} : 0;
    if    ($final eq 'A') { move_to($at, $row - $n, $col) }
    elsif ($final eq 'B') { move_to($at, $row + $n, $col) }
    elsif ($final eq 'C') { move_to($at, $row, $col + $n) }
    elsif ($final eq 'D') { move_to($at, $row, $col - $n) }
    elsif ($final eq 'G') { move_to($at, $row, $n - 1) }
    elsif ($final eq 'H') { move_to($at, $top + $n - 1, ($numbers[1] || 1) - 1) }
    elsif ($final eq 'P') { splice @$line, $col, $n if $col < @$line }
    elsif ($final eq '@') { splice @$line, $col, 0, (' ') x $n if $col < @$line }
    elsif ($final eq 'K') { erase_line($line, $zero, $col) }
    elsif ($final eq 'J') {
        erase_line($line, $zero, $col);
        splice @{ $at->{lines} }, $row + 1 if $zero == 0;
        $at->{lines}[$_] = [] for $zero == 2 ? ($top .. $#{ $at->{lines} }) : ();
    }
}

sub erase_line {
    my ($line, $how, $col) = @_;
    splice @$line, $col if $how == 0 && $col < @$line;
    @$line[0 .. $col] = (' ') x ($col + 1) if $how == 1;
    @$line = () if $how == 2;
}

1;
