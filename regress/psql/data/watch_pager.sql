CREATE SEQUENCE s;
SELECT 6 / (3 - nextval('s')) AS n \watch 0.01
