#!/usr/bin/perl
# The places of errors when the server speaks another language: other words, other quotation marks,
# another order.  The server gets locales of this test's own; where it has no translations at all
# the cases run in English.
use strict;
use warnings;
use Test::More;
use PgmishTest;
use PgmishTest::Places;

# What the rules know of a message besides its SQLSTATE, and every kind of line in a context.
my @cases = qw(alter_missing assert_in_do check_added copy_data copy_program data_json
    denied_to_create deploy_definition do_into domain_check drop_depends drop_missing
    duplicate_column duplicate_role duplicate_table foreign_key foreign_key_delete function_compile
    function_in_do function_quoted_name function_sql function_two_calls helper_runs_file
    index_column missing_extension not_null permission_denied permission_schema test_runtime
    unique_index_later unique_second_insert update_check view_column_renamed wrapped_column
    wrapped_nested wrapped_syntax wrapped_unique);
# A message that was raised again with no SQLSTATE can only be read; Japanese names the table first.
my %less = (ja_JP => { wrapped_nested => 1 });

my $locales = private_dir();
chmod 0755, $locales;
my %language = (de_DE => qr/Division durch Null/, fr_FR => qr/division par z/, ja_JP => qr/0 /);
my $made = 0;
for my $name (sort keys %language) {
    my ($exit) = run(['localedef', '-i', $name, '-f', 'UTF-8', "$locales/$name.UTF-8"]);
    $made++ if $exit == 0;
}
local $ENV{LOCPATH} = $locales if $made == keys %language;
my $places = PgmishTest::Places->new(start_server());

sub speaks {
    my ($setting, $words) = @_;
    my ($exit, $out, $err) = run([psql_program(), '-X', '-c', 'SELECT 1/0'], server => $places->{server},
        env => { PGOPTIONS => "-c lc_messages=$setting", PGDATABASE => 'postgres' });
    return $err =~ $words && $err !~ /^psql|division by zero/m;
}

for my $name (sort keys %language) {
    my $setting = "$name.UTF-8";
    if (!speaks($setting, $language{$name})) {
        note("this server has no messages in $name");
        $setting = 'C';
    }
    $places->{env} = { PGOPTIONS => "-c lc_messages=$setting" };
    for my $name_of_case (@cases) {
        my $case = read_case("$PgmishTest::TOP/regress/places/$name_of_case.txt");

        $case->{name} .= " ($name)";
        delete $case->{place}{column} if $less{$name}{$name_of_case} && $setting ne 'C';
        $places->check_psql($case, make_project($case->{files}));
        $places->fresh_database if $case->{keeps};
    }
}
done_testing();
