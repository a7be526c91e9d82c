-- The role with which the chat reads Propromo's database: the columns that it needs, and nothing else.
--
--   read -rs PROPROMO_CHAT_PASSWORD && export PROPROMO_CHAT_PASSWORD
--   psql -d <Propromo's database> -f deploy/postgres-role.sql
--
-- With `-v without_passwords=1` the role cannot read the hashes of passwords either: for a chat with PROPROMO_API_URL.
--
-- Run it as a superuser, or as the tables' owner if that may make roles. Running it again is harmless: after a
-- migration that added columns, or to change the password. It needs psql 15 or newer; an older one takes the
-- password as `-v password=…`, which other people on the machine can read while it runs.

\set ON_ERROR_STOP on

\if :{?password}
\else
  \set password ''
  \getenv password PROPROMO_CHAT_PASSWORD
\endif
SELECT :'password' = '' AS has_no_password \gset
\if :has_no_password
  DO $$ BEGIN
    RAISE EXCEPTION 'Cannot make the role: it has no password. Set PROPROMO_CHAT_PASSWORD and run this again';
  END $$;
\endif

BEGIN;

SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'propromo_chat') AS is_new \gset
\if :is_new
  CREATE ROLE propromo_chat;
\endif
SET LOCAL password_encryption = 'scram-sha-256';
ALTER ROLE propromo_chat LOGIN PASSWORD :'password';

-- A question that takes longer than this has gone wrong, and must not hold up Propromo itself.
ALTER ROLE propromo_chat SET statement_timeout = '5s';
-- Against accidents. What forbids writing is that nothing below grants it.
ALTER ROLE propromo_chat SET default_transaction_read_only = on;

SELECT current_database() AS database \gset
GRANT CONNECT ON DATABASE :"database" TO propromo_chat;
GRANT USAGE ON SCHEMA public TO propromo_chat;

-- Column by column, beginning from nothing: never pat_token, which opens the customer's project on GitHub, nor
-- remember_token, and no column that a later migration adds.
REVOKE ALL ON public.users, public.monitors, public.monitor_user FROM propromo_chat;
GRANT SELECT (id, name, email) ON public.users TO propromo_chat;
\if :{?without_passwords}
\else
  GRANT SELECT (password) ON public.users TO propromo_chat;
\endif
GRANT SELECT (id, monitor_id, user_id) ON public.monitor_user TO propromo_chat;
GRANT SELECT (id, type, monitor_hash) ON public.monitors TO propromo_chat;
-- What an old Propromo may lack is granted where it is there.
SELECT format('GRANT SELECT (%I) ON public.monitors TO propromo_chat', attname)
FROM pg_attribute
WHERE attrelid = 'public.monitors'::regclass AND NOT attisdropped AND attname IN (
  'title', 'short_description', 'organization_name', 'public', 'project_url', 'created_at', 'updated_at'
)
\gexec

-- A grant to PUBLIC, or to a role that this one belongs to, would undo all of it: then nothing is made.
DO $$
DECLARE
  beyond text;
BEGIN
  SELECT string_agg(format('%s.%s', c.relname, a.attname), ', ' ORDER BY c.relname, a.attnum) INTO beyond
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
  WHERE c.oid IN ('public.users'::regclass, 'public.monitors'::regclass, 'public.monitor_user'::regclass)
    AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege('propromo_chat', a.attrelid, a.attnum, 'SELECT')
    AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) AS direct WHERE direct.grantee = 'propromo_chat'::regrole);
  IF beyond IS NOT NULL THEN
    RAISE EXCEPTION 'Cannot make the role: it could also read %', beyond
      USING HINT = 'Something is granted to PUBLIC, or to a role that propromo_chat belongs to: take that back first.';
  END IF;
END $$;

COMMIT;
