-- \dF \dFd \dFp \dFt.
CREATE SCHEMA odd;
CREATE TEXT SEARCH CONFIGURATION cfg (copy = english);
ALTER TEXT SEARCH CONFIGURATION cfg ALTER MAPPING FOR word, asciiword WITH simple, english_stem;
CREATE TEXT SEARCH CONFIGURATION odd.empty (parser = "default");
CREATE TEXT SEARCH DICTIONARY odd.dict (template = simple, stopwords = 'english', accept = false);
CREATE TEXT SEARCH TEMPLATE odd.tmpl (lexize = dsimple_lexize);
CREATE TEXT SEARCH PARSER "Odd.Parser" (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
COMMENT ON TEXT SEARCH CONFIGURATION cfg IS 'my configuration';
COMMENT ON TEXT SEARCH DICTIONARY odd.dict IS 'my dictionary';
COMMENT ON TEXT SEARCH TEMPLATE odd.tmpl IS 'my template';
COMMENT ON TEXT SEARCH PARSER "Odd.Parser" IS 'my parser';
\dF
\dFd
\dFp
\dFt
\dF+ cfg
\dF+ odd.*
\dF+ odd.empty
\dF english
\dF+ pg_catalog.english
\dF no_such
\dF+ no_such
\dF+ a.b.c.d
\dF x.public.cfg
\dF+ check.public.cfg
\dFS
\dFx
\dFd+
\dFd odd.*
\dFd+ *.dict
\dFd no_such
\dFd+ no_such
\dFd a.b.c.d
\dFp
\dFp+
\dFp+ "Odd.Parser"
\dFp+ *
\dFp no_such
\dFp+ no_such
\dFp+ a.b.c.d
\dFt
\dFt+
\dFt+ odd.*
\dFt no_such
\dFt a.b.c.d
\pset null (nothing)
\dFp+
\x
\dF cfg
\dF+ cfg
\dFd+ simple
\dFp+ "Odd.Parser"
\dFt+ simple
\x
\pset format csv
\dF+ cfg
\dFp+ default
\dFd+
\pset format aligned
\set QUIET on
\dF+ no_such
\dFp+ no_such
\t
\dF+ cfg
\dFp+ default
\t
\pset footer off
\dFp
\dFp+ default
\dF+ cfg
