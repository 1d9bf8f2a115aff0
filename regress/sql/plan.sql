--
-- \plan, \tests, \source
--
-- contexts hold the number of the temporary schema
\set SHOW_CONTEXT never
\plan
\tests
\source ./x.sql
\pgmi load projects/shop
\plan
\plan+
\plan tables/
\plan nosuch
\plan '('
\pgmi plan functions
\tests
\tests+
\tests both
\tests nosuch
\tests '('
\pgmi tests deep
\source ./tables/item.sql
\source tables/seed.sql
\source ./__test__/_setup.sql
\source ./nosuch.sql
\source
\source deploy.sql
\pset format csv
\plan tables/
\tests+ both
\pset format aligned
\plan extra words
