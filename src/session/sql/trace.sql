-- Trace is on (shell.md section 7): the marked texts, and views that show them in the place of content.
-- The tables of the load are not touched.

CREATE TABLE IF NOT EXISTS pg_temp._pgmi_marked (
    path text NOT NULL PRIMARY KEY,
    content text NOT NULL
);
TRUNCATE pg_temp._pgmi_marked;
ALTER TABLE pg_temp._pgmi_marked ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE pg_temp._pgmi_marked ALTER COLUMN content SET STATISTICS 0;

-- A subquery and no join: the order of the rows stays what it is without trace.
CREATE OR REPLACE VIEW pg_temp.pgmi_source_view AS
SELECT s.path, s.name, s.directory, s.extension, s.depth,
       coalesce((SELECT m.content FROM pg_temp._pgmi_marked AS m WHERE m.path = s.path),
                s.content) AS content,
       s.size_bytes, s.checksum, s.pgmi_checksum,
       s.path_parts, s.is_sql_file, s.is_test_file, s.parent_folder_name
  FROM pg_temp._pgmi_source AS s;

-- As in views.sql, but for content.
CREATE OR REPLACE VIEW pg_temp.pgmi_plan_view AS
SELECT s.path,
       coalesce((SELECT m.content FROM pg_temp._pgmi_marked AS m WHERE m.path = s.path),
                s.content) AS content,
       s.pgmi_checksum AS checksum,
       md5(convert_to(s.path, 'UTF8'))::uuid AS generic_id,
       p.id,
       p.idempotent,
       p.description,
       p.sort_key,
       p.execution_order
  FROM (SELECT f.path,
               m.id,
               coalesce(m.idempotent, true) AS idempotent,
               coalesce(m.description, '') AS description,
               k.sort_key,
               row_number() OVER (ORDER BY convert_to(k.sort_key, 'UTF8'),
                                           convert_to(f.path, 'UTF8')) AS execution_order
          FROM pg_temp._pgmi_source AS f
          LEFT JOIN pg_temp._pgmi_source_metadata AS m ON m.path = f.path
         CROSS JOIN LATERAL unnest(
                   CASE WHEN cardinality(m.sort_keys) > 0 THEN m.sort_keys
                        ELSE ARRAY[f.path] END) AS k (sort_key)) AS p
  JOIN pg_temp._pgmi_source AS s ON s.path = p.path;
