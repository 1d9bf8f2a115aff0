SELECT count(*) FROM public.traced_a;
DO $$
BEGIN
    IF current_setting('pgmi.fail', true) = 'yes' THEN
        RAISE EXCEPTION 'asked for';
    END IF;
END $$;
	INSERT INTO public.traced_a SELECT g, 'x' FROM generate_series(1, 2) g; -- é
