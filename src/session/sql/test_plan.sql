-- Which tests run, in which order (contract section 12).

-- True when a test (no fixture) that matches stands in the directory or below it.
CREATE OR REPLACE FUNCTION pg_temp.pgmi_has_tests(p_directory text, p_pattern text DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_pattern text := pg_temp.pgmi_validate_pattern(p_pattern);
BEGIN
    RETURN EXISTS (
        WITH RECURSIVE below (path) AS (
            SELECT p_directory
            UNION
            SELECT d.path FROM below AS b JOIN pg_temp._pgmi_test_directory AS d
                             ON d.parent_path = b.path)
        SELECT FROM below AS b
          JOIN pg_temp._pgmi_test_source AS t ON t.directory = b.path
         WHERE NOT t.is_fixture AND (v_pattern IS NULL OR t.path ~ v_pattern));
END
$function$;

/*
 * Depth first without recursion over the tests, so that the time grows with their number and not
 * faster.  Directories end in a slash, so the byte order of their paths is the order in which a
 * depth-first walk enters them; a walk leaves a directory behind everything that starts with its
 * path, which is where its path followed by FF sorts, a byte that UTF-8 never has.
 * JIT is off because the planner overrates the recursive part, and compiling would cost more than
 * running; work_mem keeps large plans out of temporary files.
 */
CREATE OR REPLACE FUNCTION pg_temp.pgmi_test_plan(p_pattern text DEFAULT NULL)
RETURNS TABLE (ordinal integer, step_type text, script_path text, directory text, depth integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
SET work_mem = '64MB'
AS $function$
#variable_conflict use_column
DECLARE
    v_pattern text := pg_temp.pgmi_validate_pattern(p_pattern);
BEGIN
    RETURN QUERY
    WITH RECURSIVE matching AS (
        SELECT t.directory, t.path, t.filename
          FROM pg_temp._pgmi_test_source AS t
         WHERE NOT t.is_fixture AND (v_pattern IS NULL OR t.path ~ v_pattern)
    ), relevant (path, parent_path, depth) AS (
        -- L1: from the matching tests upward; UNION visits each directory once
        SELECT d.path, d.parent_path, d.depth
          FROM pg_temp._pgmi_test_directory AS d
         WHERE d.path IN (SELECT m.directory FROM matching AS m)
        UNION
        SELECT d.path, d.parent_path, d.depth
          FROM relevant AS r JOIN pg_temp._pgmi_test_directory AS d ON d.path = r.parent_path
    ), step (enters, rank, filename, kind, script, directory, depth) AS (
        SELECT convert_to(r.path, 'UTF8'), 0, convert_to(f.filename, 'UTF8'), 'fixture',
               f.path, r.path, r.depth
          FROM relevant AS r JOIN pg_temp._pgmi_test_source AS f
            ON f.directory = r.path AND f.is_fixture
        UNION ALL
        SELECT convert_to(r.path, 'UTF8'), 1, convert_to(m.filename, 'UTF8'), 'test',
               m.path, r.path, r.depth
          FROM relevant AS r JOIN matching AS m ON m.directory = r.path
        UNION ALL
        SELECT convert_to(r.path, 'UTF8') || decode('ff', 'hex'), 2, NULL::bytea, 'teardown',
               NULL::text, r.path, r.depth
          FROM relevant AS r
    )
    SELECT (row_number() OVER (ORDER BY s.enters, s.rank, s.filename))::integer, s.kind,
           s.script, s.directory, s.depth
      FROM step AS s
     ORDER BY 1;
END
$function$;
