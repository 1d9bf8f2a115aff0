SELECT 'plain' AS plain;
