INSERT INTO item VALUES (200, 'deep');
