SELECT 'rows', 1;
