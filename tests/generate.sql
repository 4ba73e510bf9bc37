-- A campaign as it might stand some weeks after its deadlines, of any size: its organizations, plans, highlights, the
-- issuer's programme, summary reports, documents and their history. The same numbers make the same campaign. For
-- psql, by a superuser who finds this version's logic (migrate_cluster in tools/dev/cluster.bash):
--
--   psql --set=campaign=generated --set=issuer=jiangsu --set=organizations=1000 --set=activities=5000 --file=tests/generate.sql
--
-- The issuer is made if there is no organization of that code. Up to 2,000 organizations it is a province, with cities
-- and what is below them; beyond, the nation, and provinces come between. No trigger runs and no index but those of
-- constraints is kept meanwhile: what triggers would write is written out, and tests/reports/test_generated.py
-- compares it with what the API makes.

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

SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';
SET jit = off;

-- 0 to below, as if by chance, and always the same for these two.
CREATE FUNCTION pg_temp.roll(n integer, salt integer, below integer) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN (hashint4extended(n, salt) & 9007199254740991) % below;

-- Ids are by number, so that whoever asks knows which there are.
CREATE FUNCTION pg_temp.numbered(of_campaign text, kind text, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE
RETURN (left(md5(of_campaign || kind), 8) || '-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid;

\ir indexes_away.psql

---------------------------------------------------------------------------------------------
-- Organizations, somebody at each, and one person, who has done it all.

INSERT INTO organization (id, code, kind, name, ordinal, ancestors, path_ordinal)
SELECT i.id, :'issuer', CASE WHEN :organizations > 2000 THEN 'national_association' ELSE 'provincial_association' END,
       CASE WHEN :organizations > 2000 THEN '中国' ELSE '江南省' END || '科学技术协会', 1, ARRAY[i.id], '000001.' || :'issuer'
  FROM (SELECT pg_temp.numbered(:'campaign', 'issuer', 0) AS id) i
ON CONFLICT (code) DO NOTHING;

CREATE TEMP TABLE generated AS
SELECT o.id AS issuer_id, o.ancestors AS issuer_ancestors, now() AS at, (now() AT TIME ZONE 'Asia/Shanghai')::date AS today,
       CASE WHEN :organizations > 2000 THEN 31 ELSE 0 END AS provinces,
       CASE WHEN :organizations > 2000 THEN :organizations / 120 ELSE greatest(:organizations / 50, 1) END AS cities,
       pg_temp.numbered(:'campaign', 'account', 0) AS account_id, '生成者' AS account_name
  FROM organization o
 WHERE o.code = :'issuer';

-- Each below its parent, whose row is there.
CREATE FUNCTION pg_temp.place(id uuid, code text, kind text, name text, parent_id uuid, ordinal integer) RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
	SELECT place.id, place.code, place.kind, place.name, p.id, place.ordinal, place.id || p.ancestors,
	       p.path_ordinal || ' ' || lpad(place.ordinal::text, 6, '0') || '.' || place.code
	  FROM organization p
	 WHERE p.id = place.parent_id
$$;
SELECT count(pg_temp.place(pg_temp.numbered(:'campaign', 'province', n), :'campaign' || '-p' || n, 'provincial_association', '第' || n || '省科学技术协会',
                           g.issuer_id, n))
  FROM generated g, generate_series(1, g.provinces) n \g /dev/null
SELECT count(pg_temp.place(pg_temp.numbered(:'campaign', 'city', n), :'campaign' || '-c' || n, 'city_association', '第' || n || '市科学技术协会',
                           CASE WHEN g.provinces > 0 THEN pg_temp.numbered(:'campaign', 'province', 1 + n % g.provinces) ELSE g.issuer_id END, 100 + n))
  FROM generated g, generate_series(1, g.cities) n \g /dev/null
-- Districts are below cities, everything else is below the province.
SELECT count(pg_temp.place(pg_temp.numbered(:'campaign', 'organization', n), :'campaign' || '-o' || n, k.kind, '第' || n || k.name,
                           CASE WHEN k.kind = 'district_association' THEN pg_temp.numbered(:'campaign', 'city', 1 + n % g.cities)
                                WHEN g.provinces > 0 THEN pg_temp.numbered(:'campaign', 'province', 1 + n % g.provinces)
                                ELSE g.issuer_id END, 1000 + n))
  FROM generated g
 CROSS JOIN generate_series(1, greatest(:organizations - g.provinces - g.cities, 0)) n
 CROSS JOIN LATERAL (SELECT pg_temp.roll(n, 1, 100) AS chance) c
  JOIN (VALUES (0, 44, 'district_association', '区科学技术协会'), (45, 69, 'society', '学会'), (70, 87, 'university_association', '大学科学技术协会'),
               (88, 92, 'department', '部'), (93, 97, 'affiliated_institution', '科技馆'), (98, 99, 'partner', '报社')) k (lowest, highest, kind, name)
    ON c.chance BETWEEN k.lowest AND k.highest \g /dev/null
ANALYZE organization;

CREATE TEMP TABLE generated_account AS
SELECT g.account_id AS id, :'campaign' || '-person' AS username, g.account_name AS name, g.issuer_id AS organization_id, 'administrator' AS role,
       g.issuer_ancestors AS ancestors
  FROM generated g
UNION ALL
SELECT pg_temp.numbered(:'campaign', 'account of ' || o.code, 1), o.code, o.name || '报送员', o.id, 'submitter', o.ancestors
  FROM organization o
 WHERE o.code LIKE :'campaign' || '-%';
INSERT INTO account (id, kind, username, name, belongs_to)
SELECT a.id, 'user', a.username, a.name, ARRAY(SELECT unnest(a.ancestors) AS id ORDER BY id) FROM generated_account a;
INSERT INTO membership (account_id, organization_id, role, ancestors) SELECT a.id, a.organization_id, a.role, a.ancestors FROM generated_account a;

---------------------------------------------------------------------------------------------
-- The campaign, issued; by far not everything of it is over. Its last days are in no phase.

INSERT INTO campaign (code, title, theme, issuer_id, ancestors, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on,
                      audiences, required_documents, status, opened_at)
SELECT :'campaign', '第' || :'campaign' || '届活动', '众心向党，自立自强', g.issuer_id, g.issuer_ancestors, g.today - 40, g.today + 20, g.today - 38, g.today - 30,
       g.today - 25, g.today - 3,
       ARRAY[('association_staff', '科协系统干部'), ('science_workers', '科技工作者'), ('overseas_peers', '海外同行')]::coded_name[], '{word_copy,stamped_pdf}',
       'open', g.at - interval '40 days'
  FROM generated g;
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on)
SELECT pg_temp.numbered(:'campaign', 'phase', p.ordinal), :'campaign', p.ordinal, p.name, g.today + p.first_day, g.today + p.last_day
  FROM generated g
 CROSS JOIN (VALUES (1, '第一阶段', -40, -26), (2, '第二阶段', -25, -6), (3, '第三阶段', -5, 16)) p (ordinal, name, first_day, last_day);
INSERT INTO module (id, campaign_code, ordinal, code, name)
SELECT pg_temp.numbered(:'campaign', 'module', m.ordinal), :'campaign', m.ordinal, m.code, m.name
  FROM (VALUES (1, 'unity', '团结引领'), (2, 'home', '暖心之家'), (3, 'service', '为民服务'), (4, 'openness', '开放交流'),
               (5, 'recognition', '褒奖激励')) m (ordinal, code, name);
INSERT INTO recipient (id, campaign_code, organization_id, ancestors)
SELECT pg_temp.numbered(:'campaign', 'recipient', row_number() OVER (ORDER BY o.path_ordinal)), :'campaign', o.id, o.ancestors
  FROM generated g
  JOIN organization o ON o.ancestors[2:] @> ARRAY[g.issuer_id]
 WHERE o.kind <> 'partner' AND o.code LIKE :'campaign' || '-%' AND pg_temp.roll(hashtext(o.code), 2, 100) >= 2;

UPDATE campaign SET recipient_count = (SELECT count(*) FROM recipient r WHERE r.campaign_code = code) WHERE code = :'campaign';

-- Those that take part, and those of them that do little.
CREATE TEMP TABLE generated_recipient AS
SELECT row_number() OVER (ORDER BY o.path_ordinal)::integer AS place, o.id AS organization_id, o.ancestors, o.name, r.is_small
  FROM recipient e
  JOIN organization o ON o.id = e.organization_id
 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(o.code), 3, 100) AS chance, pg_temp.roll(hashtext(o.code), 4, 100) < 15 AS is_small) r
 WHERE e.campaign_code = :'campaign' AND r.chance >= 10;
CREATE INDEX ON generated_recipient (place);
ANALYZE generated_recipient;

INSERT INTO extension (id, batch_id, campaign_code, organization_id, ancestors, kind, due_at, reason, given_by, given_by_name, given_at,
                       revoked_at, revoked_by, revoked_by_name)
SELECT e.id, e.id, :'campaign', e.organization_id, e.ancestors, e.kind, e.due_at, '防汛', g.account_id, g.account_name,
       g.at - (20 + e.chance) * interval '1 day',
       CASE WHEN e.is_revoked THEN g.at END, CASE WHEN e.is_revoked THEN g.account_id END, CASE WHEN e.is_revoked THEN g.account_name END
  FROM generated g
 CROSS JOIN (
	SELECT pg_temp.numbered(:'campaign', 'extension', row_number() OVER (ORDER BY e.id, k.kind, again)) AS id, e.organization_id, e.ancestors, k.kind, x.chance,
	       c.highlight_due_at + (5 + pg_temp.roll(hashtext(e.organization_id::text), again, 40)) * interval '1 day' AS due_at,
	       pg_temp.roll(hashtext(e.organization_id::text), 8, 100) < 15 AS is_revoked
	  FROM campaign c
	  JOIN recipient e ON e.campaign_code = c.code
	 CROSS JOIN (VALUES ('plan', 6), ('highlights', 5), ('summary_report', 3)) k (kind, share)
	 CROSS JOIN generate_series(1, 2) again
	 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(e.organization_id::text || k.kind), 5 + again, 100) AS chance) x
	 WHERE c.code = :'campaign' AND x.chance < k.share) e;

---------------------------------------------------------------------------------------------
-- What they wrote.

-- How far each of them is: its state, and how often and when it was handed in. A draft may have been withdrawn. The first
-- hundred are done with: whatever is asked for one by one is there for all who may read such.
CREATE FUNCTION pg_temp.progress(n integer, salt integer, is_draft boolean, may_be_nominated boolean)
RETURNS TABLE (status text, submission_count integer, is_late boolean, correction_days integer)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT s.status,
	       CASE WHEN s.status = 'draft' THEN (pg_temp.roll(n, salt + 1, 100) < 20)::integer ELSE 1 + (pg_temp.roll(n, salt + 1, 100) < 15)::integer END,
	       pg_temp.roll(n, salt + 2, 100) < 12, pg_temp.roll(n, salt + 3, 20) - 10
	  FROM (SELECT pg_temp.roll(n, salt, 100) AS chance) c
	 CROSS JOIN LATERAL (SELECT CASE
		WHEN n <= 100 THEN 'accepted'
		WHEN is_draft OR chance < 8 THEN 'draft'
		WHEN chance < 20 THEN 'submitted'
		WHEN chance < 28 THEN 'under_review'
		WHEN chance < 35 THEN 'returned'
		WHEN chance >= 90 AND may_be_nominated THEN 'nominated'
		ELSE 'accepted' END AS status) s
$$;

-- Their words. One of some, by chance: pg_temp.one(words, n, salt).
CREATE FUNCTION pg_temp.one(words text[], n integer, salt integer) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN words[1 + pg_temp.roll(n, salt, cardinality(words))];
CREATE TEMP TABLE generated_words AS
SELECT '{科学家精神,青年科技人才,众心向党,院士专家进校园,乡村振兴,数字经济,生命健康,航天科技,碳达峰碳中和,人工智能,科技志愿服务,现代农业}'::text[] AS topics,
       '{主题宣讲,先进事迹报告会,座谈会,成果展,志愿服务行动,云端论坛,青年沙龙,科普大讲堂,慰问活动,专题研讨会}'::text[] AS forms,
       '{中学礼堂,科技馆报告厅,社区活动中心,大学图书馆,高新区会展中心,医院学术厅,农业示范园}'::text[] AS places,
       '{以宣讲凝聚科技工作者，讲好身边的科学家故事。,把服务送到实验室、田间和车间，听取一线的意见和建议。,围绕重点产业，搭建学会与企业对接的平台。,面向青少年，用通俗的语言讲清前沿的道理。}'::text[] AS approaches,
       '{邀请院士走进校园，组织先进事迹报告会三场，制作短视频在新媒体平台发布。,联合市直有关部门和高校，分片开展座谈，汇总问题并逐项答复。,
         组建专家服务团，深入十个乡镇开展技术培训，发放资料两千册。,开放重点实验室，安排讲解员全程引导，设置互动体验环节。}'::text[] AS measures,
       '{秘书处负责统筹，学术部与科普部分工落实，志愿者四十名。,成立工作专班，主要负责同志任组长，各部门联络员参加。,由理事长牵头，专业委员会承办，特邀专家六名。}'::text[] AS people,
       '{上午开幕并作主旨报告，下午分组交流，会后形成纪要报送省科协。,第一周动员，第二周集中开展，第三周总结并公布成效。,线下设主会场一个、分会场三个，线上同步直播。}'::text[] AS arrangements,
       '{参加者各有所得，形成可推广的经验三条，媒体报道十篇以上。,解决企业技术难题五项，签订合作协议两份。,增强科技工作者的荣誉感、归属感和使命感。}'::text[] AS outcomes;

-- Of each: when it was first handed in.
CREATE TEMP TABLE generated_work (resource text, n integer, id uuid, organization_id uuid, ancestors uuid[], status text, submission_count integer,
                                  first_at timestamptz, rank integer, correction_due_at timestamptz, activity_id uuid, execution_reason text, content jsonb);

WITH made AS (
	INSERT INTO plan (id, campaign_code, organization_id, ancestors, title, text, status, submission_count, submitted_at, correction_due_at, created_at)
	SELECT pg_temp.numbered(:'campaign', 'plan', r.place), :'campaign', r.organization_id, r.ancestors, r.name || '工作方案',
	       '以“众心向党”为主题，' || pg_temp.one(w.approaches, r.place, 11) || pg_temp.one(w.measures, r.place, 12) || pg_temp.one(w.people, r.place, 13), p.status,
	       p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN c.plan_due_at - pg_temp.roll(r.place, 20, 10000) * interval '1 minute' + p.is_late::integer * interval '7 days' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, g.at - interval '39 days' + r.place * interval '1 second'
	  FROM generated g
	 CROSS JOIN generated_words w
	  JOIN campaign c ON c.code = :'campaign'
	 CROSS JOIN generated_recipient r
	 CROSS JOIN LATERAL pg_temp.progress(r.place, 21, false, false) p
	RETURNING *
)
INSERT INTO generated_work
SELECT 'plan', right(m.id::text, 12)::integer, m.id, m.organization_id, m.ancestors, m.status, m.submission_count, m.submitted_at, NULL, m.correction_due_at,
       NULL, NULL, plan_content(m::plan)
  FROM made m;

WITH made AS (
	INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, status, host_name, title, modules, module_other, organizer_name, starts_on, ends_on,
	                      time_note, location, is_online, online_url, audiences, audience_other, expected_participants, contact, mailing_address, proposal, targets,
	                      nomination_rank, nomination_reason, correction_due_at, submission_count, submitted_at, created_at,
	                      execution, execution_reason, postponed_starts_on, postponed_ends_on)
	SELECT pg_temp.numbered(:'campaign', 'activity', n), :'campaign', r.organization_id, r.ancestors, 'highlight', p.status, r.name,
	       '第' || n || '场“' || pg_temp.one(w.topics, n, 31) || '”' || pg_temp.one(w.forms, n, 32),
	       CASE WHEN x.modules < 5 THEN '{}' WHEN x.modules < 75 THEN ARRAY[m.codes[1 + n % 5]] ELSE ARRAY[m.codes[1 + n % 5], m.codes[1 + (n + 2) % 5]] END,
	       CASE WHEN x.modules < 5 THEN '科普剧' END, CASE WHEN n % 3 = 0 THEN '学会秘书处' END, d.starts_on, d.starts_on + n % 3,
	       CASE WHEN n % 4 = 0 THEN '上午9时' END, CASE WHEN n % 8 > 0 THEN '第' || n % 97 || pg_temp.one(w.places, n, 33) END, n % 8 = 0,
	       CASE WHEN n % 8 = 0 THEN 'https://example.org/' || n END,
	       CASE WHEN x.audiences < 4 THEN '{}' WHEN x.audiences < 60 THEN '{science_workers}'::text[] WHEN x.audiences < 80 THEN '{association_staff}'
	            ELSE '{science_workers,overseas_peers}' END,
	       CASE WHEN x.audiences < 4 THEN '青少年' END, CASE WHEN p.status <> 'draft' OR n % 2 = 0 THEN 20 + pg_temp.roll(n, 41, 900) END,
	       ('王芳', '025-83000000', '13900000000', NULL, 'office@example.org')::activity_contact, '梦都大街' || n % 500 || '号',
	       (pg_temp.one(w.approaches, n, 34), pg_temp.one(w.measures, n, 35), pg_temp.one(w.people, n, 36), '众心向党，自立自强',
	        pg_temp.one(w.arrangements, n, 37), pg_temp.one(w.outcomes, n, 38))::proposal,
	       CASE WHEN n % 5 < 3 THEN ARRAY[(pg_temp.numbered(:'campaign', 'target', n), '报告', '场', 1 + n % 7, n % 2 = 0)::target] ELSE '{}' END,
	       CASE p.status WHEN 'nominated' THEN 1 + n % 100000 END, CASE p.status WHEN 'nominated' THEN '特色鲜明' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN c.highlight_due_at - pg_temp.roll(n, 42, 10000) * interval '1 minute' + p.is_late::integer * interval '7 days' END,
	       g.at - interval '38 days' + n * interval '1 second', e.execution, CASE WHEN e.execution IN ('postponed', 'cancelled') THEN '防汛' END,
	       CASE e.execution WHEN 'postponed' THEN g.today + 15 END, CASE e.execution WHEN 'postponed' THEN g.today + 16 END
	  FROM generated g
	 CROSS JOIN generated_words w
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
)
INSERT INTO generated_work
SELECT 'activity', right(m.id::text, 12)::integer, m.id, m.organization_id, m.ancestors, m.status, m.submission_count, m.submitted_at, m.nomination_rank,
       m.correction_due_at, m.id, CASE m.execution WHEN 'cancelled' THEN m.execution_reason END, activity_content(m::activity)
  FROM made m;

-- The issuer's own, part of the notice.
INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, ordinal, status, host_name, title, modules, starts_on, ends_on, location, audiences,
                      expected_participants, targets, created_at, execution)
SELECT pg_temp.numbered(:'campaign', 'programme', n), :'campaign', o.id, o.ancestors, CASE WHEN n > 18 THEN 'event' ELSE 'programme' END, n,
       CASE WHEN n % 9 = 0 THEN 'draft' ELSE 'published' END, o.name, '第' || n || '项省级活动', CASE WHEN n > 18 THEN '{}' ELSE ARRAY['unity'] END,
       g.today - 40 + n * 2, g.today - 39 + n * 2, '会议中心', '{science_workers}', 1000,
       ARRAY[(pg_temp.numbered(:'campaign', 'programme target', n), '活动', '场', 10, true)::target], g.at - interval '40 days' + n * interval '1 second',
       CASE WHEN n < 15 AND n % 9 > 0 THEN 'held' ELSE 'planned' END
  FROM generated g JOIN organization o ON o.id = g.issuer_id CROSS JOIN generate_series(1, 20) n;

INSERT INTO activity_text (activity_id, campaign_code, search_text)
SELECT a.id, a.campaign_code, activity_search_text(a) FROM activity a WHERE a.campaign_code = :'campaign';

-- A highlight that stands owes a report; most of those that were held have one, and so has some of the programme.
WITH made AS (
	INSERT INTO summary_report (id, activity_id, campaign_code, organization_id, ancestors, kind, status, starts_on, ends_on, location, participants,
	                            target_actuals, outcomes, media_coverage, correction_due_at, submission_count, submitted_at, created_at)
	SELECT pg_temp.numbered(:'campaign', 'report', a.n), a.id, a.campaign_code, a.organization_id, a.ancestors, a.kind, p.status, a.starts_on, a.ends_on, a.location,
	       ARRAY[('science_workers', pg_temp.roll(a.n, 61, 500), pg_temp.roll(a.n, 62, 3000)), (NULL, 10, 0)]::participant_count[],
	       ARRAY(SELECT (t.id, t.planned + a.n % 3 - 1, NULL)::target_actual FROM unnest(a.targets) t),
	       '反响热烈。' || pg_temp.one(w.outcomes, a.n, 60) || pg_temp.one(w.measures, a.n, 59),
	       CASE WHEN a.n % 4 = 0 THEN ARRAY[('科学家精神进校园', '科技日报', 'https://example.org/' || a.n, g.today)::media_item] ELSE '{}' END,
	       CASE WHEN p.status = 'returned' THEN g.at + p.correction_days * interval '1 day' END, p.submission_count,
	       CASE WHEN p.submission_count > 0 THEN g.at - pg_temp.roll(a.n, 63, 10000) * interval '1 minute' END, g.at - interval '15 days' + a.n * interval '1 second'
	  FROM generated g
	 CROSS JOIN generated_words w
	 CROSS JOIN LATERAL (
		SELECT row_number() OVER (ORDER BY a.kind <> 'highlight', a.id)::integer AS n, a.*
		  FROM activity a
		 WHERE a.campaign_code = :'campaign' AND a.execution = 'held' AND a.status <> 'draft' AND pg_temp.roll(right(a.id::text, 12)::integer, 65, 100) < 60) a
	 CROSS JOIN LATERAL pg_temp.progress(a.n, 64, false, false) f
	 CROSS JOIN LATERAL (SELECT CASE WHEN a.kind = 'highlight' THEN f.status WHEN f.status = 'draft' THEN 'draft' ELSE 'accepted' END AS status,
	                            CASE WHEN a.kind = 'highlight' OR f.status = 'draft' THEN f.submission_count ELSE 1 END AS submission_count,
	                            f.correction_days) p
	RETURNING *
)
INSERT INTO generated_work
SELECT CASE m.kind WHEN 'highlight' THEN 'summary_report' ELSE 'own_report' END, right(m.id::text, 12)::integer, m.id, m.organization_id, m.ancestors, m.status,
       m.submission_count, m.submitted_at, NULL, m.correction_due_at, m.activity_id, NULL, summary_report_content(m::summary_report)
  FROM made m;
ANALYZE generated_work;

INSERT INTO subject (id, resource, campaign_code, organization_id)
SELECT w.id, replace(w.resource, 'own', 'summary'), :'campaign', w.organization_id FROM generated_work w
UNION ALL
SELECT a.id, 'activity', :'campaign', a.organization_id FROM activity a WHERE a.campaign_code = :'campaign' AND a.kind <> 'highlight';

---------------------------------------------------------------------------------------------
-- Its history: handed in once or twice, the second time because it was returned, and then whatever made it what it is.
-- Small campaigns keep all of what was submitted; of large ones it would only take time.

CREATE TEMP TABLE generated_step AS
SELECT w.n, w.resource, w.id, w.organization_id, w.ancestors, s.step, s.number, s.action, s.from_status, s.to_status, s.at, s.rank, s.correction_due_at,
       pg_temp.numbered(:'campaign', w.resource || s.number, w.n) AS submission_id,
       CASE WHEN s.action <> 'submit' THEN NULL WHEN :activities <= 100000 THEN w.content ELSE jsonb_build_object('title', w.content -> 'title') END AS content
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
SELECT s.submission_id, :'campaign', s.organization_id, s.ancestors, s.id, replace(s.resource, 'own', 'summary'), s.number, s.at, g.account_id, g.account_name,
       s.correction_due_at, s.content
  FROM generated g CROSS JOIN generated_step s
 WHERE s.action = 'submit';
INSERT INTO review (id, campaign_code, organization_id, ancestors, subject_id, resource, submission_id, action, from_status, to_status, comment,
                    correction_due_at, rank, reason, by_user, by_name, reviewed_at, waiting_since)
SELECT pg_temp.numbered(:'campaign', s.resource || ' step ' || s.step, s.n), :'campaign', s.organization_id, s.ancestors, s.id, replace(s.resource, 'own', 'summary'),
       s.submission_id, s.action, s.from_status, s.to_status,
       CASE s.action WHEN 'return' THEN '请补充' END, CASE s.action WHEN 'return' THEN s.correction_due_at END, s.rank, CASE s.action WHEN 'nominate' THEN '特色鲜明' END,
       g.account_id, g.account_name, s.at, CASE WHEN s.action IN ('return', 'accept') THEN h.at END -- each submission is decided once here
  FROM generated g
 CROSS JOIN generated_step s
  JOIN generated_step h ON (h.action, h.submission_id) = ('submit', s.submission_id);
INSERT INTO audit_entry (id, changed_at, changed_by, operation, address_class, resource, resource_id, change, before, after, place)
SELECT pg_temp.numbered(:'campaign', s.resource || ' entry ' || s.step, s.n), s.at, g.account_id, s.action || '_' || r.resource, 'private', r.resource, s.id::text,
       'updated', jsonb_build_object('status', s.from_status), jsonb_build_object('status', s.to_status), s.ancestors
  FROM generated g CROSS JOIN generated_step s CROSS JOIN LATERAL (SELECT replace(s.resource, 'own', 'summary') AS resource) r;
UPDATE plan p SET submitted_at = NULL WHERE p.campaign_code = :'campaign' AND p.status = 'draft' AND p.submission_count > 0;
UPDATE activity a SET submitted_at = NULL WHERE a.campaign_code = :'campaign' AND a.status = 'draft' AND a.submission_count > 0;
UPDATE summary_report r SET submitted_at = NULL WHERE r.campaign_code = :'campaign' AND r.status = 'draft' AND r.submission_count > 0;
INSERT INTO activity_listed SELECT l.* FROM activity_listing l WHERE l.campaign_code = :'campaign';

-- The copies that the campaign wants; a few are outdated, and some are missing.
INSERT INTO document_content (id, sha256) VALUES ('00000000-0000-7000-8000-00000000d0c5', repeat('d', 64)) ON CONFLICT DO NOTHING;
WITH made AS (
	INSERT INTO document (id, subject_id, resource, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest, uploaded_by,
	                      uploaded_by_name, uploaded_at)
	SELECT pg_temp.numbered(:'campaign', w.resource || k.kind, w.n), w.id, w.resource, w.organization_id, k.kind, k.name, k.media_type, 1000,
	       repeat('d', 64), '00000000-0000-7000-8000-00000000d0c5', 'available',
	       CASE WHEN k.kind = 'stamped_pdf' THEN CASE WHEN x.chance < 4 THEN repeat('0', 64) ELSE coalesce(h.digest, content_digest(w.content)) END END,
	       g.account_id, g.account_name, coalesce(w.first_at, g.at) - interval '1 hour'
	  FROM generated g
	 CROSS JOIN generated_work w
	 CROSS JOIN (VALUES ('word_copy', '方案.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
	                    ('stamped_pdf', '盖章.pdf', 'application/pdf')) k (kind, name, media_type)
	 CROSS JOIN LATERAL (SELECT pg_temp.roll(hashtext(w.id::text || k.kind), 70, 100) AS chance) x
	  LEFT JOIN submission h ON (h.subject_id, h.number) = (w.id, 1)
	 WHERE w.resource IN ('plan', 'activity') AND x.chance < 90
	RETURNING *
)
INSERT INTO submission_document (submission_id, document_id)
SELECT s.id, d.id FROM made d JOIN submission s ON s.subject_id = d.subject_id;

---------------------------------------------------------------------------------------------
-- What each of them owes, and each standing highlight; and what has come in of it.

CREATE TEMP TABLE generated_standing AS
SELECT w.resource, w.id, w.organization_id, w.activity_id, w.first_at, w.status IN ('accepted', 'nominated') AS is_accepted,
       row_number() OVER (PARTITION BY w.resource, w.organization_id ORDER BY w.first_at) AS place
  FROM generated_work w
 WHERE w.submission_count > (w.status = 'draft')::integer;

INSERT INTO notice_receipt (obligation_id, organization_id, ancestors, acknowledged_by, acknowledged_by_name, acknowledged_at)
SELECT pg_temp.numbered(:'campaign', 'obligation notice_receipt', right(r.id::text, 12)::integer), r.organization_id, r.ancestors, g.account_id, g.account_name,
       c.notice_receipt_due_at - interval '4 hours' + pg_temp.roll(hashtext(r.organization_id::text), 10, 100) / 92 * interval '1 day'
  FROM generated g
  JOIN campaign c ON c.code = :'campaign'
  JOIN recipient r ON r.campaign_code = c.code
 WHERE pg_temp.roll(hashtext(r.organization_id::text), 11, 100) < 93;

WITH received (kind, organization_id, activity_id, submitted, accepted, received_at) AS (
	SELECT 'notice_receipt', n.organization_id, NULL::uuid, NULL::integer, 1, n.acknowledged_at
	  FROM notice_receipt n JOIN recipient r ON r.organization_id = n.organization_id AND r.campaign_code = :'campaign'
	 WHERE n.obligation_id = pg_temp.numbered(:'campaign', 'obligation notice_receipt', right(r.id::text, 12)::integer)
	UNION ALL
	SELECT CASE s.resource WHEN 'plan' THEN 'plan' ELSE 'summary_report' END, s.organization_id, CASE s.resource WHEN 'summary_report' THEN s.activity_id END, NULL,
	       s.is_accepted::integer, s.first_at
	  FROM generated_standing s
	 WHERE s.resource IN ('plan', 'summary_report')
	UNION ALL
	SELECT 'highlights', s.organization_id, NULL, count(*)::integer, count(*) FILTER (WHERE s.is_accepted)::integer,
	       min(s.first_at) FILTER (WHERE s.place = c.minimum_highlights)
	  FROM campaign c CROSS JOIN generated_standing s
	 WHERE c.code = :'campaign' AND s.resource = 'activity'
	 GROUP BY s.organization_id
), owed (kind, n, organization_id, activity_id, required, due_at, execution_reason) AS (
	SELECT k.kind, right(r.id::text, 12)::integer, r.organization_id, NULL::uuid, k.required, k.due_at, NULL
	  FROM campaign c
	  JOIN recipient r ON r.campaign_code = c.code
	 CROSS JOIN LATERAL (VALUES ('notice_receipt', 1, c.notice_receipt_due_at), ('plan', 1, c.plan_due_at),
	                            ('highlights', c.minimum_highlights, c.highlight_due_at)) k (kind, required, due_at)
	 WHERE c.code = :'campaign'
	UNION ALL
	SELECT 'summary_report', w.n, w.organization_id, w.id, 1, c.summary_due_at, w.execution_reason
	  FROM campaign c CROSS JOIN generated_work w
	 WHERE c.code = :'campaign' AND w.resource = 'activity' AND w.submission_count > (w.status = 'draft')::integer
)
INSERT INTO obligation (id, campaign_code, organization_id, kind, activity_id, required, due_at, effective_due_at, submitted, accepted, received_at,
                        organization_kind, counted_ancestors, ancestors, waived_at, waived_reason, waived_by, waived_by_name, is_waived_by_cancelling)
SELECT pg_temp.numbered(:'campaign', 'obligation ' || w.kind, w.n), :'campaign', w.organization_id, w.kind, w.activity_id, w.required, w.due_at,
       coalesce(e.due_at, w.due_at), CASE w.kind WHEN 'highlights' THEN coalesce(r.submitted, 0) END, coalesce(r.accepted, 0), r.received_at,
       o.kind, o.ancestors, o.ancestors, CASE WHEN v.reason IS NOT NULL THEN g.at END, v.reason, CASE WHEN v.reason IS NOT NULL THEN g.account_id END,
       CASE WHEN v.reason IS NOT NULL THEN g.account_name END, w.execution_reason IS NOT NULL
  FROM generated g
 CROSS JOIN owed w
  JOIN organization o ON o.id = w.organization_id
 CROSS JOIN LATERAL (SELECT CASE WHEN w.execution_reason IS NOT NULL THEN w.execution_reason
                                 WHEN w.activity_id IS NULL AND pg_temp.roll(hashtext(w.organization_id::text || w.kind), 9, 100) < 2 THEN '机构调整' END AS reason) v
  LEFT JOIN received r ON (r.kind, r.organization_id) = (w.kind, w.organization_id) AND coalesce(r.activity_id, r.organization_id) = coalesce(w.activity_id, w.organization_id)
  LEFT JOIN (SELECT DISTINCT ON (e.organization_id, e.kind) e.organization_id, e.kind, e.due_at
               FROM extension e
              WHERE e.campaign_code = :'campaign' AND e.revoked_at IS NULL
              ORDER BY e.organization_id, e.kind, e.given_at DESC, e.id DESC) e ON (e.organization_id, e.kind) = (w.organization_id, w.kind);
INSERT INTO obligation_tally SELECT s.* FROM obligation_tally_recounted s WHERE s.campaign_code = :'campaign';

---------------------------------------------------------------------------------------------
-- What has gone to the nation: the nominated, but for a few.

WITH made AS (
	INSERT INTO forwarding (id, campaign_code, organization_id, ancestors, document_number, forwarded_on, forwarded_by, forwarded_by_name, without_ids)
	SELECT pg_temp.numbered(:'campaign', 'forwarding', 1), :'campaign', g.issuer_id, g.issuer_ancestors, '〔' || :'campaign' || '〕1号', g.today, g.account_id,
	       g.account_name, ARRAY(SELECT a.id FROM generated_work a WHERE a.resource = 'activity' AND a.status = 'nominated' ORDER BY a.id LIMIT 20)
	  FROM generated g
	RETURNING *
)
INSERT INTO forwarding_item (id, forwarding_id, campaign_code, organization_id, ancestors, organization_code, organization_name, activity_id, submission_id,
                             rank, reason, content, digest)
SELECT pg_temp.numbered(:'campaign', 'forwarding item', w.n), f.id, f.campaign_code, w.organization_id, w.ancestors, o.code, o.name, w.id, s.id, w.rank, '特色鲜明',
       s.content, s.digest
  FROM made f
 CROSS JOIN generated_work w
  JOIN organization o ON o.id = w.organization_id
  JOIN submission s ON (s.subject_id, s.number) = (w.id, w.submission_count)
 WHERE w.resource = 'activity' AND w.status = 'nominated' AND w.id <> ALL (f.without_ids);

\ir indexes_back.psql
DROP TABLE generated, generated_account, generated_recipient, generated_words, generated_work, generated_step, generated_standing;
RESET session_replication_role;
ANALYZE;
-- What a service that runs has in memory is no longer so.
SELECT pg_notify('sciday_public', t.name) FROM unnest('{organization,campaign,phase,module,recipient,activity,obligation}'::text[]) t (name) \g /dev/null
