CREATE TABLE opened (n int);
