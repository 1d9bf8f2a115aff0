\set from_include 'yes'
SELECT nosuch_variable;
