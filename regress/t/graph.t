#!/usr/bin/perl
# Pictures of the plan and of the tests: hostile names in both languages, SVG by Graphviz, and what is
# said where that is missing.
use strict;
use warnings;
use Test::More;
use PgmishTest;

my $server = start_server();
my $evil   = qq{<b>&lt;"]; n9[label="`#35; end %%.sql};
my $app    = make_project({
    'deploy.sql' => "SELECT 1;\n", "m/$evil" => "SELECT 1;\n", "__test__/$evil" => "SELECT 1;\n",
    "__test__/two\nlines.sql" => "SELECT 1;\n", '__test__/_setup.sql' => "SELECT 1;\n",
});
my $dir = private_dir();
sub draw { return pgmish(['-q', '--load', $app, map { ('-c', $_) } @_], server => $server, cwd => $dir) }

for my $command ('\plan', '\tests') {
    my ($exit, $out, $err) = draw("$command --graph");
    is("$exit$err", '0', "$command --graph");
    like($out, qr/"(?:1\. \.\/m\/)?#60;b#62;#38;lt#59;#34;#93;#59; n9#91;label=#34;#96;#35;35#59; end #37;#37;\.sql"/, "$command: a hostile name");
    unlike($out, qr/^lines/m, "$command: no name breaks a line");
    ($exit, undef, $err) = draw("$command --graph=out.gv");
    is("$exit$err", '0', "$command --graph=out.gv");
    like(slurp("$dir/out.gv"), qr/label="(?:1\. \.\/m\/)?<b>&amp;lt;\\"\]; n9\[label=\\"`#35; end %%\.sql"/, "$command: the same for Graphviz");
}

my ($exit, $out, $err) = pgmish(['-q', '--load', $app, '-c', '\tests --graph=none.svg'], server => $server, cwd => $dir,
    env => { PATH => '/nonexistent' });
is($exit, 1, 'without Graphviz: an error');
like($err, qr/needs Graphviz.*Install graphviz/s, 'without Graphviz: what to do');
ok(!-e "$dir/none.svg", 'without Graphviz: no file');

SKIP: {
    skip 'no Graphviz here', 4 unless grep { -x "$_/dot" } split /:/, $ENV{PATH};
    my $odd = q{a $(touch bad) 'b.svg};
    ($exit, $out, $err) = draw(q{\tests '--graph=a $(touch bad) ''b.svg'});
    is("$exit$err", '0', 'SVG') or diag($err);
    my $svg = -e "$dir/$odd" ? slurp("$dir/$odd") : '';
    like($svg, qr{<text[^>]*>&lt;b&gt;&amp;lt;&quot;\]; n9\[label=&quot;`#35; end %%\.sql</text>}, 'SVG: the name as it is');
    ok(!-e "$dir/bad", 'no shell has seen the file name');
    ($exit, $out, $err) = draw('\plan --graph=/nonexistent/x.svg');
    is($exit, 1, 'a picture that cannot be written');
}
done_testing();
