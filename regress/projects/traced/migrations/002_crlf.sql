INSERT INTO public.traced_a VALUES (4, 'd');
;
DELETE FROM public.traced_a;
