-- The generated suite (contract section 13): what CALL pgmi_test() becomes, and what it calls.

-- Called three times for every test: the frequent events come first, and names are qualified, as
-- setting a search_path for the call would cost more than the rest of it.
CREATE OR REPLACE FUNCTION pg_temp.pgmi_test_callback(e pg_temp.pgmi_test_event)
RETURNS void LANGUAGE plpgsql
AS $function$
BEGIN
    IF e.event OPERATOR(pg_catalog.=) 'test_start' THEN
        RAISE NOTICE '[pgmi] Test: %', e.path;
    ELSIF e.event OPERATOR(pg_catalog.=) 'rollback' THEN
        RAISE DEBUG '[pgmi] Rollback: %', e.path;
    ELSIF e.event OPERATOR(pg_catalog.=) 'test_end' THEN
        NULL;
    ELSIF e.event OPERATOR(pg_catalog.=) 'fixture_start' THEN
        RAISE NOTICE '[pgmi] Fixture: %', e.path;
    ELSIF e.event OPERATOR(pg_catalog.=) 'teardown_start' THEN
        RAISE DEBUG '[pgmi] Teardown: %', e.directory;
    ELSIF e.event OPERATOR(pg_catalog.=) 'suite_start' THEN
        RAISE NOTICE '[pgmi] Test suite started';
    ELSIF e.event OPERATOR(pg_catalog.=) 'suite_end' THEN
        RAISE NOTICE '[pgmi] Test suite completed (% steps)', e.ordinal;
    END IF;
END
$function$;

/*
 * Calls a callback that was given without a schema: what the search path finds, else a function of
 * that name in pg_temp, where PostgreSQL never looks for functions by itself.  Resolved when it is
 * called, as the callback may be created between the expansion and the run.  No fixed search_path:
 * the callback runs under the user's own, so everything here is qualified, operators and types too.
 */
CREATE OR REPLACE FUNCTION pg_temp._pgmi_notify(p_callback text, p_event pg_temp.pgmi_test_event)
RETURNS void LANGUAGE plpgsql
AS $function$
DECLARE
    v_name pg_catalog.name := pg_catalog.lower(p_callback COLLATE "C");
    v_schema pg_catalog.text := '';
    v_takes pg_catalog.oid[] := ARRAY['pg_temp.pgmi_test_event'::pg_catalog.regtype,
                           'pg_catalog.record'::pg_catalog.regtype,
                           'pg_catalog.anyelement'::pg_catalog.regtype,
                           'pg_catalog.anynonarray'::pg_catalog.regtype];
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p
         WHERE p.proname OPERATOR(pg_catalog.=) v_name
           AND pg_catalog.pg_function_is_visible(p.oid)
           AND p.proargtypes[0] OPERATOR(pg_catalog.=) ANY (v_takes)
           AND p.pronargs OPERATOR(pg_catalog.-) p.pronargdefaults OPERATOR(pg_catalog.<=) 1)
       AND EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p
         WHERE p.proname OPERATOR(pg_catalog.=) v_name
           AND p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())
    THEN
        v_schema := 'pg_temp.';
    END IF;
    EXECUTE pg_catalog.format('SELECT %s%I($1)', v_schema, v_name) USING p_event;
END
$function$;

-- Runs a file as it is: an error keeps its position.  For looking closer at a failure.
CREATE OR REPLACE FUNCTION pg_temp._pgmi_run_unguarded(p_path text)
RETURNS void LANGUAGE plpgsql
AS $function$
DECLARE
    v_content pg_catalog.text;
BEGIN
    SELECT t.content INTO v_content FROM pg_temp._pgmi_test_source AS t
     WHERE t.path OPERATOR(pg_catalog.=) p_path;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'test file "%" is not loaded', p_path
            USING ERRCODE = 'no_data_found';
    END IF;
    EXECUTE v_content;
END
$function$;

/*
 * A test with the events around it as one statement, for a deployment with the default callback: four
 * small statements for every test cost the server more than many a test does.  The events stand in
 * conditions because those are evaluated without a query of their own.  An error's context says
 * "_pgmi_run_test(...) line N at EXECUTE" when it was the file that failed and not the callback; the
 * program relies on it.
 */
CREATE OR REPLACE FUNCTION pg_temp._pgmi_run_test(
    p_path text, p_directory text, p_depth integer, p_ordinal integer)
RETURNS void LANGUAGE plpgsql
AS $function$
DECLARE
    v_content pg_catalog.text;
BEGIN
    IF pg_temp.pgmi_test_callback(ROW('test_start', p_path, p_directory, p_depth, p_ordinal,
                                      NULL)::pg_temp.pgmi_test_event) IS NULL THEN
    END IF;
    SELECT t.content INTO STRICT v_content FROM pg_temp._pgmi_test_source AS t
     WHERE t.path OPERATOR(pg_catalog.=) p_path;
    EXECUTE v_content;
    IF pg_temp.pgmi_test_callback(ROW('test_end', p_path, p_directory, p_depth, p_ordinal,
                                      NULL)::pg_temp.pgmi_test_event) IS NULL THEN
    END IF;
    IF pg_temp.pgmi_test_callback(ROW('rollback', p_path, p_directory, p_depth, p_ordinal,
                                      NULL)::pg_temp.pgmi_test_event) IS NULL THEN
    END IF;
END
$function$;

/*
 * Runs a file and puts its path into the message of an error (contract G5).  The content runs under
 * the user's own search_path, so there is no SET clause and everything is qualified.  WHEN OTHERS
 * leaves out failed assertions, which are named, and cancelled statements, which stay what they are.
 * RAISE takes neither NULL nor "nothing" for DETAIL and HINT, hence the four forms.
 */
CREATE OR REPLACE FUNCTION pg_temp.pgmi_run_test_source(p_path text)
RETURNS void LANGUAGE plpgsql
AS $function$
DECLARE
    v_state pg_catalog.text;
    v_message pg_catalog.text;
    v_detail pg_catalog.text;
    v_hint pg_catalog.text;
BEGIN
    PERFORM pg_temp._pgmi_run_unguarded(p_path);
EXCEPTION WHEN OTHERS OR assert_failure THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
        v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT;
    v_message := pg_catalog.format('Failed in %s: %s', p_path, v_message);
    IF pg_catalog.length(v_detail) OPERATOR(pg_catalog.>) 0
       AND pg_catalog.length(v_hint) OPERATOR(pg_catalog.>) 0 THEN
        RAISE EXCEPTION USING MESSAGE = v_message, ERRCODE = v_state, DETAIL = v_detail,
            HINT = v_hint;
    ELSIF pg_catalog.length(v_detail) OPERATOR(pg_catalog.>) 0 THEN
        RAISE EXCEPTION USING MESSAGE = v_message, ERRCODE = v_state, DETAIL = v_detail;
    ELSIF pg_catalog.length(v_hint) OPERATOR(pg_catalog.>) 0 THEN
        RAISE EXCEPTION USING MESSAGE = v_message, ERRCODE = v_state, HINT = v_hint;
    END IF;
    RAISE EXCEPTION USING MESSAGE = v_message, ERRCODE = v_state;
END
$function$;

/*
 * Savepoints are numbered through the suite in the order in which they are made (G1): one for each
 * fixture; before the first test of a directory one for the directory, if no fixture has made it,
 * and one for its tests.  Counting with window functions keeps the time linear.
 */
CREATE OR REPLACE FUNCTION pg_temp.pgmi_test_generate(
    p_pattern text DEFAULT NULL, p_callback text DEFAULT 'pg_temp.pgmi_test_callback')
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
SET work_mem = '64MB'
AS $function$
DECLARE
    v_callback text := coalesce(p_callback, 'pg_temp.pgmi_test_callback');
    -- In front of the quoted name of an event; an unqualified callback goes through _pgmi_notify.
    v_event text := CASE WHEN v_callback LIKE '%.%' THEN format('SELECT %s(ROW(', v_callback)
                         ELSE format('SELECT pg_temp._pgmi_notify(%L, ROW(', v_callback) END;
    v_steps integer;
    v_suite text;
BEGIN
    IF v_callback !~ '^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)?$' THEN
        RAISE EXCEPTION 'Invalid callback name: %. Expected [schema.]function identifier.', v_callback
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    WITH made AS (
        SELECT p.*,
               row_number() OVER here AS nth,
               bool_or(p.step_type = 'fixture') OVER (PARTITION BY p.directory) AS has_fixture
          FROM pg_temp.pgmi_test_plan(p_pattern) AS p
        WINDOW here AS (PARTITION BY p.directory, p.step_type ORDER BY p.ordinal)
    ), counted AS (
        SELECT m.*,
               sum(CASE WHEN m.step_type = 'fixture' THEN 1
                        WHEN m.step_type = 'test' AND m.nth = 1 AND m.has_fixture THEN 1
                        WHEN m.step_type = 'test' AND m.nth = 1 THEN 2
                        ELSE 0 END) OVER (ORDER BY m.ordinal) AS number
          FROM made AS m
    ), named AS (
        SELECT c.*,
               -- the directory's own savepoint: that of its first fixture, or made for the first test
               min(c.number - CASE WHEN c.step_type = 'test' THEN 1 ELSE 0 END)
                   FILTER (WHERE c.nth = 1 AND (c.step_type = 'fixture'
                                                OR c.step_type = 'test' AND NOT c.has_fixture))
                   OVER (PARTITION BY c.directory) AS directory_number,
               min(c.number) FILTER (WHERE c.nth = 1 AND c.step_type = 'test')
                   OVER (PARTITION BY c.directory) AS test_number,
               -- what all events of the step have in common, behind their names
               format(', %L, %L, %s, %s, NULL)::pg_temp.pgmi_test_event);',
                      c.script_path, c.directory, c.depth, c.ordinal) AS told
          FROM counted AS c
         ORDER BY c.ordinal
    )
    -- The rows come in order, so that the aggregate need not sort the long texts.
    SELECT count(*),
           string_agg(
               CASE n.step_type
               WHEN 'fixture' THEN concat_ws(chr(10),
                   concat('SAVEPOINT __pgmi_d', n.number, '__;'),
                   concat(v_event, '''fixture_start''', n.told),
                   concat('SELECT pg_temp.pgmi_run_test_source(', quote_literal(n.script_path), ');'),
                   concat(v_event, '''fixture_end''', n.told))
               WHEN 'test' THEN concat_ws(chr(10),
                   CASE WHEN n.nth = 1 AND NOT n.has_fixture
                        THEN concat('SAVEPOINT __pgmi_d', n.directory_number, '__;') END,
                   CASE WHEN n.nth = 1 THEN concat('SAVEPOINT __pgmi_t', n.test_number, '__;') END,
                   concat(v_event, '''test_start''', n.told),
                   concat('SELECT pg_temp.pgmi_run_test_source(', quote_literal(n.script_path), ');'),
                   concat(v_event, '''test_end''', n.told),
                   concat(v_event, '''rollback''', n.told),
                   concat('ROLLBACK TO SAVEPOINT __pgmi_t', n.test_number, '__;'))
               ELSE concat_ws(chr(10),
                   concat(v_event, '''teardown_start''', n.told),
                   CASE WHEN n.directory_number IS NOT NULL
                        THEN format('ROLLBACK TO SAVEPOINT __pgmi_d%1$s__;%2$sRELEASE SAVEPOINT __pgmi_d%1$s__;',
                                    n.directory_number, chr(10)) END,
                   concat(v_event, '''teardown_end''', n.told))
               END, chr(10))
      INTO v_steps, v_suite
      FROM named AS n;

    IF v_steps = 0 THEN
        -- G7: running nothing must fail.  The pattern stays out of the text.
        RETURN CASE WHEN coalesce(p_pattern, '') = '' THEN
            $text$DO $pgmi$ BEGIN RAISE EXCEPTION 'pgmi: no tests were discovered' USING ERRCODE = 'no_data_found', HINT = 'Put .sql files into a directory named __test__ or __tests__, then load the project again.'; END $pgmi$;$text$
        ELSE
            $text$DO $pgmi$ BEGIN RAISE EXCEPTION 'pgmi: no tests matched the requested pattern' USING ERRCODE = 'no_data_found', HINT = 'The pattern is a case-sensitive regular expression on the path; pg_temp.pgmi_test_plan() lists all tests.'; END $pgmi$;$text$
        END;
    END IF;
    RETURN concat_ws(chr(10),
        concat(v_event, '''suite_start'', NULL, '''', 0, 0, NULL)::pg_temp.pgmi_test_event);'),
        v_suite,
        concat(v_event, '''suite_end'', NULL, '''', 0, ', v_steps,
               ', NULL)::pg_temp.pgmi_test_event);'));
END
$function$;
