-- backslashes in plain literals depend on standard_conforming_strings, read for each line
SET escape_string_warning = off;
SELECT 'a\' AS std;
SET standard_conforming_strings = off;
SELECT 'a\'; still inside' AS nonstd;
SELECT 'tab\there', '\\';
SELECT $$ \' $$;
SET standard_conforming_strings = on;
SELECT 'b\' AS std_again;
SELECT E'c\'' AS e;
