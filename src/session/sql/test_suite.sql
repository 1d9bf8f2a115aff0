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

-- One event of the suite as a statement.  An unqualified callback goes through _pgmi_notify.
CREATE OR REPLACE FUNCTION pg_temp._pgmi_event_sql(
    p_callback text, p_event text, p_path text, p_directory text, p_depth integer, p_ordinal integer)
RETURNS text LANGUAGE sql STABLE
AS $function$
    SELECT pg_catalog.format(
        CASE WHEN pg_catalog.strpos(p_callback, '.') OPERATOR(pg_catalog.>) 0
             THEN 'SELECT %1$s(ROW(%2$L, %3$L, %4$L, %5$s, %6$s, NULL)::pg_temp.pgmi_test_event);'
             ELSE 'SELECT pg_temp._pgmi_notify(%1$L, ROW(%2$L, %3$L, %4$L, %5$s, %6$s, NULL)::pg_temp.pgmi_test_event);'
        END, p_callback, p_event, p_path, p_directory, p_depth, p_ordinal)
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
                   OVER (PARTITION BY c.directory) AS test_number
          FROM counted AS c
         ORDER BY c.ordinal
    )
    -- The rows come in order, so that the aggregate need not sort the long texts.
    SELECT count(*),
           string_agg(
               CASE n.step_type
               WHEN 'fixture' THEN concat_ws(chr(10),
                   format('SAVEPOINT __pgmi_d%s__;', n.number),
                   pg_temp._pgmi_event_sql(v_callback, 'fixture_start', n.script_path, n.directory, n.depth, n.ordinal),
                   format('SELECT pg_temp.pgmi_run_test_source(%L);', n.script_path),
                   pg_temp._pgmi_event_sql(v_callback, 'fixture_end', n.script_path, n.directory, n.depth, n.ordinal))
               WHEN 'test' THEN concat_ws(chr(10),
                   CASE WHEN n.nth = 1 AND NOT n.has_fixture
                        THEN format('SAVEPOINT __pgmi_d%s__;', n.directory_number) END,
                   CASE WHEN n.nth = 1 THEN format('SAVEPOINT __pgmi_t%s__;', n.test_number) END,
                   pg_temp._pgmi_event_sql(v_callback, 'test_start', n.script_path, n.directory, n.depth, n.ordinal),
                   format('SELECT pg_temp.pgmi_run_test_source(%L);', n.script_path),
                   pg_temp._pgmi_event_sql(v_callback, 'test_end', n.script_path, n.directory, n.depth, n.ordinal),
                   pg_temp._pgmi_event_sql(v_callback, 'rollback', n.script_path, n.directory, n.depth, n.ordinal),
                   format('ROLLBACK TO SAVEPOINT __pgmi_t%s__;', n.test_number))
               ELSE concat_ws(chr(10),
                   pg_temp._pgmi_event_sql(v_callback, 'teardown_start', NULL, n.directory, n.depth, n.ordinal),
                   CASE WHEN n.directory_number IS NOT NULL
                        THEN format('ROLLBACK TO SAVEPOINT __pgmi_d%1$s__;%2$sRELEASE SAVEPOINT __pgmi_d%1$s__;',
                                    n.directory_number, chr(10)) END,
                   pg_temp._pgmi_event_sql(v_callback, 'teardown_end', NULL, n.directory, n.depth, n.ordinal))
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
        pg_temp._pgmi_event_sql(v_callback, 'suite_start', NULL, '', 0, 0),
        v_suite,
        pg_temp._pgmi_event_sql(v_callback, 'suite_end', NULL, '', 0, v_steps));
END
$function$;
