-- Fixture: runs before the tests of this directory and those below it, and is undone after them.
INSERT INTO "user" (email, name) VALUES
    ('ada@example.com', 'Ada'),
    ('grace@example.com', 'Grace'),
    ('nameless@example.com', NULL);
