\echo self
\if :{?once}
\else
\set once 1
\ir self.sql
\endif
