-- What needs a connection, without one.
SELECT 1 AS before;
\c nowhere
\watch
SELECT 2 \watch 1
\r
\lo_list
\lo_import /etc/hostname
\lo_export 1 x
\lo_unlink 1
\lo_unlink
\da
\dAc btree int4
\df+ *
\dfx
\dfaz
\do + int
\dT int
\dF+
\dRp+
\dl
\dd
\password
\dn
\copyright
\d
\sf abs
\l
SELECT 1;
\echo still here
