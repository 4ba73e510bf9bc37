-- 示例 · A small demo on top of the 2021 campaign: plans and highlights of three cities in different states, as they
-- might have stood in May 2021. All of it is marked 示例. Run again it changes nothing.

-- One step of a plan or a highlight, as its statement would do it, but at a time of the past.
CREATE FUNCTION pg_temp.demo_step(subject text, subject_id uuid, step text, by_user uuid, at timestamptz,
                                  words text DEFAULT NULL, rank integer DEFAULT NULL, field_comments jsonb DEFAULT '[]',
                                  correction_due_at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	before text;
	after text;
BEGIN
	EXECUTE format('SELECT status FROM %I WHERE id = $1', subject) INTO before USING subject_id;
	SELECT t.to_status INTO STRICT after
	  FROM transition t
	 WHERE t.resource = subject AND coalesce(t.kind, 'highlight') = 'highlight' AND t.action = step AND t.from_status = before;
	IF subject = 'plan' THEN
		UPDATE plan p
		   SET status = after,
		       submission_count = p.submission_count + (step = 'submit')::integer,
		       submitted_at = CASE WHEN step = 'submit' THEN at ELSE p.submitted_at END
		 WHERE p.id = subject_id;
	ELSE
		UPDATE activity a
		   SET status = after,
		       correction_due_at = demo_step.correction_due_at,
		       submission_count = a.submission_count + (step = 'submit')::integer,
		       submitted_at = CASE WHEN step = 'submit' THEN at ELSE a.submitted_at END,
		       nomination_rank = rank,
		       nomination_reason = CASE WHEN step = 'nominate' THEN words END
		 WHERE a.id = subject_id;
	END IF;
	IF step = 'submit' THEN
		INSERT INTO submission (subject_id, number, submitted_by, submitted_at, content)
		SELECT l.id, l.submission_count, by_user, at, l.content FROM subject_life l WHERE l.id = demo_step.subject_id;
	END IF;
	INSERT INTO review (subject_id, action, from_status, to_status, comment, field_comments, correction_due_at, rank, reason, by_user, reviewed_at)
	SELECT demo_step.subject_id, step, before, after, CASE WHEN step <> 'nominate' THEN words END, field_comments, correction_due_at, rank,
	       CASE WHEN step = 'nominate' THEN words END, by_user, at;
END
$$;

-- One after the other, from the morning after the notice was printed.
CREATE SEQUENCE pg_temp.demo_beginnings;
CREATE FUNCTION pg_temp.demo_begun() RETURNS timestamptz
LANGUAGE sql
RETURN '2021-05-11 09:00+08'::timestamptz + nextval('pg_temp.demo_beginnings') * interval '10 minutes';

-- A highlight on the whole preparation form; the one of these that is left a draft lacks what a draft may lack.
CREATE FUNCTION pg_temp.demo_highlight(city text, words text, module text, from_day date, to_day date, place text) RETURNS uuid
LANGUAGE sql
AS $$
INSERT INTO activity (id, campaign_code, organization_id, kind, host_name, title, modules, organizer_name, starts_on, ends_on, time_note,
                      location, audiences, expected_participants, scale_note, contact, mailing_address, proposal, created_at)
SELECT uuid_v7(), '2021', o.id, 'highlight', o.name, words || '（示例）', ARRAY[module], '市科技馆、市科普促进会', from_day, to_day, '上午9时',
       place, '{science_workers,association_staff}', 300, '线下300人，线上直播',
       ('示例联系人', '025-00000000', '13800000000', NULL, 'demo@example.org')::activity_contact, '示例市示例路1号（邮编000000）',
       ('围绕“众心向党，自立自强”主题，服务科技工作者。', '组织科技志愿者进社区、进学校、进企业。', '科技工作者代表和市民。',
        '弘扬科学家精神', '上午开幕，下午分会场同步举行。', '参与人数不少于300人，媒体报道不少于5篇。')::proposal,
       pg_temp.demo_begun()
  FROM organization o
 WHERE o.code = city
RETURNING id
$$;

CREATE FUNCTION pg_temp.demo_plan(city text) RETURNS uuid
LANGUAGE sql
AS $$
INSERT INTO plan (id, campaign_code, organization_id, title, text, created_at)
SELECT uuid_v7(), '2021', o.id, o.short_name || '2021年“全国科技工作者日”活动工作方案（示例）',
       '一、指导思想：以建党百年为主线，团结引领广大科技工作者。' || E'\n' || '二、活动安排：三个阶段各举办一项特色亮点活动。' || E'\n' || '三、组织保障：成立领导小组，落实经费。',
       pg_temp.demo_begun()
  FROM organization o
 WHERE o.code = city
RETURNING id
$$;

CREATE FUNCTION pg_temp.demo_account(sign_in text, shown text) RETURNS uuid
LANGUAGE sql
AS $$
INSERT INTO account (id, kind, username, name, is_active) VALUES (uuid_v7(), 'user', sign_in, shown, false)
RETURNING id
$$;

DO $seed$
DECLARE
	nanjing uuid;
	suzhou uuid;
	province uuid;
	subject uuid;
BEGIN
	IF EXISTS (SELECT FROM account WHERE username = 'demo-province') THEN
		RETURN;
	END IF;
	-- Who did it: names in the history, without passwords, with which nobody can sign in.
	nanjing := pg_temp.demo_account('demo-nanjing', '南京市科协经办人（示例）');
	suzhou := pg_temp.demo_account('demo-suzhou', '苏州市科协经办人（示例）');
	province := pg_temp.demo_account('demo-province', '省科协经办人（示例）');

	-- 南京: handed in everything in time; the first of its highlights is nominated.
	subject := pg_temp.demo_plan('320100');
	PERFORM pg_temp.demo_step('plan', subject, 'submit', nanjing, '2021-05-11 15:20+08'),
	        pg_temp.demo_step('plan', subject, 'start_review', province, '2021-05-13 09:05+08'),
	        pg_temp.demo_step('plan', subject, 'accept', province, '2021-05-13 10:30+08', '方案完整，安排得当。');
	subject := pg_temp.demo_highlight('320100', '紫金山科学家精神宣讲', 'unity', '2021-05-18', '2021-05-20', '南京市紫金山天文台');
	PERFORM pg_temp.demo_step('activity', subject, 'submit', nanjing, '2021-05-11 15:40+08'),
	        pg_temp.demo_step('activity', subject, 'accept', province, '2021-05-13 11:00+08'),
	        pg_temp.demo_step('activity', subject, 'nominate', province, '2021-05-14 16:00+08', '主题突出，可推广。', 1);
	subject := pg_temp.demo_highlight('320100', '科技工作者之家开放日', 'home', '2021-05-30', '2021-05-30', '南京科技馆');
	PERFORM pg_temp.demo_step('activity', subject, 'submit', nanjing, '2021-05-11 15:55+08'),
	        pg_temp.demo_step('activity', subject, 'accept', province, '2021-05-13 11:10+08');
	subject := pg_temp.demo_highlight('320100', '科技志愿服务进社区', 'service', '2021-06-12', '2021-06-13', '南京市建邺区');
	PERFORM pg_temp.demo_step('activity', subject, 'submit', nanjing, '2021-05-12 23:30+08'),
	        pg_temp.demo_step('activity', subject, 'start_review', province, '2021-05-13 11:20+08');

	-- 苏州: the plan was late; one highlight has come back, one waits.
	subject := pg_temp.demo_plan('320500');
	PERFORM pg_temp.demo_step('plan', subject, 'submit', suzhou, '2021-05-13 08:50+08');
	subject := pg_temp.demo_highlight('320500', '院士专家校园行', 'unity', '2021-05-22', '2021-05-23', '苏州大学');
	PERFORM pg_temp.demo_step('activity', subject, 'submit', suzhou, '2021-05-12 17:10+08'),
	        pg_temp.demo_step('activity', subject, 'start_review', province, '2021-05-14 09:00+08'),
	        pg_temp.demo_step('activity', subject, 'return', province, '2021-05-14 09:30+08', '请补充院士专家名单，并明确活动规模。', NULL,
	                          '[{"pointer": "/proposal/people", "comment": "请写明院士专家姓名。"}]', '2021-05-17 18:00+08');
	subject := pg_temp.demo_highlight('320500', '长三角青年科学家论坛', 'openness', '2021-06-01', '2021-06-02', '苏州国际博览中心');
	PERFORM pg_temp.demo_step('activity', subject, 'submit', suzhou, '2021-05-12 17:25+08');

	-- Its plan's deadline was put off the day after, so that it is in time after all; and what is nominated has gone out.
	INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by, given_at)
	SELECT '2021', o.id, 'plan', '2021-05-15 00:00+08', '因防汛值守延期（示例）', province, '2021-05-13 10:00+08' FROM organization o WHERE o.code = '320500';
	INSERT INTO forwarding (id, campaign_code, document_number, forwarded_on, forwarded_by, created_at)
	VALUES (uuid_v7(), '2021', '示例〔2021〕1号', '2021-05-17', province, '2021-05-17 09:30+08');

	-- 无锡: still writing.
	PERFORM pg_temp.demo_plan('320200');
	subject := pg_temp.demo_highlight('320200', '物联网科普嘉年华', 'service', '2021-06-19', '2021-06-20', '无锡市太湖国际博览中心');
	UPDATE activity SET contact = NULL, mailing_address = NULL WHERE id = subject;
END
$seed$;
