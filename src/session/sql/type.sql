-- What a callback is told (contract S7, G3).
CREATE TYPE pg_temp.pgmi_test_event AS (
    event text,
    path text,
    directory text,
    depth integer,
    ordinal integer,
    context jsonb
);
