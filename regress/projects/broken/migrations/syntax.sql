CREATE TABLE ok (a int);
SELECT 1,
       nosuch_column
  FROM ok;
