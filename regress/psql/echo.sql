-- \echo, \qecho, \warn and argument lexing
\echo
\echo one two   three
\echo 'single quoted  blanks' "double quoted  blanks" mixed'quo ted'"and more"
\echo -n no newline
\echo
\echo '-n' quoted
\echo -n
\echo x -n
\echo 'a\tb\nc\101\x41\x' 'it''s' '\'' 'x'
\echo a\echo b
\echo a \\ SELECT 1 AS after_separator;
\echo `echo backtick` 'x'`echo y`z
\echo `printf 'two\nlines\n\n'` end
\echo `exit 3` after failure
\echo `nosuchcommand_x 2>/dev/null` after unknown
\set v 'from variable'
\echo `echo :v` `echo :'v'`
\echo :v ':v' ":v" :'v' :"v"
\echo a;b ; c;
\echo "a ""b"" c" 'a "b" c'
\qecho to query output
\qecho -n x
\qecho
\warn to stderr
\warn -n x
\warn
\warn 'a  b'
\echo '' x '' y
\echo "" x
\echo unbalanced"quote
SELECT 1 AS after;
\echo 'octal \60\061\1112' '\b|\f|\r|' '\q\z'
\nosuch arg arg
\echo after unknown
\
\ 
SELECT 2;
\echo tabs	between	words
