CREATE TEMPORARY TABLE pinpointed (a int PRIMARY KEY);
INSERT INTO pinpointed VALUES (1);
/* again */ INSERT INTO pinpointed VALUES (1);
