CREATE TABLE public.traced_b ();
