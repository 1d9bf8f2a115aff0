SELECT 'nothing', 1/0;
