/*
<pgmi-meta id="6e0d8a52-1b7f-4f5c-9c3a-0a4f7f0c2b11" idempotent="true">
  <description>The table of users</description>
  <sortKeys><key>001</key></sortKeys>
</pgmi-meta>
*/
CREATE TABLE IF NOT EXISTS "user" (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL UNIQUE,
    name       text,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE "user" IS 'People who may sign in';
