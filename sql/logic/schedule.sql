-- What happens when, what goes forward, and what is to be done: the timeline, the roster and the deadlines.

---------------------------------------------------------------------------------------------
-- Timeline 「日程」. Each entry has a day, and an id that it keeps when the day moves; one that is no row of its own is
-- named by what it is of. What is nobody else's is the issuer's.

-- When what is due: for who submits for a recipient, each of theirs with the extension that rules and without what was
-- waived; for everyone else, as the notice says.
CREATE VIEW timeline_deadline WITH (security_invoker) AS
SELECT md5(c.code || ' ' || k.kind || coalesce(' ' || w.organization_id, ''))::uuid AS id, c.code AS campaign_code, k.kind AS obligation_kind,
       coalesce(w.organization_id, c.issuer_id) AS organization_id, w.due_at, due_date(w.due_at, c.time_zone) AS due_on,
       greatest(c.updated_at, w.updated_at) AS updated_at, c.version + w.extensions AS version,
       '/v1/campaigns/' || c.code || coalesce('/reports/deadlines?organization_id=' || w.organization_id, '') AS href
  FROM campaign c
 CROSS JOIN LATERAL (VALUES
	('notice_receipt', c.notice_receipt_due_at),
	('plan', c.plan_due_at),
	('highlights', c.highlight_due_at),
	('summary_report', c.summary_due_at)) k (kind, due_at)
 CROSS JOIN LATERAL (
	SELECT r.organization_id, coalesce(e.due_at, k.due_at) AS due_at, e.updated_at, e.extensions
	  FROM recipient r
	 CROSS JOIN LATERAL (
		SELECT (array_agg(e.due_at ORDER BY e.given_at DESC, e.id DESC) FILTER (WHERE e.revoked_at IS NULL))[1] AS due_at,
		       max(e.updated_at) AS updated_at, coalesce(sum(e.version), 0)::integer AS extensions
		  FROM extension e
		 WHERE (e.organization_id, e.campaign_code, e.kind) = (r.organization_id, c.code, k.kind)) e
	 WHERE r.campaign_code = c.code AND r.organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	   AND NOT EXISTS (
		SELECT FROM obligation o
		 WHERE (o.organization_id, o.campaign_code, o.kind) = (r.organization_id, c.code, k.kind)
		   AND o.activity_id IS NULL AND o.waived_at IS NOT NULL)
	UNION ALL
	SELECT NULL, k.due_at, NULL, 0
	 WHERE NOT EXISTS (
		SELECT FROM recipient r
		 WHERE r.campaign_code = c.code AND r.organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]))) w
 WHERE k.due_at IS NOT NULL;

-- What the notice itself says.
CREATE VIEW timeline_milestone WITH (security_invoker) AS
SELECT md5(c.code || ' ' || m.kind)::uuid AS id, c.code AS campaign_code, m.kind, c.title, NULL AS obligation_kind,
       c.issuer_id AS organization_id, m.day AS starts_on, m.day AS ends_on, NULL::timestamptz AS at,
       c.updated_at, c.version, '/v1/campaigns/' || c.code AS href
  FROM campaign c
 CROSS JOIN LATERAL (VALUES
	('campaign_start', c.starts_on),
	('festival', c.festival_date),
	('campaign_end', c.ends_on)) m (kind, day)
 WHERE m.day IS NOT NULL
UNION ALL
SELECT p.id, p.campaign_code, 'phase', p.name, NULL, c.issuer_id, p.starts_on, p.ends_on, NULL, p.updated_at, p.version, '/v1/phases/' || p.id
  FROM phase p
  JOIN campaign c ON c.code = p.campaign_code
UNION ALL
SELECT d.id, d.campaign_code, 'deadline', l.zh, d.obligation_kind, d.organization_id, d.due_on, d.due_on, d.due_at,
       d.updated_at, d.version, d.href
  FROM timeline_deadline d
  JOIN label l ON l.vocabulary = 'obligation_kind' AND l.code = d.obligation_kind;

-- With the activities: one table, as it is, so that a page comes through its index.
CREATE VIEW timeline_entry WITH (security_invoker) AS
SELECT a.id, a.campaign_code, a.kind, a.title, NULL AS obligation_kind, a.organization_id,
       CASE WHEN a.postponed_starts_on IS NOT NULL THEN a.postponed_starts_on ELSE a.starts_on END AS starts_on,
       CASE WHEN a.postponed_starts_on IS NOT NULL THEN coalesce(a.postponed_ends_on, a.postponed_starts_on)
            ELSE coalesce(a.ends_on, a.starts_on) END AS ends_on,
       NULL::timestamptz AS at, a.time_note, a.location, a.is_online, a.online_url, a.host_name, a.status, a.execution, a.execution_reason,
       a.updated_at, a.version, '/v1/activities/' || a.id AS href
  FROM activity a
UNION ALL
SELECT m.id, m.campaign_code, m.kind, m.title, m.obligation_kind, m.organization_id, m.starts_on, m.ends_on,
       m.at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, m.updated_at, m.version, m.href
  FROM timeline_milestone m;

---------------------------------------------------------------------------------------------
-- Roster 「汇总表」: what is nominated and what has been forwarded, each as it was handed in last, or as it went out.
-- Whoever has no role at its organization sees neither, and so no row.

CREATE VIEW roster_entry WITH (security_invoker) AS
SELECT i.activity_id AS id, i.campaign_code, i.organization_id, i.ancestors, 'forwarded' AS status,
       json_build_object('id', i.organization_id, 'code', i.organization_code, 'name', i.organization_name) AS organization,
       i.rank, i.reason, i.submission_id, i.content, f.id AS forwarding_id, f.document_number, f.forwarded_on,
       NOT EXISTS (SELECT FROM forwarding r WHERE r.replaces_id = f.id) AS is_current
  FROM forwarding_item i
  JOIN forwarding f ON f.id = i.forwarding_id
UNION ALL
SELECT a.id, a.campaign_code, a.organization_id, a.ancestors, 'nominated', o.reference,
       a.nomination_rank, a.nomination_reason, s.id, s.content, NULL, NULL, NULL, true
  FROM activity a
  JOIN organization o ON o.id = a.organization_id
 CROSS JOIN LATERAL (
	SELECT s.id, s.content FROM submission s WHERE s.subject_id = a.id ORDER BY s.number DESC LIMIT 1) s
 WHERE a.status = 'nominated' AND NOT EXISTS (SELECT FROM current_forwarding_item i WHERE i.activity_id = a.id);

-- In the order of the paper form.
CREATE VIEW roster_row WITH (security_invoker) AS
SELECT json_build_object(
           'rank', r.rank, 'organization', r.organization,
           'is_stamped', EXISTS (
               SELECT FROM submission_document n JOIN document d ON d.id = n.document_id
                WHERE n.submission_id = r.submission_id AND d.kind = 'stamped_pdf'),
           'submitted_at', instant(s.submitted_at),
           'host_name', r.content -> 'host_name', 'title', r.content -> 'title',
           'modules', r.content -> 'modules', 'module_other', r.content -> 'module_other',
           'organizer_name', r.content -> 'organizer_name',
           'starts_on', r.content -> 'starts_on', 'ends_on', r.content -> 'ends_on', 'time_note', r.content -> 'time_note',
           'phase', (SELECT p.ordinal FROM phase p
                      WHERE p.campaign_code = r.campaign_code AND (r.content ->> 'starts_on')::date BETWEEN p.starts_on AND p.ends_on),
           'location', r.content -> 'location', 'is_online', r.content -> 'is_online', 'online_url', r.content -> 'online_url',
           'audiences', r.content -> 'audiences', 'audience_other', r.content -> 'audience_other',
           'expected_participants', r.content -> 'expected_participants', 'scale_note', r.content -> 'scale_note',
           'contact', to_json(jsonb_populate_record(NULL::activity_contact, r.content -> 'contact')),
           'mailing_address', r.content -> 'mailing_address',
           'proposal', to_json(jsonb_populate_record(NULL::proposal, r.content -> 'proposal')),
           'reason', r.reason, 'status', r.status,
           'forwarding', CASE WHEN r.forwarding_id IS NOT NULL THEN json_build_object(
               'id', r.forwarding_id, 'document_number', r.document_number, 'forwarded_on', r.forwarded_on) END,
           'activity_id', r.id, 'submission_id', r.submission_id, 'redacted', '[]'::json)::text AS summary,
       r.id, r.campaign_code, r.organization_id, r.ancestors, r.rank, r.status, r.content -> 'modules' AS modules,
       (r.content ->> 'starts_on')::date AS starts_on, r.forwarding_id, r.is_current
  FROM roster_entry r
  JOIN submission s ON s.id = r.submission_id;

---------------------------------------------------------------------------------------------
-- Deadlines 「待办」: each obligation with the plan, the highlights or the report that is to fulfil it, as far as the
-- caller sees them, and what submitting an unfinished one would find.

CREATE VIEW deadline_work WITH (security_invoker) AS
SELECT l.id, l.campaign_code, l.organization_id, obligation_kind(l.resource) AS obligation_kind, l.activity_id, l.resource,
       coalesce(l.title, (SELECT a.title FROM activity a WHERE a.id = l.activity_id)) AS title, l.status,
       l.starts_on, l.correction_due_at, f.errors, f.warnings,
       (SELECT r.correction FROM correction r WHERE r.subject_id = l.id ORDER BY r.reviewed_at DESC LIMIT 1) AS correction
  FROM subject_life l
 CROSS JOIN LATERAL (
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params)))
	           FILTER (WHERE f.is_error) AS errors,
	       jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params)))
	           FILTER (WHERE NOT f.is_error) AS warnings
	  FROM subject_findings(l.resource, l.id) f
	 WHERE is_editable(l.status)) f
 WHERE l.is_owed;

-- Whether anything is left to do, by when, and what. Late is no reason to do nothing, unless the campaign takes nothing
-- late; who does not see their drafts is told of none.
CREATE VIEW deadline WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, o.required, o.submitted, o.due_at, o.effective_due_at,
       o.received_at, o.verdict, c.status AS campaign_status, c.title AS campaign_title, c.time_zone, w.work, d.is_done, n.next_due_at,
       coalesce(n.next_due_at, o.effective_due_at) AS sorted_at,
       CASE
           WHEN d.is_done OR c.status <> 'open' THEN NULL
           WHEN o.kind = 'notice_receipt' THEN 'acknowledge'
           WHEN w.returned > 0 AND NOT is_refused_as_late(c, w.correction_due_at) THEN 'correct'
           WHEN is_refused_as_late(c, o.effective_due_at) THEN NULL
           WHEN EXISTS (SELECT FROM activity a WHERE a.id = o.activity_id AND a.execution = 'cancelled') THEN NULL
           WHEN w.complete > 0 THEN 'submit'
           WHEN w.unfinished > 0 THEN 'complete'
           WHEN 'submitter' = ANY (roles_at(o.ancestors)) THEN 'create'
           ELSE 'submit' END AS next_action
  FROM obligation_judged o
  JOIN campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE w.status = 'returned') AS returned,
	       min(w.correction_due_at) FILTER (WHERE w.status = 'returned') AS correction_due_at,
	       count(*) FILTER (WHERE w.status = 'draft') AS unfinished,
	       count(*) FILTER (WHERE w.status = 'draft' AND w.errors IS NULL) AS complete,
	       count(*) FILTER (WHERE NOT is_editable(w.status)) AS handed_in,
	       coalesce(json_agg(json_build_object(
	           'resource', w.resource, 'id', w.id, 'title', w.title, 'status', w.status, 'href', subject_href(w.resource, w.id),
	           'correction_due_at', CASE WHEN w.status = 'returned' THEN instant(w.correction_due_at) END,
	           'correction', CASE WHEN w.status = 'returned' THEN w.correction END,
	           'errors', coalesce(w.errors, '[]'), 'warnings', coalesce(w.warnings, '[]'))
	           ORDER BY w.status <> 'returned', w.status <> 'draft', w.starts_on, w.id), '[]') AS work
	  FROM deadline_work w
	 WHERE w.organization_id = o.organization_id AND w.campaign_code = o.campaign_code AND w.obligation_kind = o.kind
	   AND w.activity_id IS NOT DISTINCT FROM o.activity_id) w
 CROSS JOIN LATERAL (
	SELECT o.verdict = 'waived' OR CASE o.kind
		WHEN 'notice_receipt' THEN o.received_at IS NOT NULL
		WHEN 'highlights' THEN o.submitted >= o.required AND w.returned = 0
		ELSE w.handed_in > 0 END AS is_done) d
 CROSS JOIN LATERAL (
	SELECT CASE WHEN NOT d.is_done THEN
		least(w.correction_due_at, CASE WHEN o.received_at IS NULL THEN o.effective_due_at END) END AS next_due_at) n;

CREATE VIEW deadline_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', d.id, 'campaign_code', d.campaign_code, 'campaign_title', d.campaign_title, 'organization', r.reference, 'kind', d.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = d.activity_id),
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, d.time_zone),
           'effective_due_at', instant(d.effective_due_at), 'effective_due_on', due_date(d.effective_due_at, d.time_zone),
           'next_due_at', instant(d.next_due_at), 'next_due_on', due_date(d.next_due_at, d.time_zone), 'time_zone', d.time_zone,
           'days_left', due_date(d.next_due_at, d.time_zone) - (now() AT TIME ZONE d.time_zone)::date,
           'required', d.required, 'submitted', d.submitted, 'received_at', instant(d.received_at), 'verdict', d.verdict,
           'is_done', d.is_done, 'next_action', d.next_action,
           'phases_missing', CASE WHEN d.kind = 'highlights' THEN (
               SELECT coalesce(json_agg(json_build_object('ordinal', p.ordinal, 'name', p.name) ORDER BY p.ordinal), '[]')
                 FROM phase p
                WHERE p.campaign_code = d.campaign_code AND NOT EXISTS (
                   SELECT FROM activity h
                    WHERE h.campaign_code = d.campaign_code AND h.organization_id = d.organization_id AND h.kind = 'highlight'
                      AND h.status <> 'draft' AND h.starts_on BETWEEN p.starts_on AND p.ends_on)) ELSE '[]' END,
           'work', d.work, 'href', '/v1/obligations/' || d.id)::text AS summary,
       d.id, d.campaign_code, d.campaign_status, d.organization_id, d.kind, d.is_done, d.sorted_at AS due_at
  FROM deadline d
  JOIN organization r ON r.id = d.organization_id;
