--
-- \drg: role grants, which psql has from 16 on
--
SET client_min_messages = error;
DROP ROLE IF EXISTS regress_drg_boss, regress_drg_staff, "Regress drg";
RESET client_min_messages;
CREATE ROLE regress_drg_staff;
CREATE ROLE regress_drg_boss NOINHERIT;
CREATE ROLE "Regress drg";
GRANT regress_drg_staff TO regress_drg_boss WITH ADMIN OPTION;
GRANT regress_drg_staff, regress_drg_boss TO "Regress drg";
\drg regress_drg_*
\drg regress_drg_boss
\drg "Regress drg"
\drg regress_drg_staff
\drg regress_drg_none
\drg pg_monitor
\drgS pg_monitor
\x
\drg regress_drg_boss
\x
\drg a.b
\drg x y
DROP ROLE regress_drg_boss, regress_drg_staff, "Regress drg";
