-- two statements
UPDATE stairs SET note = upper(note)
 WHERE step = 5;
INSERT INTO stairs VALUES (6, 'sixth');
