-- Trace is on (shell.md section 7): the marked texts, and views that show them in the place of content.
-- The tables of the load are not touched.

CREATE TABLE IF NOT EXISTS pg_temp._pgmi_marked (
    path text NOT NULL PRIMARY KEY,
    content text NOT NULL
);
TRUNCATE pg_temp._pgmi_marked;
ALTER TABLE pg_temp._pgmi_marked ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE pg_temp._pgmi_marked ALTER COLUMN content SET STATISTICS 0;

-- pgmi_plan_view takes its contents from this view (views.sql), so both show the marked texts.  A
-- subquery and no join: the order of the rows stays what it is without trace.
CREATE OR REPLACE VIEW pg_temp.pgmi_source_view AS
SELECT s.path, s.name, s.directory, s.extension, s.depth,
       coalesce((SELECT m.content FROM pg_temp._pgmi_marked AS m WHERE m.path = s.path),
                s.content) AS content,
       s.size_bytes, s.checksum, s.pgmi_checksum,
       s.path_parts, s.is_sql_file, s.is_test_file, s.parent_folder_name
  FROM pg_temp._pgmi_source AS s;
