package Screen;

# What a terminal shows after some output: enough of xterm for line editing and pagers (cursor
# movement, erasing, inserting and deleting, wrapping at the last column, wide characters, the
# alternate screen).  Lines that scroll off the top are kept: tests look at the whole dialogue.
#
#   my $screen = Screen->new(24, 80);
#   $screen->feed($bytes);            # as they come, in any pieces
#   $screen->text                     # lines without trailing blanks, in UTF-8
#   $screen->cursor                   # "ROW COL", counted from the first line kept
#   $screen->resize(10, 40)

use strict;
use warnings;
use Encode qw(decode encode FB_QUIET);

my $SEQUENCE = qr/\e\[([0-9;?>]*)([\x40-\x7e])|\e\][^\a\e]*(?:\a|\e\\)|\e[()].|\e([^\[\]()])|([^\e])/s;

sub new {
    my ($class, $rows, $cols) = @_;
    return bless { rows => $rows, cols => $cols, bytes => '', text => '', row => 0, col => 0,
        lines => [[]] }, $class;
}

sub resize { @{ $_[0] }{'rows', 'cols'} = @_[1, 2] }

sub feed {
    my ($self, $bytes) = @_;
    $self->{bytes} .= $bytes;
    # a character that is cut off waits for its rest; what can be none is shown as a mark
    $self->{text} .= decode('UTF-8', $self->{bytes}, FB_QUIET);
    while ($self->{bytes} =~ /\A[\x80-\xff]/ && length $self->{bytes} > 3) {
        substr $self->{bytes}, 0, 1, '';
        $self->{text} .= "\x{fffd}" . decode('UTF-8', $self->{bytes}, FB_QUIET);
    }
    while ($self->{text} =~ /\G$SEQUENCE/gc) {
        if    (defined $2) { $self->control($2, split /;/, $1) }
        elsif (defined $3) { $self->move_to($self->{row} - 1, $self->{col}) if $3 eq 'M' }
        elsif (defined $4) { $self->character($4) }
    }
    substr $self->{text}, 0, pos $self->{text} // 0, '';
}

sub text {
    my ($self) = @_;
    my @lines = map { join '', map { $_ // ' ' } @$_ } @{ $self->{lines} };
    s/\s+$// for @lines;
    pop @lines while @lines && $lines[-1] eq '';
    return encode('UTF-8', join("\n", @lines) . "\n");
}

sub cursor { return "$_[0]{row} $_[0]{col}" }

# First line that is on the terminal now.
sub top {
    my ($self) = @_;
    my $kept = @{ $self->{lines} };
    return $kept > $self->{rows} ? $kept - $self->{rows} : 0;
}

sub move_to {
    my ($self, $row, $col) = @_;
    my $top = $self->top;
    $self->{row} = $row < $top ? $top : $row;
    $self->{col} = $col < 0 ? 0 : $col;
    push @{ $self->{lines} }, [] while $self->{row} > $#{ $self->{lines} };
}

sub character {
    my ($self, $char) = @_;
    my ($row, $col) = @$self{'row', 'col'};
    if    ($char eq "\r") { $self->{col} = 0 }
    elsif ($char eq "\n") { $self->move_to($row + 1, $col) }
    elsif ($char eq "\b") { $self->{col} = ($col >= $self->{cols} ? $self->{cols} - 1 : $col) - 1; $self->{col} = 0 if $self->{col} < 0 }
    elsif ($char eq "\t") { $self->move_to($row, ($col | 7) + 1) }
    elsif ($char ge ' ' && $char ne "\x7f") { $self->put($char) }
}

# The second cell of a wide character holds an empty text.
sub put {
    my ($self, $char) = @_;
    if ($char =~ /\p{Mn}/) {
        my $line = $self->{lines}[ $self->{row} ];
        $line->[ $self->{col} - 1 ] .= $char if $self->{col} > 0;
        return;
    }
    my $width = $char =~ /\p{Ea=W}|\p{Ea=F}/ ? 2 : 1;
    $self->move_to($self->{row} + 1, 0) if $self->{col} + $width > $self->{cols};
    my $line = $self->{lines}[ $self->{row} ];
    $line->[ $self->{col}++ ] = $char;
    $line->[ $self->{col}++ ] = '' if $width == 2;
}

sub control {
    my ($self, $final, @numbers) = @_;
    return if @numbers && $numbers[0] =~ /^[?>]/ && $final !~ /[hl]/;
    my $given = @numbers && $numbers[0] =~ /^\d+$/;
    my $n    = $given && $numbers[0] ? $numbers[0] : 1;
    my $zero = $given ? $numbers[0] : 0;
    my ($row, $col) = @$self{'row', 'col'};
    my $line = $self->{lines}[$row];
    if    ($final eq 'A') { $self->move_to($row - $n, $col) }
    elsif ($final eq 'B') { $self->move_to($row + $n, $col) }
    elsif ($final eq 'C') { $self->move_to($row, $col + $n) }
    elsif ($final eq 'D') { $self->move_to($row, $col - $n) }
    elsif ($final eq 'G') { $self->move_to($row, $n - 1) }
    elsif ($final eq 'd') { $self->move_to($self->top + $n - 1, $col) }
    elsif ($final eq 'H') { $self->move_to($self->top + $n - 1, ($numbers[1] || 1) - 1) }
    elsif ($final eq 'P') { splice @$line, $col, $n if $col < @$line }
    elsif ($final eq '@') { $self->make_room($line, $n) }
    elsif ($final eq 'X') { @$line[$col .. $col + $n - 1] = (' ') x $n }
    elsif ($final eq 'K') { erase_line($line, $zero, $col) }
    elsif ($final eq 'J') { $self->erase_screen($zero) }
    elsif ($final =~ /[hl]/ && ($numbers[0] // '') eq '?1049') { $self->alternate($final eq 'h') }
}

# What is pushed out of the line is gone.
sub make_room {
    my ($self, $line, $n) = @_;
    return if $self->{col} >= @$line;
    splice @$line, $self->{col}, 0, (' ') x $n;
    splice @$line, $self->{cols} if @$line > $self->{cols};
}

sub erase_screen {
    my ($self, $how) = @_;
    my ($row, $col) = @$self{'row', 'col'};
    my $lines = $self->{lines};
    erase_line($lines->[$row], $how, $col);
    splice @$lines, $row + 1 if $how == 0;
    $lines->[$_] = [] for $how == 1 ? ($self->top .. $row - 1) : ();
    if ($how >= 2) {
        # what was shown is kept above, and a screenful of empty lines follows
        my $offset = $row - $self->top;
        push @$lines, map { [] } 1 .. $self->{rows};
        $self->{row} = $self->top + $offset;
    }
}

# A pager's own screen: the other one comes back when it leaves.
sub alternate {
    my ($self, $on) = @_;
    if ($on && !$self->{saved}) {
        $self->{saved} = [ @$self{'lines', 'row', 'col'} ];
        @$self{'lines', 'row', 'col'} = ([ map { [] } 1 .. $self->{rows} ], 0, 0);
    } elsif (!$on && $self->{saved}) {
        @$self{'lines', 'row', 'col'} = @{ delete $self->{saved} };
    }
}

sub erase_line {
    my ($line, $how, $col) = @_;
    splice @$line, $col if $how == 0 && $col < @$line;
    @$line[0 .. $col] = (' ') x ($col + 1) if $how == 1;
    @$line = () if $how >= 2;
}

1;
