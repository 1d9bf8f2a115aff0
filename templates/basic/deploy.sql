-- deploy.sql: what happens when {{PROJECT_NAME}} is deployed.
--
-- The files of this project have been loaded into the session as rows before this script starts.
-- It decides which of them run, in which order and in which transaction; change it freely.
-- Everything up to COMMIT happens together or not at all.

BEGIN;

-- Say what is about to happen.  project.json is not SQL and is never run: here it is data.
DO $announce$
DECLARE
    v_project jsonb;
    v_files   bigint;
BEGIN
    SELECT source.content::jsonb
      INTO v_project
      FROM pg_temp.pgmi_source_view AS source
     WHERE source.path = './project.json';
    IF v_project IS NULL THEN
        RAISE EXCEPTION 'project.json is missing'
            USING HINT = 'It names the application and its version; put it beside deploy.sql.';
    END IF;
    SELECT count(*) INTO v_files FROM pg_temp.pgmi_source_view;
    RAISE NOTICE 'Deploying % % to "%": environment %, % files',
        v_project ->> 'app_name', v_project ->> 'version', current_database(),
        coalesce(nullif(current_setting('pgmi.env', true), ''), 'development'), v_files;
END
$announce$;

-- Run the migrations in the order of the plan: by sort key, which is the path where a file names
-- none.  The plan holds every file of the project, so the join keeps to those that are SQL.
-- All of them run on every deployment: write them so that a second run changes nothing.
DO $migrate$
DECLARE
    v_file    record;
    v_message text;
    v_detail  text;
BEGIN
    -- To run each file only once, remember what has run (see the two marked places below):
    -- CREATE TABLE IF NOT EXISTS deployed_file (
    --     path        text PRIMARY KEY,
    --     checksum    text NOT NULL,
    --     deployed_at timestamptz NOT NULL DEFAULT now()
    -- );

    FOR v_file IN
        SELECT plan.path, plan.content, plan.checksum
          FROM pg_temp.pgmi_plan_view AS plan
          JOIN pg_temp.pgmi_source_view AS source USING (path)
         WHERE source.is_sql_file
           AND plan.path LIKE './migrations/%'
         ORDER BY plan.execution_order
    LOOP
        -- run once (1): skip a file that has run and has not changed since.
        -- CONTINUE WHEN EXISTS (
        --     SELECT FROM deployed_file AS done
        --      WHERE done.path = v_file.path AND done.checksum = v_file.checksum);
        RAISE NOTICE 'Migration: %', v_file.path;
        BEGIN
            EXECUTE v_file.content;
        EXCEPTION WHEN OTHERS THEN
            -- Add the file's name; keep the error's code and detail.
            GET STACKED DIAGNOSTICS
                v_message = MESSAGE_TEXT,
                v_detail = PG_EXCEPTION_DETAIL;
            v_message := format('Failed in %s: %s', v_file.path, v_message);
            IF v_detail = '' THEN
                RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = v_message;
            ELSE
                RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = v_message, DETAIL = v_detail;
            END IF;
        END;
        -- run once (2): remember it.
        -- INSERT INTO deployed_file (path, checksum) VALUES (v_file.path, v_file.checksum)
        --     ON CONFLICT (path) DO UPDATE SET checksum = excluded.checksum, deployed_at = now();
    END LOOP;
END
$migrate$;

-- Give everybody but production a user to sign in with.
DO $seed$
DECLARE
    v_email text := coalesce(nullif(current_setting('pgmi.admin_email', true), ''),
                             'admin@example.com');
BEGIN
    IF coalesce(current_setting('pgmi.env', true), '') <> 'production' THEN
        PERFORM upsert_user(v_email, 'Administrator');
        RAISE NOTICE 'Seeded user: %', v_email;
    END IF;
END
$seed$;

-- The gate: every test of the project, over what has just been deployed.  A failing test raises
-- an error, which takes the whole transaction with it; the savepoint removes what tests leave.
SAVEPOINT before_tests;
CALL pgmi_test();
ROLLBACK TO SAVEPOINT before_tests;

COMMIT;

-- What follows runs statement by statement after the commit: the place for work that refuses to
-- run in a transaction, such as CREATE INDEX CONCURRENTLY.
DO $done$
BEGIN
    RAISE NOTICE 'Deployed; "user" has % row(s)', (SELECT count(*) FROM "user");
END
$done$;
