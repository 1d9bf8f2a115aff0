SELECT 1;
	SELECT 'wide: 漢', nosuch
  FROM pg_class; SELECT 2;
