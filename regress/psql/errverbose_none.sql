-- \errverbose before any error
\errverbose
SELECT 1;
\errverbose
\nosuch
\errverbose
