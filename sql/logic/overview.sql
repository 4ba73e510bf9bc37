-- The campaign at a glance, for those who have a role and for everyone.

CREATE FUNCTION overview_report(campaign_code text, within uuid) RETURNS json
LANGUAGE sql STABLE SET enable_sort = off
AS $$
	WITH asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || overview_report.campaign_code AS campaign, '?within=' || overview_report.within AS place,
		       date_trunc('second', now()) - interval '7 days' AS since
	), obligations AS MATERIALIZED (
		SELECT t.kind, t.verdict, sum(t.number) AS number
		  FROM compliance_tally(overview_report.campaign_code, overview_report.within, NULL, NULL,
		                        compliance_recipients(overview_report.campaign_code, overview_report.within)) t
		 GROUP BY t.kind, t.verdict
	), recent AS MATERIALIZED (
		SELECT count(*) AS received, count(*) FILTER (WHERE o.verdict = 'late') AS late
		  FROM obligation_judged o
		 WHERE o.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (o.counted_ancestors)
		   AND o.received_at >= (SELECT asked.since FROM asked)
	), plans AS MATERIALIZED (
		SELECT p.status, count(*) AS number FROM plan p
		 WHERE p.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (p.ancestors)
		 GROUP BY p.status
	), activities AS MATERIALIZED (
		SELECT a.status, a.kind, p.ordinal AS phase, a.number
		  FROM (
			SELECT a.status, a.kind, a.starts_on, count(*) AS number
			  FROM activity a
			 WHERE a.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (a.ancestors)
			 GROUP BY a.status, a.kind, a.starts_on) a
		  LEFT JOIN phase p ON p.campaign_code = overview_report.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on
	), summary_reports AS MATERIALIZED (
		SELECT r.status, count(*) AS number FROM summary_report r
		 WHERE r.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (r.ancestors)
		 GROUP BY r.status
	), awards AS MATERIALIZED (
		SELECT w.category, count(*) AS number FROM award w
		 WHERE w.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (w.ancestors) AND w.status = 'given'
		 GROUP BY w.category
	)
	SELECT json_build_object(
	           'campaign', json_build_object('code', c.code, 'title', c.title, 'status', c.status, 'festival_date', c.festival_date,
	                                         'starts_on', c.starts_on, 'ends_on', c.ends_on, 'time_zone', c.time_zone),
	           'as_of', instant(now()),
	           'within', (SELECT o.reference FROM organization_reference o WHERE o.id = overview_report.within),
	           'deadlines', (
	               SELECT coalesce(json_agg(json_build_object(
	                          'kind', d.kind, 'due_at', instant(d.due_at), 'due_on', d.due_on, 'days_left', d.due_on - (now() AT TIME ZONE c.time_zone)::date,
	                          'pending', figure(n.pending, v.list || '&verdict=pending'), 'overdue', figure(n.overdue, v.list || '&verdict=overdue'))
	                          ORDER BY d.due_at, d.ordinal), '[]')
	                 FROM (VALUES
	                   (1, 'notice_receipt', c.notice_receipt_due_at, c.notice_receipt_due_on), (2, 'plan', c.plan_due_at, c.plan_due_on),
	                   (3, 'highlights', c.highlight_due_at, c.highlight_due_on), (4, 'summary_report', c.summary_due_at, c.summary_due_on)
	                 ) d (ordinal, kind, due_at, due_on)
	                CROSS JOIN LATERAL (SELECT asked.campaign || '/obligations' || asked.place || '&kind=' || d.kind AS list) v
	                CROSS JOIN LATERAL (
	                  SELECT sum(o.number) FILTER (WHERE o.verdict = 'pending')::bigint AS pending,
	                         sum(o.number) FILTER (WHERE o.verdict = 'overdue')::bigint AS overdue
	                    FROM obligations o WHERE o.kind = d.kind) n
	                WHERE d.due_at IS NOT NULL),
	           'recipients', figure((
	               SELECT count(*) FROM recipient r WHERE r.campaign_code = c.code AND overview_report.within = ANY (r.ancestors)),
	               asked.campaign || '/recipients' || asked.place),
	           'obligations', (
	               SELECT json_agg(json_build_object('kind', k.code, 'total', k.total, 'verdicts', k.verdicts) ORDER BY k.ordinal)
	                 FROM (
	                   SELECT b.code, b.ordinal,
	                          figure((SELECT sum(o.number) FROM obligations o WHERE o.kind = b.code)::bigint,
	                                 asked.campaign || '/obligations' || asked.place || '&kind=' || b.code) AS total,
	                          (SELECT json_object_agg(v.code, figure(
	                                      (SELECT sum(o.number) FROM obligations o WHERE o.kind = b.code AND o.verdict = v.code)::bigint,
	                                      asked.campaign || '/obligations' || asked.place || '&kind=' || b.code || '&verdict=' || v.code) ORDER BY v.ordinal)
	                             FROM label v WHERE v.vocabulary = 'verdict') AS verdicts
	                     FROM label b
	                    WHERE b.vocabulary = 'obligation_kind') k),
	           'compliance_href', asked.campaign || '/reports/compliance' || asked.place,
	           'plans', json_build_object(
	               'total', figure((SELECT sum(p.number) FROM plans p)::bigint, asked.campaign || '/plans' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'plans', figure(
	                              (SELECT p.number FROM plans p WHERE p.status = b.code), asked.campaign || '/plans' || asked.place || '&status=' || b.code))
	                              ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'plan_status')),
	           'activities', json_build_object(
	               'total', figure((SELECT sum(a.number) FROM activities a)::bigint, asked.campaign || '/activities' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.status = b.code)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&status=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'activity_status'),
	               'by_kind', (
	                   SELECT json_agg(json_build_object('kind', b.code, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.kind = b.code)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&kind=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'activity_kind'),
	               'by_phase', (
	                   SELECT coalesce(json_agg(json_build_object('phase', p.ordinal, 'name', p.name, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.phase = p.ordinal)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&phase=' || p.ordinal)) ORDER BY p.ordinal), '[]')
	                     FROM phase p WHERE p.campaign_code = c.code),
	               'outside_phases', (SELECT coalesce(sum(a.number), 0) FROM activities a WHERE a.phase IS NULL)),
	           'summary_reports', json_build_object(
	               'total', figure((SELECT sum(r.number) FROM summary_reports r)::bigint, asked.campaign || '/summary_reports' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'summary_reports', figure(
	                              (SELECT r.number FROM summary_reports r WHERE r.status = b.code),
	                              asked.campaign || '/summary_reports' || asked.place || '&status=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'summary_report_status')),
	           'forwarded', (
	               SELECT count(DISTINCT i.activity_id)
	                 FROM forwarding f JOIN current_forwarding_item i ON i.forwarding_id = f.id
	                WHERE f.campaign_code = c.code AND overview_report.within = ANY (i.ancestors)),
	           'forwardings', figure((
	               SELECT count(*) FROM forwarding f
	                WHERE f.campaign_code = c.code AND NOT EXISTS (SELECT FROM forwarding r WHERE r.replaces_id = f.id)),
	               asked.campaign || '/forwardings?is_current=true'),
	           'awards', json_build_object(
	               'total', figure((SELECT sum(w.number) FROM awards w)::bigint, asked.campaign || '/awards' || asked.place || '&status=given'),
	               'by_category', (
	                   SELECT coalesce(json_agg(json_build_object('category', g.code, 'name', g.name, 'awards', figure(
	                              (SELECT w.number FROM awards w WHERE w.category = g.code),
	                              asked.campaign || '/awards' || asked.place || '&status=given&category=' || g.code)) ORDER BY g.ordinality), '[]')
	                     FROM unnest(c.award_categories) WITH ORDINALITY g)),
	           'last_seven_days', json_build_object(
	               'since', instant(asked.since),
	               'received', figure((SELECT n.received FROM recent n),
	                                  asked.campaign || '/obligations' || asked.place || '&received_at_gte=' || instant(asked.since)),
	               'late', figure((SELECT n.late FROM recent n),
	                              asked.campaign || '/obligations' || asked.place || '&verdict=late&received_at_gte=' || instant(asked.since))))
	  FROM campaign c
	 CROSS JOIN asked
	 WHERE c.code = overview_report.campaign_code
$$;

---------------------------------------------------------------------------------------------
-- For everyone: numbers of what only those concerned may see, and nothing but numbers; and what is public, which
-- everyone's policies would find as well, by looking at an index alone.

CREATE FUNCTION headline_numbers(campaign_code text)
RETURNS TABLE (recipients bigint, plans_received bigint, organizations_taking_part bigint, cities_taking_part bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 1
AS $$
	WITH handed_in AS MATERIALIZED (
		SELECT o.organization_id, o.kind, o.counted_ancestors
		  FROM obligation o
		 WHERE o.campaign_code = headline_numbers.campaign_code AND o.activity_id IS NULL
		   AND (o.kind = 'plan' AND o.received_at IS NOT NULL OR o.kind = 'highlights' AND o.submitted > 0)
	)
	SELECT recipient_count(headline_numbers.campaign_code),
	       (SELECT count(*) FROM handed_in h WHERE h.kind = 'plan'),
	       (SELECT count(DISTINCT h.organization_id) FROM handed_in h),
	       (SELECT count(*) FROM organization o
	         WHERE o.kind = 'city_association' AND o.id IN (SELECT unnest(h.counted_ancestors) FROM handed_in h))
$$;

CREATE FUNCTION headline_activities(campaign_code text)
RETURNS TABLE (kind text, modules text[], phase integer, number bigint, expected_participants bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT a.kind, a.modules, p.ordinal, a.number, a.expected_participants
	  FROM (
		SELECT a.kind, a.modules, a.starts_on, count(*) AS number, sum(a.expected_participants) AS expected_participants
		  FROM activity a
		 WHERE a.campaign_code = headline_activities.campaign_code AND a.is_public
		 GROUP BY a.kind, a.modules, a.starts_on) a
	  LEFT JOIN phase p ON p.campaign_code = headline_activities.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on
$$;

CREATE FUNCTION headline_report(c campaign) RETURNS json
LANGUAGE sql STABLE
AS $$
	WITH activities AS MATERIALIZED (
		SELECT * FROM headline_activities(c.code)
	), asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || c.code || '/activities?' AS list
	)
	SELECT json_build_object(
	           'campaign_code', c.code, 'title', c.title, 'status', c.status, 'as_of', instant(now()),
	           'recipients', n.recipients, 'organizations_taking_part', n.organizations_taking_part, 'cities_taking_part', n.cities_taking_part,
	           'plans_received', n.plans_received,
	           'highlights', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'highlight')::bigint,
	                                asked.list || 'kind=highlight&status=accepted,nominated'),
	           'programme', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'programme')::bigint,
	                               asked.list || 'kind=programme&status=published'),
	           'events', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'event')::bigint, asked.list || 'kind=event&status=published'),
	           'expected_participants', (SELECT coalesce(sum(a.expected_participants), 0) FROM activities a WHERE a.kind = 'highlight'),
	           'by_module', (
	               SELECT coalesce(json_agg(json_build_object('module', m.code, 'name', m.name, 'activities', figure(
	                          (SELECT sum(a.number) FROM activities a WHERE m.code = ANY (a.modules))::bigint,
	                          asked.list || 'status=accepted,nominated,published&module=' || m.code)) ORDER BY m.ordinal), '[]')
	                 FROM module m WHERE m.campaign_code = c.code),
	           'by_phase', (
	               SELECT coalesce(json_agg(json_build_object('phase', p.ordinal, 'name', p.name, 'activities', figure(
	                          (SELECT sum(a.number) FROM activities a WHERE a.phase = p.ordinal)::bigint,
	                          asked.list || 'status=accepted,nominated,published&phase=' || p.ordinal)) ORDER BY p.ordinal), '[]')
	                 FROM phase p WHERE p.campaign_code = c.code))
	  FROM asked
	 CROSS JOIN headline_numbers(c.code) n
$$;
