INSERT INTO item VALUES (100, 'fixture');
