package PgSource;

# PostgreSQL 15's own regression suite, fetched from Debian's source package and kept outside the
# repository: nothing of it is committed.
#
#   my $suite = PgSource::suite();     # .../src/test/regress of the newest version to be had
#
# The apt configuration is a temporary one with its own lists and caches: neither root nor a
# change to the machine's sources is needed.  Several versions are listed and the newest is often
# gone from the archive already, so each is tried in turn.
use strict;
use warnings;
use File::Path qw(make_path);
use File::Temp qw(tempdir);

my $PACKAGE = 'postgresql-15';
my $KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

sub cache_dir {
    my $base = $ENV{XDG_CACHE_HOME} || ($ENV{HOME} // '/tmp') . '/.cache';
    return "$base/pgmish";
}

sub suite {
    my @there = sort glob cache_dir() . '/postgresql-15.*/src/test/regress';
    return $there[-1] if @there;
    fetch();
    @there = sort glob cache_dir() . '/postgresql-15.*/src/test/regress';
    return $there[-1] // die "the source package holds no src/test/regress\n";
}

# A private apt: returns the options that make apt-get use it.
sub private_apt {
    my ($dir) = @_;
    make_path("$dir/lists/partial", "$dir/cache/archives/partial");
    my $signed = -e $KEYRING ? "[signed-by=$KEYRING] " : '';
    open my $list, '>', "$dir/sources.list" or die "$dir/sources.list: $!\n";
    print $list "deb-src ${signed}http://deb.debian.org/$_ main\n"
        for 'debian bookworm', 'debian bookworm-updates', 'debian-security bookworm-security';
    close $list;
    return map { ('-o', $_) } "Dir::Etc::SourceList=$dir/sources.list",
        'Dir::Etc::SourceParts=/dev/null', "Dir::State::Lists=$dir/lists", "Dir::Cache=$dir/cache",
        ($> == 0 ? 'APT::Sandbox::User=root' : ());
}

sub fetch {
    my $dir = tempdir('pgsource-XXXXXX', DIR => '/tmp', CLEANUP => 1);
    my @options = private_apt($dir);
    print "fetching the source of $PACKAGE\n";
    system('apt-get', '-qq', @options, 'update') == 0 or die "apt-get update failed\n";
    open my $apt, '-|', 'apt-cache', @options, 'showsrc', $PACKAGE or die "apt-cache: $!\n";
    my @versions = map { /^Version: (\S+)/ ? $1 : () } <$apt>;
    close $apt;
    for my $version (sort { newer($b, $a) } @versions) {
        next unless download($dir, $version, @options);
        unpack_suite(glob "$dir/*.orig.tar.*");
        return;
    }
    die "no version of $PACKAGE could be downloaded (listed: @versions)\n";
}

sub newer {
    my ($left, $right) = map { /^\d+\.(\d+)/ ? $1 : 0 } @_;
    return $left <=> $right;
}

sub download {
    my ($dir, $version, @options) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        chdir $dir;
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'apt-get', '-qq', @options, 'source', '--download-only', '--tar-only',
            "$PACKAGE=$version";
    }
    waitpid $pid, 0;
    print "  $PACKAGE $version: ", $? ? "not there\n" : "downloaded\n";
    return $? == 0;
}

# Only the suite's folder; complete or not there at all.
sub unpack_suite {
    my ($tar) = @_;
    die "the download holds no source\n" unless $tar;
    my $cache = cache_dir();
    make_path($cache);
    my $new = tempdir('new-XXXXXX', DIR => $cache, CLEANUP => 1);
    system('tar', '-xf', $tar, '-C', $new, '--wildcards', '*/src/test/regress') == 0
        or die "tar failed on $tar\n";
    my ($tree) = glob "$new/postgresql-*";
    rename $tree, $cache . ($tree =~ s{.*(?=/)}{}r) or die "$tree: $!\n";
}

1;
