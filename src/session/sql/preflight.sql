-- What a load must know about the server and this session before it changes anything: one row,
-- one round trip.  It runs under the user's own search_path, hence the qualified operators.
SELECT pg_catalog.pg_is_in_recovery() AS in_recovery,
       pg_catalog.current_setting('transaction_read_only') AS read_only,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY') AS may_create,
       pg_catalog.pg_backend_pid() AS backend_pid,
       pg_catalog.current_setting('server_encoding') AS server_encoding,
       pg_catalog.current_setting('client_encoding') AS client_encoding,
       pg_catalog.current_setting('client_min_messages') AS client_min_messages,
       pg_catalog.current_setting('search_path') AS search_path,
       pg_catalog.current_setting('standard_conforming_strings') AS std_strings,
       current_user AS role_name,
       pg_catalog.current_database() AS database_name,
       -- A table of an earlier load that belongs to another role (SET ROLE since then).
       (SELECT pg_catalog.min(pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text)
          FROM pg_catalog.pg_class AS c
         WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
           AND c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[
                   '_pgmi_source', '_pgmi_source_metadata', '_pgmi_parameter',
                   '_pgmi_test_directory', '_pgmi_test_source', '_pgmi_marked']::pg_catalog.name[])
           AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')) AS other_owner,
       -- Nothing is dropped or created again when every object of a load is there.
       (SELECT pg_catalog.count(*)
          FROM pg_catalog.pg_class AS c
         WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
           AND (c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[
                    '_pgmi_source', '_pgmi_source_metadata', '_pgmi_parameter',
                    '_pgmi_test_directory', '_pgmi_test_source']::pg_catalog.name[])
                AND pg_catalog.obj_description(c.oid, 'pg_class')
                    OPERATOR(pg_catalog.=) 'pgmish session 1'
                OR c.relkind OPERATOR(pg_catalog.=) 'v'
                AND c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[
                    'pgmi_source_view', 'pgmi_parameter_view', 'pgmi_source_metadata_view',
                    'pgmi_test_source_view', 'pgmi_test_directory_view',
                    'pgmi_plan_view']::pg_catalog.name[])))
           OPERATOR(pg_catalog.=) 11
       AND pg_catalog.to_regtype('pg_temp.pgmi_test_event') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_test_plan(text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_test_generate(text,text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_test_callback(pg_temp.pgmi_test_event)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_persist_test_plan(text,text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_validate_pattern(text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_has_tests(text,text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_is_sql_file(text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_register_file(text,text,text,text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp.pgmi_run_test_source(text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp._pgmi_run_unguarded(text)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp._pgmi_run_test(text,text,integer,integer)') IS NOT NULL
       AND pg_catalog.to_regprocedure('pg_temp._pgmi_notify(text,pg_temp.pgmi_test_event)') IS NOT NULL
           AS complete,
       -- The views show marked texts: trace was on in the load before.
       pg_catalog.to_regclass('pg_temp._pgmi_marked') IS NOT NULL AS has_marks,
       pg_catalog.to_regtype('pg_temp.pgmi_test_event') IS NOT NULL AS has_type,
       pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0 AS has_temp_schema;
