-- The session's tables (contract S1 to S5).  Runs with search_path = pg_catalog, pg_temp.
--
-- The checks are written with plain string functions where these can say it: each is evaluated for
-- every file of every load, and a regular expression costs several times as much.

CREATE TABLE pg_temp._pgmi_source (
    path text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    directory text NOT NULL,
    extension text NOT NULL,
    depth integer NOT NULL,
    content text NOT NULL,
    size_bytes bigint NOT NULL,
    checksum text NOT NULL,
    pgmi_checksum text NOT NULL,
    path_parts text[] NOT NULL,
    is_sql_file boolean NOT NULL,
    is_test_file boolean NOT NULL,
    parent_folder_name text,
    CONSTRAINT _pgmi_source_path_form CHECK (
        left(path, 2) = './' AND strpos(path, chr(92)) = 0 AND strpos(path, '//') = 0),
    CONSTRAINT _pgmi_source_path_parts_agree CHECK (path = directory || name),
    CONSTRAINT _pgmi_source_no_test CHECK (
        NOT is_test_file AND strpos(path, '/__test__/') = 0 AND strpos(path, '/__tests__/') = 0),
    CONSTRAINT _pgmi_source_name_form CHECK (strpos(name, '/') = 0 AND btrim(name) <> ''),
    CONSTRAINT _pgmi_source_directory_form CHECK (
        left(directory, 2) = './' AND right(directory, 1) = '/' AND strpos(directory, '//') = 0),
    CONSTRAINT _pgmi_source_extension_form CHECK (
        extension = '' OR extension ~ '^[.][A-Za-z0-9]+$'),
    CONSTRAINT _pgmi_source_depth_range CHECK (depth BETWEEN 0 AND 100),
    -- Over the UTF-8 bytes, as they were hashed and sent, whatever the database's encoding is.
    CONSTRAINT _pgmi_source_size CHECK (
        size_bytes >= 0 AND size_bytes = octet_length(convert_to(content, 'UTF8'))),
    CONSTRAINT _pgmi_source_checksums CHECK (
        -- the length apart: a counted repetition costs many times as much
        length(checksum) BETWEEN 32 AND 64 AND checksum ~ '^[0-9A-Fa-f]+$'
        AND length(pgmi_checksum) BETWEEN 32 AND 64 AND pgmi_checksum ~ '^[0-9A-Fa-f]+$'),
    CONSTRAINT _pgmi_source_parts_form CHECK (
        cardinality(path_parts) = depth + 2
        AND path_parts[1] = '.'
        AND path_parts[cardinality(path_parts)] = name
        AND array_position(path_parts, '') IS NULL
        AND array_position(path_parts, NULL) IS NULL),
    CONSTRAINT _pgmi_source_parent CHECK (
        (parent_folder_name IS NULL) = (depth = 0)
        AND (parent_folder_name IS NULL OR strpos(parent_folder_name, '/') = 0))
);

CREATE TABLE pg_temp._pgmi_source_metadata (
    path text NOT NULL PRIMARY KEY REFERENCES pg_temp._pgmi_source (path),
    id uuid NOT NULL,
    idempotent boolean NOT NULL,
    sort_keys text[] NOT NULL DEFAULT '{}',
    description text
);
CREATE INDEX _pgmi_source_metadata_sort_keys
    ON pg_temp._pgmi_source_metadata USING gin (sort_keys);

CREATE TABLE pg_temp._pgmi_parameter (
    key text NOT NULL PRIMARY KEY CHECK (key ~ '^[A-Za-z0-9_]+$'),
    value text,
    type text NOT NULL DEFAULT 'text' CHECK (type IN (
        'text', 'int', 'integer', 'bigint', 'numeric', 'boolean', 'bool', 'uuid', 'timestamp',
        'timestamptz', 'name')),
    required boolean NOT NULL DEFAULT false,
    default_value text,
    description text
);

CREATE TABLE pg_temp._pgmi_test_directory (
    path text NOT NULL PRIMARY KEY CHECK (
        left(path, 2) = './' AND right(path, 1) = '/'
        AND (strpos(path, '/__test__/') > 0 OR strpos(path, '/__tests__/') > 0)),
    parent_path text,
    depth integer NOT NULL DEFAULT 0
);
CREATE INDEX _pgmi_test_directory_parent ON pg_temp._pgmi_test_directory (parent_path);

CREATE TABLE pg_temp._pgmi_test_source (
    path text NOT NULL PRIMARY KEY CHECK (left(path, 2) = './'),
    directory text NOT NULL REFERENCES pg_temp._pgmi_test_directory (path),
    filename text NOT NULL,
    content text NOT NULL,
    is_fixture boolean NOT NULL DEFAULT false
);
CREATE INDEX _pgmi_test_source_directory ON pg_temp._pgmi_test_source (directory);

-- Kept out of line and not compressed: compressing costs four times what all the rest of a load does,
-- and the tables live for a session only.
ALTER TABLE pg_temp._pgmi_source ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE pg_temp._pgmi_test_source ALTER COLUMN content SET STORAGE EXTERNAL;
-- Nobody searches by content: ANALYZE need not look at it.
ALTER TABLE pg_temp._pgmi_source ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE pg_temp._pgmi_test_source ALTER COLUMN content SET STATISTICS 0;

-- The mark by which a later load recognises tables of its own making.
COMMENT ON TABLE pg_temp._pgmi_source IS 'pgmish session 1';
COMMENT ON TABLE pg_temp._pgmi_source_metadata IS 'pgmish session 1';
COMMENT ON TABLE pg_temp._pgmi_parameter IS 'pgmish session 1';
COMMENT ON TABLE pg_temp._pgmi_test_directory IS 'pgmish session 1';
COMMENT ON TABLE pg_temp._pgmi_test_source IS 'pgmish session 1';
