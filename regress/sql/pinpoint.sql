--
-- \pgmi pinpoint: where in the files a deployment failed
--
\pgmi pinpoint
-- every kind of error, first as deploy.sql tells it
\pgmi load projects/swallows inner=no files='good syntax'
\i projects/swallows/deploy.sql
\pgmi pinpoint
ROLLBACK;
\pgmi pinpoint
\echo :LAST_ERROR_FILE :LAST_ERROR_LINE :LAST_ERROR_COLUMN
\pgmi load projects/swallows inner=yes files='good analysis'
\i projects/swallows/deploy.sql
ROLLBACK;
\pgmi pinpoint
\pgmi load projects/swallows inner=no files='run_time good'
\i projects/swallows/deploy.sql
ROLLBACK;
\pgmi pinpoint
\pgmi load projects/swallows inner=no files='block'
\i projects/swallows/deploy.sql
ROLLBACK;
\pgmi pinpoint
\echo :LAST_ERROR_FILE :LAST_ERROR_LINE
-- nothing stays, and trace is off again
SELECT to_regclass('pinpointed_sequence'), count(*) FROM pgmi_plan_view WHERE content LIKE '%_pgmi_mark%';
-- trace names the statement by itself
\trace on
\pgmi load projects/swallows inner=yes files='run_time'
\i projects/swallows/deploy.sql
ROLLBACK;
-- no error this time
\pgmi load projects/swallows inner=no files='good'
\pgmi pinpoint
-- after \pgmi deploy
\trace off
\pgmi load projects/swallows inner=yes files='block'
\pgmi deploy
\pgmi pinpoint
DROP FUNCTION IF EXISTS regress_run(text);
