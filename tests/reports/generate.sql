-- A campaign as it might stand some weeks after its deadlines, of any size: its organizations, plans, highlights, the
-- issuer's programme, summary reports, documents and their history. The same numbers make the same campaign. For
-- psql, by the owner of the tables:
--
--   psql --set=campaign=generated --set=issuer=jiangsu --set=organizations=1000 --set=activities=5000 --file=tests/reports/generate.sql
--
-- The issuer is made if there is no organization of that code. Up to 2,000 organizations it is a province, with cities
-- and what is below them; beyond, the nation, and provinces come between. Large tables are filled with their triggers
-- off: what those would write is written out, and obligations are counted at the end.

\if :{?campaign}
\else
	\set campaign generated
\endif
\if :{?issuer}
\else
	\set issuer generated
\endif
\if :{?organizations}
\else
	\set organizations 1000
\endif
\if :{?activities}
\else
	\set activities 5000
\endif

-- 0 to below, as if by chance, and always the same for these two.
CREATE FUNCTION pg_temp.roll(n integer, salt integer, below integer) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN (hashint4extended(n, salt) & 9007199254740991) % below;

CREATE FUNCTION pg_temp.numbered(of_campaign text, kind text, n integer) RETURNS uuid
LANGUAGE sql IMMUTABLE
RETURN (left(md5(of_campaign || kind), 8) || '-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid;

---------------------------------------------------------------------------------------------
-- Organizations and one person, who has done it all. What triggers ask of each row is planned while the tables are
-- small, and must still be an index's to answer when they are not. The trail need not tell of it.

SET enable_seqscan = off;
ALTER TABLE organization DISABLE TRIGGER change_audited;
ALTER TABLE recipient DISABLE TRIGGER change_audited;
ALTER TABLE obligation DISABLE TRIGGER change_audited;

INSERT INTO organization (id, code, kind, name, ordinal)
SELECT pg_temp.numbered(:'campaign', 'issuer', 0), :'issuer', CASE WHEN :organizations > 2000 THEN 'national_association' ELSE 'provincial_association' END,
       CASE WHEN :organizations > 2000 THEN '中国' ELSE '江南省' END || '科学技术协会', 1
ON CONFLICT (code) DO NOTHING;

CREATE TEMP TABLE generated AS
SELECT o.id AS issuer_id, now() AS at, (now() AT TIME ZONE 'Asia/Shanghai')::date AS today,
       CASE WHEN :organizations > 2000 THEN 31 ELSE 0 END AS provinces,
       CASE WHEN :organizations > 2000 THEN :organizations / 120 ELSE greatest(:organizations / 50, 1) END AS cities,
       pg_temp.numbered(:'campaign', 'account', 0) AS account_id, '生成者' AS account_name
  FROM organization o
 WHERE o.code = :'issuer';

INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
SELECT pg_temp.numbered(:'campaign', 'province', n), :'campaign' || '-p' || n, 'provincial_association', '第' || n || '省科学技术协会', g.issuer_id, n
  FROM generated g, generate_series(1, g.provinces) n;
INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
SELECT pg_temp.numbered(:'campaign', 'city', n), :'campaign' || '-c' || n, 'city_association', '第' || n || '市科学技术协会',
       CASE WHEN g.provinces > 0 THEN pg_temp.numbered(:'campaign', 'province', 1 + n % g.provinces) ELSE g.issuer_id END, 100 + n
  FROM generated g, generate_series(1, g.cities) n;
-- Districts are below cities, everything else is below the province.
INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
SELECT pg_temp.numbered(:'campaign', 'organization', n), :'campaign' || '-o' || n, k.kind, '第' || n || k.name,
       CASE WHEN k.kind = 'district_association' THEN pg_temp.numbered(:'campaign', 'city', 1 + n % g.cities)
            WHEN g.provinces > 0 THEN pg_temp.numbered(:'campaign', 'province', 1 + n % g.provinces)
            ELSE g.issuer_id END, 1000 + n
  FROM generated g
 CROSS JOIN generate_series(1, greatest(:organizations - g.provinces - g.cities, 0)) n
 CROSS JOIN LATERAL (SELECT pg_temp.roll(n, 1, 100) AS chance) c
  JOIN (VALUES (0, 44, 'district_association', '区科学技术协会'), (45, 69, 'society', '学会'), (70, 87, 'university_association', '大学科学技术协会'),
               (88, 92, 'department', '部'), (93, 97, 'affiliated_institution', '科技馆'), (98, 99, 'partner', '报社')) k (lowest, highest, kind, name)
    ON c.chance BETWEEN k.lowest AND k.highest;

INSERT INTO account (id, kind, username, name) SELECT g.account_id, 'user', :'campaign' || '-person', g.account_name FROM generated g;
INSERT INTO membership (account_id, organization_id, role) SELECT g.account_id, g.issuer_id, 'administrator' FROM generated g;

---------------------------------------------------------------------------------------------
-- The campaign, issued; by far not everything of it is over. Its last days are in no phase.

INSERT INTO campaign (code, title, theme, issuer_id, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on,
                      audiences, required_documents)
SELECT :'campaign', '第' || :'campaign' || '届活动', '众心向党，自立自强', g.issuer_id, g.today - 40, g.today + 20, g.today - 38, g.today - 30, g.today - 25,
       g.today - 3,
       ARRAY[('association_staff', '科协系统干部'), ('science_workers', '科技工作者'), ('overseas_peers', '海外同行')]::coded_name[], '{word_copy,stamped_pdf}'
  FROM generated g;
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on)
SELECT pg_temp.numbered(:'campaign', 'phase', p.ordinal), :'campaign', p.ordinal, p.name, g.today + p.first_day, g.today + p.last_day
  FROM generated g
 CROSS JOIN (VALUES (1, '第一阶段', -40, -26), (2, '第二阶段', -25, -6), (3, '第三阶段', -5, 16)) p (ordinal, name, first_day, last_day);
INSERT INTO module (id, campaign_code, ordinal, code, name)
SELECT pg_temp.numbered(:'campaign', 'module', m.ordinal), :'campaign', m.ordinal, m.code, m.name
  FROM (VALUES (1, 'unity', '团结引领'), (2, 'home', '暖心之家'), (3, 'service', '为民服务'), (4, 'openness', '开放交流'),
               (5, 'recognition', '褒奖激励')) m (ordinal, code, name);
INSERT INTO recipient (id, campaign_code, organization_id)
SELECT uuid_v7(), :'campaign', o.id
  FROM generated g
  JOIN organization o ON o.ancestors[2:] @> ARRAY[g.issuer_id]
 WHERE o.kind <> 'partner' AND o.code LIKE :'campaign' || '-%' AND pg_temp.roll(hashtext(o.code), 2, 100) >= 2;
UPDATE campaign SET status = 'open', opened_at = g.at - interval '40 days' FROM generated g WHERE code = :'campaign';

RESET enable_seqscan;
ALTER TABLE organization ENABLE TRIGGER change_audited;
ALTER TABLE recipient ENABLE TRIGGER change_audited;

-- Those that take part, and those of them that do little.
CREATE TEMP TABLE generated_recipient AS
SELECT row_number() OVER (ORDER BY o.path_ordinal)::integer AS place, o.id AS organization_id, o.ancestors, o.name, r.is_small
  FROM recipient e
  JOIN organization o ON o.id = e.organization_id
 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(o.code), 3, 100) AS chance, pg_temp.roll(hashtext(o.code), 4, 100) < 15 AS is_small) r
 WHERE e.campaign_code = :'campaign' AND r.chance >= 10;
CREATE INDEX ON generated_recipient (place);
ANALYZE generated_recipient;

INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by, given_at)
SELECT :'campaign', e.organization_id, k.kind, c.highlight_due_at + (5 + pg_temp.roll(hashtext(e.organization_id::text), again, 40)) * interval '1 day', '防汛', g.account_id,
       g.at - (20 + x.chance) * interval '1 day'
  FROM generated g
  JOIN campaign c ON c.code = :'campaign'
  JOIN recipient e ON e.campaign_code = c.code
 CROSS JOIN (VALUES ('plan', 6), ('highlights', 5), ('summary_report', 3)) k (kind, share)
 CROSS JOIN generate_series(1, 2) again
 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(e.organization_id::text || k.kind), 5 + again, 100) AS chance) x
 WHERE x.chance < k.share;
UPDATE extension e SET revoked_at = g.at, revoked_by = g.account_id
  FROM generated g
 WHERE e.campaign_code = :'campaign' AND pg_temp.roll(hashtext(e.organization_id::text), 8, 100) < 15;
UPDATE obligation o SET waived_at = g.at, waived_reason = '机构调整', waived_by = g.account_id
  FROM generated g
 WHERE o.campaign_code = :'campaign' AND pg_temp.roll(hashtext(o.organization_id::text || o.kind), 9, 100) < 2;
INSERT INTO notice_receipt (obligation_id, acknowledged_by, acknowledged_at)
SELECT o.id, g.account_id, o.due_at - interval '4 hours' + pg_temp.roll(hashtext(o.organization_id::text), 10, 100) / 92 * interval '1 day'
  FROM generated g
  JOIN obligation o ON o.campaign_code = :'campaign' AND o.kind = 'notice_receipt'
 WHERE pg_temp.roll(hashtext(o.organization_id::text), 11, 100) < 93;

---------------------------------------------------------------------------------------------
-- What they wrote. Here the triggers go, and the index of every two characters, which is made anew much sooner.

DROP INDEX activity_by_bigrams;
ALTER TABLE plan DISABLE TRIGGER USER;
ALTER TABLE activity DISABLE TRIGGER USER;
ALTER TABLE summary_report DISABLE TRIGGER USER;
ALTER TABLE submission DISABLE TRIGGER USER;
ALTER TABLE review DISABLE TRIGGER USER;
ALTER TABLE document DISABLE TRIGGER USER;
ALTER TABLE obligation DISABLE TRIGGER USER;

-- How far each of them is: its state, and how often and when it was handed in. A draft may have been withdrawn.
CREATE FUNCTION pg_temp.progress(n integer, salt integer, is_draft boolean, may_be_nominated boolean)
RETURNS TABLE (status text, submission_count integer, is_late boolean, correction_days integer)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT s.status,
	       CASE WHEN s.status = 'draft' THEN (pg_temp.roll(n, salt + 1, 100) < 20)::integer ELSE 1 + (pg_temp.roll(n, salt + 1, 100) < 15)::integer END,
	       pg_temp.roll(n, salt + 2, 100) < 12, pg_temp.roll(n, salt + 3, 20) - 10
	  FROM (SELECT pg_temp.roll(n, salt, 100) AS chance) c
	 CROSS JOIN LATERAL (SELECT CASE
		WHEN is_draft OR chance < 8 THEN 'draft'
		WHEN chance < 20 THEN 'submitted'
		WHEN chance < 28 THEN 'under_review'
		WHEN chance < 35 THEN 'returned'
		WHEN chance >= 90 AND may_be_nominated THEN 'nominated'
		ELSE 'accepted' END AS status) s
$$;

-- Of each: when it was first handed in.
CREATE TEMP TABLE generated_work (resource text, id uuid, organization_id uuid, ancestors uuid[], status text, submission_count integer,
                                  first_at timestamptz, rank integer, correction_due_at timestamptz, content jsonb);

WITH made AS (
	INSERT INTO plan (id, campaign_code, organization_id, ancestors, title, text, status, submission_count, submitted_at, correction_due_at, created_at)
	SELECT pg_temp.numbered(:'campaign', 'plan', r.place), :'campaign', r.organization_id, r.ancestors, '工作方案', '以“众心向党”为主题，开展系列活动。', p.status,
	       p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN c.plan_due_at - pg_temp.roll(r.place, 20, 10000) * interval '1 minute' + p.is_late::integer * interval '7 days' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, g.at - interval '39 days' + r.place * interval '1 second'
	  FROM generated g
	  JOIN campaign c ON c.code = :'campaign'
	 CROSS JOIN generated_recipient r
	 CROSS JOIN LATERAL pg_temp.progress(r.place, 21, false, false) p
	RETURNING *
), subjects AS (
	INSERT INTO subject (id, resource, campaign_code, organization_id) SELECT m.id, 'plan', m.campaign_code, m.organization_id FROM made m
)
INSERT INTO generated_work
SELECT 'plan', m.id, m.organization_id, m.ancestors, m.status, m.submission_count, m.submitted_at, NULL, m.correction_due_at, plan_content(m::plan)
  FROM made m;

WITH made AS (
	INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, status, host_name, title, modules, module_other, starts_on, ends_on, location,
	                      is_online, online_url, audiences, audience_other, expected_participants, contact, mailing_address, proposal, targets,
	                      nomination_rank, nomination_reason, correction_due_at, submission_count, submitted_at, created_at,
	                      execution, execution_reason, postponed_starts_on, postponed_ends_on)
	SELECT pg_temp.numbered(:'campaign', 'activity', n), :'campaign', r.organization_id, r.ancestors, 'highlight', p.status, r.name,
	       '第' || n || '场科学家精神宣讲',
	       CASE WHEN x.modules < 5 THEN '{}' WHEN x.modules < 75 THEN ARRAY[m.codes[1 + n % 5]] ELSE ARRAY[m.codes[1 + n % 5], m.codes[1 + (n + 2) % 5]] END,
	       CASE WHEN x.modules < 5 THEN '科普剧' END, d.starts_on, d.starts_on + n % 3, CASE WHEN n % 8 > 0 THEN '第' || n % 97 || '中学礼堂' END, n % 8 = 0,
	       CASE WHEN n % 8 = 0 THEN 'https://example.org/' || n END,
	       CASE WHEN x.audiences < 4 THEN '{}' WHEN x.audiences < 60 THEN '{science_workers}'::text[] WHEN x.audiences < 80 THEN '{association_staff}'
	            ELSE '{science_workers,overseas_peers}' END,
	       CASE WHEN x.audiences < 4 THEN '青少年' END, CASE WHEN p.status <> 'draft' OR n % 2 = 0 THEN 20 + pg_temp.roll(n, 41, 900) END,
	       ('王芳', '025-83000000', '13900000000', NULL, 'office@example.org')::activity_contact, '梦都大街' || n % 500 || '号',
	       ('以宣讲凝聚科技工作者。', NULL, NULL, '众心向党', '宣讲之后座谈。', NULL)::proposal,
	       CASE WHEN n % 5 < 3 THEN ARRAY[(pg_temp.numbered(:'campaign', 'target', n), '报告', '场', 1 + n % 7, n % 2 = 0)::target] ELSE '{}' END,
	       CASE p.status WHEN 'nominated' THEN 1 + n % 100000 END, CASE p.status WHEN 'nominated' THEN '特色鲜明' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN c.highlight_due_at - pg_temp.roll(n, 42, 10000) * interval '1 minute' + p.is_late::integer * interval '7 days' END,
	       g.at - interval '38 days' + n * interval '1 second', e.execution, CASE WHEN e.execution IN ('postponed', 'cancelled') THEN '防汛' END,
	       CASE e.execution WHEN 'postponed' THEN g.today + 15 END, CASE e.execution WHEN 'postponed' THEN g.today + 16 END
	  FROM generated g
	  JOIN campaign c ON c.code = :'campaign'
	 CROSS JOIN (SELECT max(place) AS recipients FROM generated_recipient) h
	 CROSS JOIN (SELECT '{unity,home,service,openness,recognition}'::text[] AS codes) m
	 CROSS JOIN generate_series(1, :activities) n
	  JOIN generated_recipient r ON r.place = 1 + pg_temp.roll(n, 43, h.recipients)
	 CROSS JOIN LATERAL pg_temp.progress(n, 44, r.is_small AND pg_temp.roll(n, 48, 100) < 70, true) p
	 CROSS JOIN LATERAL (SELECT pg_temp.roll(n, 49, 100) AS modules, pg_temp.roll(n, 50, 100) AS audiences) x
	 CROSS JOIN LATERAL (SELECT CASE WHEN p.status <> 'draft' OR n % 3 > 0 THEN c.starts_on + pg_temp.roll(n, 51, 58) END AS starts_on) d
	 CROSS JOIN LATERAL (SELECT CASE WHEN p.status = 'draft' THEN 'planned' WHEN n % 20 = 0 THEN 'cancelled' WHEN n % 20 = 1 THEN 'postponed'
	                                 WHEN d.starts_on < g.today - 3 THEN 'held' ELSE 'planned' END AS execution) e
	RETURNING *
), subjects AS (
	INSERT INTO subject (id, resource, campaign_code, organization_id) SELECT m.id, 'activity', m.campaign_code, m.organization_id FROM made m
)
INSERT INTO generated_work
SELECT 'activity', m.id, m.organization_id, m.ancestors, m.status, m.submission_count, m.submitted_at, m.nomination_rank, m.correction_due_at,
       activity_content(m::activity)
  FROM made m;

-- The issuer's own, part of the notice.
INSERT INTO subject (id, resource, campaign_code, organization_id)
SELECT pg_temp.numbered(:'campaign', 'programme', n), 'activity', :'campaign', g.issuer_id FROM generated g CROSS JOIN generate_series(1, 20) n;
INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, ordinal, status, host_name, title, modules, starts_on, ends_on, location, audiences,
                      expected_participants, targets, created_at, execution)
SELECT pg_temp.numbered(:'campaign', 'programme', n), :'campaign', o.id, o.ancestors, CASE WHEN n > 18 THEN 'event' ELSE 'programme' END, n,
       CASE WHEN n % 9 = 0 THEN 'draft' ELSE 'published' END, o.name, '第' || n || '项省级活动', CASE WHEN n > 18 THEN '{}' ELSE ARRAY['unity'] END,
       g.today - 40 + n * 2, g.today - 39 + n * 2, '会议中心', '{science_workers}', 1000,
       ARRAY[(pg_temp.numbered(:'campaign', 'programme target', n), '活动', '场', 10, true)::target], g.at - interval '40 days' + n * interval '1 second',
       CASE WHEN n < 15 AND n % 9 > 0 THEN 'held' ELSE 'planned' END
  FROM generated g JOIN organization o ON o.id = g.issuer_id CROSS JOIN generate_series(1, 20) n;

-- A highlight that stands owes a report; most of those that were held have one, and so has some of the programme.
WITH made AS (
	INSERT INTO summary_report (id, activity_id, campaign_code, organization_id, ancestors, kind, status, starts_on, ends_on, location, participants,
	                            target_actuals, outcomes, media_coverage, correction_due_at, submission_count, submitted_at, created_at)
	SELECT pg_temp.numbered(:'campaign', 'report', a.n), a.id, a.campaign_code, a.organization_id, a.ancestors, a.kind, p.status, a.starts_on, a.ends_on, a.location,
	       ARRAY[('science_workers', pg_temp.roll(a.n, 61, 500), pg_temp.roll(a.n, 62, 3000)), (NULL, 10, 0)]::participant_count[],
	       ARRAY(SELECT (t.id, t.planned + a.n % 3 - 1, NULL)::target_actual FROM unnest(a.targets) t), '反响热烈。',
	       CASE WHEN a.n % 4 = 0 THEN ARRAY[('科学家精神进校园', '科技日报', 'https://example.org/' || a.n, g.today)::media_item] ELSE '{}' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN g.at - pg_temp.roll(a.n, 63, 10000) * interval '1 minute' END, g.at - interval '15 days' + a.n * interval '1 second'
	  FROM generated g
	 CROSS JOIN LATERAL (SELECT right(a.id::text, 12)::integer + CASE a.kind WHEN 'highlight' THEN 100 ELSE 0 END AS n, a.* FROM activity a WHERE a.campaign_code = :'campaign') a
	 CROSS JOIN LATERAL pg_temp.progress(a.n, 64, false, false) f
	 CROSS JOIN LATERAL (SELECT CASE WHEN a.kind = 'highlight' THEN f.status WHEN f.status = 'draft' THEN 'draft' ELSE 'accepted' END AS status,
	                            CASE WHEN a.kind = 'highlight' OR f.status = 'draft' THEN f.submission_count ELSE 1 END AS submission_count,
	                            f.correction_days) p
	 WHERE a.execution = 'held' AND a.status <> 'draft' AND pg_temp.roll(a.n, 65, 100) < 60
	RETURNING *
), subjects AS (
	INSERT INTO subject (id, resource, campaign_code, organization_id) SELECT m.id, 'summary_report', m.campaign_code, m.organization_id FROM made m
)
INSERT INTO generated_work
SELECT CASE m.kind WHEN 'highlight' THEN 'summary_report' ELSE 'own_report' END, m.id, m.organization_id, m.ancestors, m.status, m.submission_count,
       m.submitted_at, NULL, m.correction_due_at, summary_report_content(m::summary_report)
  FROM made m;
ANALYZE generated_work;

---------------------------------------------------------------------------------------------
-- Its history: handed in once or twice, the second time because it was returned, and then whatever made it what it is.
-- Small campaigns keep all of what was submitted; of large ones it would only take time.

CREATE TEMP TABLE generated_step AS
SELECT w.resource, w.id, w.organization_id, w.ancestors, s.step, s.number, s.action, s.from_status, s.to_status, s.at, s.rank, s.correction_due_at,
       CASE WHEN :activities <= 100000 THEN w.content ELSE jsonb_build_object('title', w.content -> 'title') END AS content
  FROM generated_work w
 CROSS JOIN LATERAL (SELECT w.first_at + (w.submission_count - 1) * interval '3 days' AS last_at, CASE w.submission_count WHEN 1 THEN 'draft' ELSE 'returned' END AS last_from) l
 CROSS JOIN LATERAL (VALUES
	(1, true, 1, 'submit', 'draft', CASE w.resource WHEN 'own_report' THEN 'accepted' ELSE 'submitted' END, w.first_at, NULL::integer, NULL::timestamptz),
	(2, w.submission_count > 1, 1, 'return', 'submitted', 'returned', w.first_at + interval '1 day', NULL, w.first_at + interval '4 days'),
	(3, w.submission_count > 1, 2, 'submit', 'returned', 'submitted', l.last_at, NULL, w.first_at + interval '4 days'),
	(4, w.status = 'draft', w.submission_count, 'withdraw', CASE w.resource WHEN 'own_report' THEN 'accepted' ELSE 'submitted' END, 'draft', l.last_at + interval '1 hour', NULL, NULL),
	(5, w.status IN ('under_review', 'returned'), w.submission_count, 'start_review', 'submitted', 'under_review', l.last_at + interval '1 day', NULL, NULL),
	(6, w.status = 'returned', w.submission_count, 'return', 'under_review', 'returned', l.last_at + interval '2 days', NULL, w.correction_due_at),
	(7, w.status IN ('accepted', 'nominated') AND w.resource <> 'own_report', w.submission_count, 'accept', 'submitted', 'accepted',
	 l.last_at + (1 + hashtext(w.id::text) & 7) * interval '1 day', NULL, NULL),
	(8, w.status = 'nominated', w.submission_count, 'nominate', 'accepted', 'nominated', l.last_at + interval '9 days', w.rank, NULL)
	) s (step, is_taken, number, action, from_status, to_status, at, rank, correction_due_at)
 WHERE w.submission_count > 0 AND s.is_taken;

INSERT INTO submission (id, campaign_code, organization_id, ancestors, subject_id, resource, number, submitted_at, submitted_by, submitted_by_name,
                        correction_due_at, content)
SELECT md5(s.id::text || s.number)::uuid, :'campaign', s.organization_id, s.ancestors, s.id, replace(s.resource, 'own', 'summary'), s.number, s.at, g.account_id, g.account_name, s.correction_due_at, s.content
  FROM generated g CROSS JOIN generated_step s
 WHERE s.action = 'submit';
INSERT INTO review (campaign_code, organization_id, ancestors, subject_id, resource, submission_id, action, from_status, to_status, comment,
                    correction_due_at, rank, reason, by_user, by_name, reviewed_at)
SELECT :'campaign', s.organization_id, s.ancestors, s.id, replace(s.resource, 'own', 'summary'), md5(s.id::text || s.number)::uuid, s.action, s.from_status, s.to_status,
       CASE s.action WHEN 'return' THEN '请补充' END, CASE s.action WHEN 'return' THEN s.correction_due_at END, s.rank, CASE s.action WHEN 'nominate' THEN '特色鲜明' END,
       g.account_id, g.account_name, s.at
  FROM generated g CROSS JOIN generated_step s;
UPDATE plan p SET submitted_at = NULL WHERE p.campaign_code = :'campaign' AND p.status = 'draft' AND p.submission_count > 0;
UPDATE activity a SET submitted_at = NULL WHERE a.campaign_code = :'campaign' AND a.status = 'draft' AND a.submission_count > 0;
UPDATE summary_report r SET submitted_at = NULL WHERE r.campaign_code = :'campaign' AND r.status = 'draft' AND r.submission_count > 0;

-- The copies that the campaign wants; a few are outdated, and some are missing.
INSERT INTO document_content (id, sha256) VALUES ('00000000-0000-7000-8000-00000000d0c5', repeat('d', 64)) ON CONFLICT DO NOTHING;
INSERT INTO document (id, subject_id, resource, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest, uploaded_by,
                      uploaded_by_name, uploaded_at)
SELECT uuid_v7(), w.id, w.resource, w.organization_id, k.kind, k.name, k.media_type, 1000,
       repeat('d', 64), '00000000-0000-7000-8000-00000000d0c5', 'available',
       CASE WHEN k.kind = 'stamped_pdf' THEN CASE WHEN x.chance < 4 THEN repeat('0', 64) ELSE h.digest END END,
       g.account_id, g.account_name, w.first_at - interval '1 hour'
  FROM generated g
 CROSS JOIN generated_work w
 CROSS JOIN (VALUES ('word_copy', '方案.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
                    ('stamped_pdf', '盖章.pdf', 'application/pdf')) k (kind, name, media_type)
 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(w.id::text || k.kind), 70, 100) AS chance) x
  JOIN submission h ON h.id = md5(w.id::text || 1)::uuid
 WHERE w.resource IN ('plan', 'activity') AND x.chance < 90;
INSERT INTO submission_document (submission_id, document_id)
SELECT s.id, d.id FROM submission s JOIN document d ON d.subject_id = s.subject_id WHERE s.campaign_code = :'campaign';

-- What each standing highlight owes. Then all of it is counted.
INSERT INTO obligation (campaign_code, organization_id, kind, activity_id, required, due_at, effective_due_at, organization_kind, counted_ancestors, ancestors)
SELECT :'campaign', w.organization_id, 'summary_report', w.id, 1, c.summary_due_at, c.summary_due_at, o.kind, w.ancestors, w.ancestors
  FROM generated_work w
  JOIN campaign c ON c.code = :'campaign'
  JOIN organization o ON o.id = w.organization_id
 WHERE w.resource = 'activity' AND w.submission_count > (w.status = 'draft')::integer;
ANALYZE subject, plan, activity, summary_report, submission, review, obligation, extension, notice_receipt;
UPDATE obligation o
   SET (submitted, accepted, received_at, effective_due_at) = (r.submitted, r.accepted, r.received_at, r.effective_due_at)
  FROM obligation_recounted r
 WHERE o.campaign_code = :'campaign' AND r.id = o.id
   AND (o.submitted, o.accepted, o.received_at, o.effective_due_at) IS DISTINCT FROM (r.submitted, r.accepted, r.received_at, r.effective_due_at);

ALTER TABLE plan ENABLE TRIGGER USER;
ALTER TABLE activity ENABLE TRIGGER USER;
ALTER TABLE summary_report ENABLE TRIGGER USER;
ALTER TABLE submission ENABLE TRIGGER USER;
ALTER TABLE review ENABLE TRIGGER USER;
ALTER TABLE document ENABLE TRIGGER USER;
ALTER TABLE obligation ENABLE TRIGGER USER;
CREATE INDEX activity_by_bigrams ON activity USING gin (bigrams(search_text));
INSERT INTO forwarding (id, campaign_code, document_number, forwarded_on, forwarded_by, without_ids)
SELECT pg_temp.numbered(:'campaign', 'forwarding', 1), :'campaign', '〔' || :'campaign' || '〕1号', g.today, g.account_id,
       ARRAY(SELECT a.id FROM activity a WHERE a.campaign_code = :'campaign' AND a.status = 'nominated' ORDER BY a.id LIMIT 20)
  FROM generated g;
DROP TABLE generated, generated_recipient, generated_work, generated_step;
