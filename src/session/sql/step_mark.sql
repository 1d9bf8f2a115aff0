-- What a mark calls while \step is under way: it says its place as trace_mark.sql does, then waits for
-- an advisory lock that the shell's second connection holds (src/session/hold.c tells why there are
-- three).  Session-level locks, so that an error handler in the user's block cannot give them back;
-- lock_timeout is the user's, and not meant for waiting here.
CREATE OR REPLACE FUNCTION pg_temp._pgmi_mark(file integer, statement integer)
RETURNS void LANGUAGE plpgsql
SET lock_timeout = 0
AS $function$
DECLARE
    gate bigint := pg_catalog.int8or(8099562752588120064,
                       pg_catalog.int8shl(pg_catalog.int8(pg_catalog.pg_backend_pid()), 2));
    here bigint := pg_catalog.int8or(gate, 1);
    behind bigint := pg_catalog.int8or(gate, 2);
BEGIN
    PERFORM pg_catalog.pg_advisory_lock(here);
    RAISE INFO '%,%', file, statement USING ERRCODE = 'PGMTR';
    PERFORM pg_catalog.pg_advisory_lock_shared(gate);
    PERFORM pg_catalog.pg_advisory_unlock_shared(gate);
    PERFORM pg_catalog.pg_advisory_unlock(here);
    PERFORM pg_catalog.pg_advisory_lock_shared(behind);
    PERFORM pg_catalog.pg_advisory_unlock_shared(behind);
END
$function$;
GRANT EXECUTE ON FUNCTION pg_temp._pgmi_mark(integer, integer) TO PUBLIC;
