/*
<pgmi-meta id="b3f5c7d9-24e6-4a1d-8b0f-5d6e7f8a9b22" idempotent="true">
  <description>Functions to store, find and remove users</description>
  <sortKeys><key>002</key></sortKeys>
</pgmi-meta>
*/

-- Stores a user under an e-mail address.  For one that exists, a name given replaces the stored
-- name and NULL leaves it as it is.
CREATE OR REPLACE FUNCTION upsert_user(p_email text, p_name text DEFAULT NULL)
RETURNS "user" LANGUAGE sql AS $$
    INSERT INTO "user" AS stored (email, name)
    VALUES (p_email, p_name)
    ON CONFLICT (email) DO UPDATE SET name = coalesce(excluded.name, stored.name)
    RETURNING stored.*
$$;

-- The user with this e-mail address; a row of NULLs when there is none.
CREATE OR REPLACE FUNCTION get_user(p_email text)
RETURNS "user" LANGUAGE sql STABLE AS $$
    SELECT stored.* FROM "user" AS stored WHERE stored.email = p_email
$$;

-- Removes a user; says whether there was one.
CREATE OR REPLACE FUNCTION delete_user(p_email text)
RETURNS boolean LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM "user" WHERE email = p_email RETURNING id)
    SELECT count(*) > 0 FROM gone
$$;
