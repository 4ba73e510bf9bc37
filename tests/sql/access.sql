\ir prologue.psql
-- What holds for every table there is, and for every new one.
SELECT plan(12);

CREATE VIEW ours AS
SELECT c.oid, c.oid::regclass AS name, c.relkind, c.relrowsecurity, c.relowner, c.reloptions
  FROM pg_class c
 WHERE c.relnamespace::regnamespace::name = ANY (current_schemas(false)) AND c.relname NOT IN ('ours', 'schema_migration')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e');

SELECT is_empty($$SELECT name FROM ours WHERE relkind IN ('r', 'p') AND NOT relrowsecurity$$, 'every table has row security');
-- (But those of sql/logic/life_cycle.sql, which ./dev check keeps out of every statement.)
SELECT is_empty($$SELECT name FROM ours WHERE relkind = 'v' AND name::text <> ALL ('{of_campaign,of_phase,of_obligation,of_summary_report,of_document,of_activity,of_notice_receipt,of_extension}')
	AND NOT coalesce(reloptions, '{}') @> ARRAY['security_invoker=true']
	AND NOT coalesce(reloptions, '{}') @> ARRAY['security_invoker=on'] AND has_table_privilege('sciday_service', oid, 'SELECT')$$,
	'every view that the service reads keeps its caller''s policies');
SELECT is_empty($$SELECT name FROM ours WHERE relowner = 'sciday_service'::regrole$$, 'the service owns nothing');
SELECT is_empty($$SELECT rolname FROM pg_roles WHERE rolname = 'sciday_service' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)$$,
	'and may not pass row security by');
SELECT is_empty($$SELECT name FROM ours WHERE relkind IN ('r', 'p') AND has_table_privilege('sciday_service', oid, 'TRUNCATE')$$,
	'nor empty a table');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p
	CROSS JOIN LATERAL (SELECT CASE p.pronamespace::regnamespace::name WHEN 'public' THEN '' ELSE p.pronamespace::regnamespace || ', ' END) home (path)
	WHERE p.pronamespace::regnamespace::name = ANY (current_schemas(false)) AND p.prosecdef
	  AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=' || home.path || 'public, pg_temp'] AND p.proname <> 'person'$$,
	'every function that works as its owner has a fixed search path, of its own home');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.pronamespace::regnamespace::name = ANY (current_schemas(false)) AND p.prosecdef AND EXISTS (
		SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0)$$, 'and is not everyone''s to call');
SELECT is_empty($$SELECT i.indexrelid::regclass FROM pg_index i WHERE NOT i.indisvalid$$, 'every index is valid');
-- A delete looks for what refers to its row, and an index is how it finds it.
SELECT is_empty($$SELECT c.conrelid::regclass, c.conname
	FROM pg_constraint c JOIN ours o ON o.oid = c.conrelid
	WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
	  AND c.confrelid IN ('organization'::regclass, 'account'::regclass, 'session'::regclass, 'plan'::regclass, 'activity'::regclass)
	  AND c.confdeltype = 'c'$$, 'what goes with its parent is found by an index');
SELECT is_empty($$SELECT c.conname FROM pg_constraint c JOIN ours o ON o.oid = c.conrelid
	WHERE c.contype IN ('c', 'f') AND c.conname ~ '_(check|fkey)[0-9]*$' AND c.confrelid NOT IN ('account'::regclass, 'session'::regclass)$$,
	'a constraint is named: field__rule, so that a refusal can say what is wrong, or for what no request can break');
SELECT become();
SELECT is_empty($$SELECT o.code FROM organization o, LATERAL roles_at(o.ancestors) r (roles) WHERE roles <> '{}'$$, 'nobody has no role');
SELECT become('nanjing_reviewer');
SELECT results_eq($$SELECT o.code FROM organization o WHERE 'reviewer' = ANY (roles_at(o.ancestors))$$, ARRAY['xuanwu'],
	'a reviewer''s scope is what is strictly below');

SELECT * FROM finish();
ROLLBACK;
