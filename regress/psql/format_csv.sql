-- csv: quoting, separators, title, footer, expanded
\pset format csv
\pset null '(null)'
\i data/tables.sql
\pset csv_fieldsep '\t'
\i data/tables.sql
\pset csv_fieldsep ;
\i data/tables.sql
\pset csv_fieldsep '\\'
\i data/tables.sql
\pset csv_fieldsep .
\i data/tables.sql
\pset csv_fieldsep ' '
\i data/tables.sql
\pset csv_fieldsep ,
\pset title 'not shown'
\pset footer off
\i data/tables.sql
\t on
\i data/tables.sql
\x on
\i data/tables.sql
\t off
\i data/tables.sql
\pset csv_fieldsep ;
\i data/tables.sql
\pset numericlocale on
SELECT 1234567.891, -1234567;
SELECT E'cr\rhere', E'quote"d', 'comma,', ' lead', 'trail ', '';
