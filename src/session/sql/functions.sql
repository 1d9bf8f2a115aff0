-- Helpers of the session (contract S8, S12).  Each fixes its own search_path, so that it calls what
-- it means whatever the user's search_path is; none runs the content of files.

CREATE OR REPLACE FUNCTION pg_temp.pgmi_is_sql_file(filename text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
    -- D12: what follows the last dot, in any case
    SELECT lower(filename COLLATE "C") ~ '[.](sql|ddl|dml|dql|dcl|psql|pgsql|plpgsql)$'
$function$;

-- Returns the pattern, so that it can stand in an expression (contract L2).
CREATE OR REPLACE FUNCTION pg_temp.pgmi_validate_pattern(p_pattern text)
RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM '' ~ p_pattern;
    RETURN p_pattern;
EXCEPTION WHEN invalid_regular_expression THEN
    RAISE EXCEPTION 'Invalid regex pattern: %', p_pattern
        USING ERRCODE = 'invalid_regular_expression',
              DETAIL = SQLERRM,
              HINT = 'The pattern is a PostgreSQL regular expression (operator ~) on the path of a test.';
END
$function$;

-- Takes a file into the plan by hand: normalises the path, derives every other column.
CREATE OR REPLACE FUNCTION pg_temp.pgmi_register_file(
    in_path text, in_content text, in_checksum text, in_pgmi_checksum text)
RETURNS pg_temp._pgmi_source LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_path text := regexp_replace(replace(btrim(in_path), chr(92), '/'), '/+', '/', 'g');
    v_parts text[];
    v_row pg_temp._pgmi_source;
BEGIN
    IF left(v_path, 2) <> './' THEN
        v_path := './' || ltrim(v_path, '/');
    END IF;
    v_parts := string_to_array(v_path, '/');
    v_row.path := v_path;
    v_row.name := v_parts[cardinality(v_parts)];
    v_row.directory := left(v_path, length(v_path) - length(v_row.name));
    v_row.extension := coalesce(substring(v_row.name FROM '[.][A-Za-z0-9]+$'), '');
    v_row.depth := cardinality(v_parts) - 2;
    v_row.content := in_content;
    v_row.size_bytes := octet_length(convert_to(in_content, 'UTF8'));
    v_row.checksum := in_checksum;
    v_row.pgmi_checksum := in_pgmi_checksum;
    v_row.path_parts := v_parts;
    v_row.is_sql_file := pg_temp.pgmi_is_sql_file(v_row.name);
    v_row.is_test_file := false;
    v_row.parent_folder_name := CASE WHEN v_row.depth > 0 THEN v_parts[v_row.depth + 1] END;
    INSERT INTO pg_temp._pgmi_source SELECT v_row.*;
    RETURN v_row;
END
$function$;

-- Copies the plan into a table that outlives the session (contract S12).
CREATE OR REPLACE FUNCTION pg_temp.pgmi_persist_test_plan(
    target_schema text, p_pattern text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- asked for by hand, as IF NOT EXISTS would say so when the table is there already
    IF to_regclass(format('%I.pgmi_test_plan', target_schema)) IS NULL THEN
        EXECUTE format('CREATE TABLE %I.pgmi_test_plan ('
                       'ordinal integer PRIMARY KEY, step_type text NOT NULL, script_path text, '
                       'directory text NOT NULL, depth integer NOT NULL)', target_schema);
    END IF;
    EXECUTE format('DELETE FROM %I.pgmi_test_plan', target_schema);
    EXECUTE format('INSERT INTO %I.pgmi_test_plan (ordinal, step_type, script_path, directory, depth) '
                   'SELECT ordinal, step_type, script_path, directory, depth '
                   'FROM pg_temp.pgmi_test_plan($1)', target_schema) USING p_pattern;
END
$function$;
