-- What a mark calls (include/pgmish/trace.h).  INFO is sent at once and whatever client_min_messages
-- says.  Nothing is looked up when it runs, so that the user's search_path does not matter; a file may
-- SET ROLE, hence the GRANT, which stands against any default privileges.
CREATE OR REPLACE FUNCTION pg_temp._pgmi_mark(file integer, statement integer)
RETURNS void LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE INFO '%,%', file, statement USING ERRCODE = 'PGMTR';
END
$function$;
GRANT EXECUTE ON FUNCTION pg_temp._pgmi_mark(integer, integer) TO PUBLIC;
