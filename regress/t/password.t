#!/usr/bin/perl
# \password at a terminal: two questions without an echo, Ctrl-C, what the server gets to see.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Dialogue;

my $server = start_server(settings => { log_statement => 'all' });
$server->query($_) for 'CREATE ROLE guest LOGIN', 'CREATE ROLE "Odd ""Name" LOGIN';

sub same { same_screen($_[0], $server, $_[1]) }

my $first = qr/Enter new password for user ".*": \z/;
my $again = qr/Enter it again: \z/;
my $secret = 'clear text 4711';

sub stored {
    my ($role) = @_;
    return $server->query("SELECT count(*) FROM pg_authid WHERE rolname = '$role'"
            . " AND rolpassword LIKE 'SCRAM-SHA-256\$%'");
}

same('the current user', [ [ "\\password\r", $first ], [ "$secret\r", $again ], [ "$secret\r", PROMPT ] ]);
is(stored('postgres'), 1, 'it is set');
same('another user', [ [ "\\password GUEST\r", $first ], [ "$secret\r", $again ], [ "$secret\r", PROMPT ] ]);
is(stored('guest'), 1, 'it is set');
same('a quoted name', [ [ "\\password \"Odd \"\"Name\"\r", $first ], [ "$secret\r", $again ], [ "$secret\r", PROMPT ] ]);
is(stored('Odd "Name'), 1, 'it is set');
same('two passwords that differ', [ [ "\\password\r", $first ], [ "$secret\r", $again ], [ "$secret \r", PROMPT ] ]);
same('no such user', [ [ "\\password nobody\r", $first ], [ "$secret\r", $again ], [ "$secret\r", PROMPT ] ]);
same('nothing takes it away', [ [ "\\password guest\r", $first ], [ "\r", $again ], [ "\r", PROMPT ] ]);
is(stored('guest'), 0, 'it is gone');
same('Ctrl-C at the first question', [ [ "\\password\r", $first ], [ "abc\x03", PROMPT ], [ "SELECT 1;\r", PROMPT ] ]);
same('Ctrl-C at the second', [ [ "\\password\r", $first ], [ "$secret\r", $again ], [ "\x03", PROMPT ], [ "SELECT 1;\r", PROMPT ] ]);
same('the old hash on request', [
    [ "SET password_encryption = 'md5';\r", PROMPT ],
    [ "\\password guest\r", $first ], [ "$secret\r", $again ], [ "$secret\r", PROMPT ],
    [ "SELECT left(rolpassword, 3) FROM pg_authid WHERE rolname = 'guest';\r", PROMPT ] ]);
unlike(slurp($server->{log}), qr/4711/, "no password in the server's log");
like(slurp($server->{log}), qr/ALTER USER.*SCRAM-SHA-256/, 'but what it stores');

done_testing();
