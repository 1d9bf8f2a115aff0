SELECT /* long */ pg_sleep(100)
\watch 1
\echo next
