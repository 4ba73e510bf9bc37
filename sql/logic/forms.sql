-- What a form on paper needs, in one object each: the content, as it stands or as it was submitted, the words for
-- its codes, and which submission it is. Whoever reads it reads of it what its resource shows them.

CREATE VIEW form_campaign WITH (security_invoker) AS
SELECT c.code, c.time_zone,
       json_build_object(
           'title', c.title, 'theme', c.theme, 'document_number', c.document_number, 'text_limit', c.highlight_text_limit, 'modules_open', c.modules_open,
           'modules', (SELECT coalesce(json_agg(json_build_object('code', m.code, 'name', m.name) ORDER BY m.ordinal), '[]')
                         FROM module m WHERE m.campaign_code = c.code),
           'audiences', to_json(c.audiences)) AS campaign
  FROM campaign c;

CREATE FUNCTION organization_names(ids jsonb) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(o.name ORDER BY n.ordinal), '[]')
          FROM jsonb_array_elements_text(ids) WITH ORDINALITY n (id, ordinal)
          JOIN organization o ON o.id = n.id::uuid);

-- What a report speaks of.
CREATE FUNCTION form_activity(activity_id uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('host_name', a.host_name, 'title', a.title, 'kind', a.kind, 'targets', to_json(a.targets))
          FROM activity a WHERE a.id = form_activity.activity_id);

-- The words on a form for one submission; times are the campaign's own.
CREATE FUNCTION submission_words(number integer, submitted_at timestamptz, on_behalf boolean, withdrawn boolean, time_zone text) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object(
	'number', number, 'submitted_at', to_char(submitted_at AT TIME ZONE time_zone, 'YYYY-MM-DD HH24:MI'),
	'submitted_on', (submitted_at AT TIME ZONE time_zone)::date, 'on_behalf', on_behalf, 'withdrawn', withdrawn);

CREATE FUNCTION is_withdrawn(submission_id uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM review r WHERE r.submission_id = is_withdrawn.submission_id AND r.action = 'withdraw');

-- Which submission a content is: the latest, as long as the content is still this and it was not withdrawn.
CREATE FUNCTION form_submission(of_subject uuid, digest text, time_zone text) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT submission_words(s.number, s.submitted_at, s.received_on IS NOT NULL, false, time_zone)
          FROM (SELECT s.* FROM submission s
                 WHERE s.subject_id = of_subject
                 ORDER BY s.number DESC
                 LIMIT 1) s
         WHERE s.digest = form_submission.digest AND NOT is_withdrawn(s.id));

CREATE VIEW plan_form WITH (security_invoker) AS
SELECT p.id, p.version, p.campaign_code, p.organization_id,
       json_build_object(
           'subject', 'plan', 'campaign', c.campaign, 'organization', o.reference, 'status', p.status, 'content', n.content, 'redacted', '[]'::json,
           'digest', content_digest(n.content),
           'submission', form_submission(p.id, content_digest(n.content), c.time_zone),
           'written_at', extract(epoch FROM CASE WHEN is_editable(p.status) THEN p.updated_at ELSE p.submitted_at END)::bigint) AS body
  FROM plan p
  JOIN form_campaign c ON c.code = p.campaign_code
  JOIN organization o ON o.id = p.organization_id
 CROSS JOIN LATERAL (SELECT plan_content(p) AS content) n;

-- The digest of a content that one sees a part of would tell by trial what is hidden, so that it is hidden too.
CREATE VIEW activity_form WITH (security_invoker) AS
SELECT a.id, a.version, a.campaign_code, a.organization_id, a.kind, a.starts_on_or_last,
       json_build_object(
           'subject', 'activity', 'kind', a.kind, 'campaign', c.campaign, 'organization', o.reference, 'status', a.status,
           'content', CASE WHEN v.has_role THEN n.content ELSE n.content || '{"contact": null, "mailing_address": null}' END,
           'responsible', organization_names(n.content -> 'responsible_ids'), 'partners', organization_names(n.content -> 'partner_ids'),
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["contact","mailing_address"]' END,
           'digest', CASE WHEN v.has_role THEN content_digest(n.content) END,
           'submission', CASE
               WHEN v.has_role THEN form_submission(a.id, content_digest(n.content), c.time_zone)
               WHEN a.submission_count > 0 THEN submission_words(a.submission_count, a.submitted_at, false, false, c.time_zone) END,
           'written_at', extract(epoch FROM CASE WHEN is_editable(a.status) THEN a.updated_at ELSE coalesce(a.submitted_at, a.updated_at) END)::bigint) AS body
  FROM activity a
  JOIN form_campaign c ON c.code = a.campaign_code
  JOIN organization o ON o.id = a.organization_id
 CROSS JOIN LATERAL (SELECT activity_content(a) AS content) n
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(a.ancestors)) > 0 AS has_role OFFSET 0) v;

CREATE VIEW summary_report_form WITH (security_invoker) AS
SELECT r.id, r.version, r.campaign_code, r.organization_id, r.kind, r.starts_on,
       json_build_object(
           'subject', 'summary_report', 'kind', r.kind, 'campaign', c.campaign, 'organization', o.reference, 'status', r.status,
           'content', n.content, 'activity', form_activity(r.activity_id), 'redacted', '[]'::json, 'digest', content_digest(n.content),
           'submission', CASE
               WHEN v.has_role THEN form_submission(r.id, content_digest(n.content), c.time_zone)
               ELSE submission_words(r.submission_count, r.submitted_at, false, false, c.time_zone) END,
           'written_at', extract(epoch FROM CASE WHEN is_editable(r.status) THEN r.updated_at ELSE coalesce(r.submitted_at, r.updated_at) END)::bigint) AS body
  FROM summary_report r
  JOIN form_campaign c ON c.code = r.campaign_code
  JOIN organization o ON o.id = r.organization_id
 CROSS JOIN LATERAL (SELECT summary_report_content(r) AS content) n
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(r.ancestors)) > 0 AS has_role OFFSET 0) v;

-- As it was submitted, whatever became of it since.
CREATE VIEW submission_form WITH (security_invoker) AS
SELECT s.id,
       json_build_object(
           'subject', s.resource, 'kind', (SELECT l.kind FROM subject_life l WHERE l.resource = s.resource AND l.id = s.subject_id),
           'campaign', c.campaign, 'organization', o.reference, 'status', 'submitted', 'content', s.content,
           'activity', form_activity((SELECT r.activity_id FROM summary_report r WHERE r.id = s.subject_id)),
           'responsible', organization_names(s.content -> 'responsible_ids'), 'partners', organization_names(s.content -> 'partner_ids'),
           'redacted', '[]'::json, 'digest', s.digest,
           'submission', submission_words(s.number, s.submitted_at, s.received_on IS NOT NULL, is_withdrawn(s.id), c.time_zone),
           'written_at', extract(epoch FROM s.submitted_at)::bigint) AS body
  FROM submission s
  JOIN form_campaign c ON c.code = s.campaign_code
  JOIN organization o ON o.id = s.organization_id;
