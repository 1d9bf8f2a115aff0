--
-- \pgmi params, set, check, help, templates
--
\pgmi params
\pgmi set env x
\pgmi load projects/shop
\pgmi params
\pgmi set colour blue
\pgmi set Mixed_Case 'two words'
\pgmi set bad-key x
\pgmi set
\pgmi set onlykey
\pgmi set my_password hidden
\pgmi params
SELECT key, value FROM pgmi_parameter_view ORDER BY key;
SELECT current_setting('pgmi.mixed_case');
\pgmi check projects/shop
\pgmi check projects/broken
\pgmi check projects/nosuch
\pgmi templates
\pgmi nosuch
\pgmi help nosuch
\if :PGMI_LOADED
\echo loaded
\endif
\pgmi unload
\pgmi unload
\pgmi reload
\pgmi params
