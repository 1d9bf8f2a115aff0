INSERT INTO stairs VALUES (5, 'fifth');
