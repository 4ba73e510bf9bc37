-- Where lists find activities: what is listed is what there is, whatever happened to it, and what is found is what row security
-- shows, for whomever and whatever they ask for.
\ir workflow_setup.psql
SELECT plan(9);

CREATE FUNCTION test.strays() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*)
	  FROM ((TABLE activity_listed EXCEPT ALL TABLE activity_listing) UNION ALL (TABLE activity_listing EXCEPT ALL TABLE activity_listed)) s
$$;

INSERT INTO organization (id, code, kind, name, parent_id) VALUES (uuid_v7(), 'nanjing-society', 'society', '南京市力学学会', organization('nanjing'));
SELECT test.activity(s.kind, s.status, o.code, date '2021-05-10' + (10 * length(s.status) + length(o.code)))
  FROM (SELECT DISTINCT s.kind, s.status FROM activity_state s) s
 CROSS JOIN unnest('{su,nanjing,xuanwu,nanjing-society,wuxi,society,zhe,hangzhou,partner}'::text[]) o (code) \g /dev/null
SELECT is((SELECT count(DISTINCT l.activity_id) FROM activity_listed l), (SELECT count(*) FROM activity), 'what is made is listed');

UPDATE activity SET submission_count = 1 WHERE status = 'draft' AND organization_id = organization('xuanwu');
UPDATE activity SET entered_by = person('su_reviewer') WHERE (kind, status) = ('highlight', 'draft') AND organization_id = organization('wuxi');
UPDATE activity SET execution = 'held' WHERE organization_id = organization('nanjing');
UPDATE activity SET starts_on = NULL, modules = '{}' WHERE organization_id = organization('society');
UPDATE activity SET correction_due_at = now() WHERE status = 'returned' AND organization_id = organization('nanjing');
DELETE FROM activity WHERE organization_id = organization('partner') AND status = 'draft';
SELECT is(test.strays(), 0::bigint, 'what is changed is listed as it is now, and what is deleted no more');
UPDATE organization SET kind = 'department' WHERE code = 'society';
UPDATE organization SET kind = 'city_association' WHERE code = 'xuanwu';
SELECT is(test.strays(), 0::bigint, 'and so is what is under an organization that is of another kind now');
UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'nanjing';
SELECT is(test.strays(), 0::bigint, 'or elsewhere');
UPDATE organization SET parent_id = organization('su') WHERE code = 'nanjing';
UPDATE organization SET kind = 'district_association' WHERE code = 'xuanwu';

-- What is asked for and found otherwise than by row security alone.
CREATE FUNCTION test.misled(people text[]) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	person text;
	asked record;
	shown uuid[];
	found uuid[];
BEGIN
	FOREACH person IN ARRAY people LOOP
		PERFORM become(NULLIF(person, ''));
		FOR asked IN
			SELECT p.within, p.organization_id, p.city, w.kinds, w.statuses, w.executions, w.organization_kinds, w.is_overdue, w.module, w.audience
			  FROM (SELECT NULL::uuid AS within, NULL::uuid AS organization_id, NULL::text AS city
			        UNION ALL SELECT NULL, NULL, 'none'
			        UNION ALL SELECT o.id, NULL, NULL FROM organization o
			        UNION ALL SELECT NULL, o.id, NULL FROM organization o
			        UNION ALL SELECT NULL, NULL, o.id::text FROM organization o
			        UNION ALL SELECT organization('su'), organization('xuanwu'), organization('nanjing')::text
			        UNION ALL SELECT organization('zhe'), NULL, organization('nanjing')::text
			        UNION ALL SELECT organization('xuanwu'), NULL, organization('nanjing')::text) p
			 CROSS JOIN (VALUES (NULL::text[], NULL::text[], NULL::text[], NULL::text[], NULL::boolean, NULL::text, NULL::text),
			                    ('{programme,event}', NULL, NULL, NULL, NULL, NULL, NULL),
			                    (NULL, '{draft,returned}', NULL, NULL, NULL, NULL, NULL), (NULL, '{accepted}', '{held}', NULL, NULL, 'unity', NULL),
			                    (NULL, NULL, NULL, '{society,partner}', NULL, NULL, 'science_workers'), (NULL, NULL, NULL, NULL, NULL, 'none', NULL),
			                    (NULL, '{published}', NULL, '{department,city_association}', NULL, NULL, NULL), (NULL, NULL, NULL, NULL, true, NULL, NULL),
			                    (NULL, '{returned}', NULL, NULL, false, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL, 'science_workers')
			            ) w (kinds, statuses, executions, organization_kinds, is_overdue, module, audience)
		LOOP
			shown := ARRAY(
				SELECT a.id FROM activity_summary a JOIN organization o ON o.id = a.organization_id
				 WHERE a.campaign_code = 'test' AND (asked.within IS NULL OR asked.within = ANY (o.ancestors))
				   AND (asked.organization_id IS NULL OR a.organization_id = asked.organization_id)
				   AND (asked.city IS NULL OR a.city_id IS NOT DISTINCT FROM NULLIF(asked.city, 'none')::uuid)
				   AND (asked.kinds IS NULL OR a.kind = ANY (asked.kinds)) AND (asked.statuses IS NULL OR a.status = ANY (asked.statuses))
				   AND (asked.executions IS NULL OR a.execution = ANY (asked.executions))
				   AND (asked.organization_kinds IS NULL OR a.organization_kind = ANY (asked.organization_kinds))
				   AND (asked.is_overdue IS NULL OR a.is_correction_overdue = asked.is_overdue)
				   AND (asked.module IS NULL OR asked.module = ANY (a.modules) OR asked.module = 'none' AND a.modules = '{}')
				   AND (asked.audience IS NULL OR asked.audience = ANY (a.audiences))
				 ORDER BY a.starts_on_or_first DESC, a.id DESC);
			found := activities_by_start_backwards('test', NULL, NULL, 1000, asked.within, asked.organization_id, asked.city, asked.organization_kinds,
				asked.kinds, asked.statuses, asked.executions, asked.is_overdue, asked.module, asked.audience, NULL, NULL, NULL, NULL);
			IF NOT (found @> shown AND shown @> found AND cardinality(found) = cardinality(shown)) THEN
				RETURN NEXT format('%s asking for %s is shown %s and finds %s', person, asked, cardinality(shown), cardinality(found));
			END IF;
			found := activities_by_start_backwards('test', (SELECT a.starts_on_or_first FROM activity a WHERE a.id = shown[2]), shown[2], 2, asked.within,
				asked.organization_id, asked.city, asked.organization_kinds, asked.kinds, asked.statuses, asked.executions, asked.is_overdue, asked.module,
				asked.audience, NULL, NULL, NULL, NULL);
			IF cardinality(shown) > 1 AND found <> shown[3:4] THEN
				RETURN NEXT format('%s asking for %s has another second page', person, asked);
			END IF;
		END LOOP;
	END LOOP;
	PERFORM own();
END
$$;
SELECT add_person('many', o.code, r.role)
  FROM (VALUES ('su', 'observer'), ('nanjing', 'reviewer'), ('nanjing', 'administrator'), ('hangzhou', 'submitter')) r (code, role), organization o WHERE o.code = r.code \g /dev/null
SELECT is_empty('SELECT test.misled(''{"",su_submitter,su_reviewer}'')', 'a submitter and a reviewer of a province, and anyone, find what they may read');
SELECT is_empty('SELECT test.misled(''{su_observer,su_administrator}'')', 'an observer and an administrator of a province do');
SELECT is_empty('SELECT test.misled(''{nanjing_submitter,nanjing_reviewer,nanjing_administrator}'')', 'those of a city do');
SELECT is_empty('SELECT test.misled(''{xuanwu_submitter,zhe_reviewer}'')', 'those of a district and of another province do');
SELECT is_empty('SELECT test.misled(''{many,nanjing_submitter_zhe_reviewer}'')', 'whoever has several roles does');

SELECT * FROM finish();
ROLLBACK;
