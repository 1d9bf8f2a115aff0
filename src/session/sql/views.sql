-- The stable surface (contract S6), and who may read it (S9: a script may SET ROLE).

CREATE OR REPLACE VIEW pg_temp.pgmi_source_view AS
SELECT path, name, directory, extension, depth, content, size_bytes, checksum, pgmi_checksum,
       path_parts, is_sql_file, is_test_file, parent_folder_name
  FROM pg_temp._pgmi_source;

CREATE OR REPLACE VIEW pg_temp.pgmi_parameter_view AS
SELECT key, value, type, required, default_value, description
  FROM pg_temp._pgmi_parameter;

CREATE OR REPLACE VIEW pg_temp.pgmi_source_metadata_view AS
SELECT path, id, idempotent, sort_keys, description
  FROM pg_temp._pgmi_source_metadata;

CREATE OR REPLACE VIEW pg_temp.pgmi_test_source_view AS
SELECT path, directory, filename, content, is_fixture
  FROM pg_temp._pgmi_test_source;

CREATE OR REPLACE VIEW pg_temp.pgmi_test_directory_view AS
SELECT path, parent_path, depth
  FROM pg_temp._pgmi_test_directory;

-- One row per sort key; a file without keys stands under its path (contract M8).  The order is that
-- of the UTF-8 bytes, which the "C" collation gives only where the database's encoding sorts like
-- UTF-8.  It is computed over short rows, and the contents are joined to it afterwards, from the
-- view, in whose place trace.sql puts another.
CREATE OR REPLACE VIEW pg_temp.pgmi_plan_view AS
SELECT s.path,
       s.content,
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
  JOIN pg_temp.pgmi_source_view AS s ON s.path = p.path;

GRANT SELECT ON pg_temp._pgmi_source, pg_temp._pgmi_source_metadata, pg_temp._pgmi_parameter,
    pg_temp._pgmi_test_directory, pg_temp._pgmi_test_source, pg_temp.pgmi_source_view,
    pg_temp.pgmi_parameter_view, pg_temp.pgmi_source_metadata_view,
    pg_temp.pgmi_test_source_view, pg_temp.pgmi_test_directory_view, pg_temp.pgmi_plan_view
    TO PUBLIC;
