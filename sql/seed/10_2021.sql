-- 江苏省2021年“全国科技工作者日”活动: the organizations of the notice (苏科协发〔2021〕55号), the campaign with its
-- phases, modules and recipients, opened, and the province's own programme. Run again it changes nothing.

INSERT INTO organization (id, code, kind, name, short_name, ordinal) VALUES
	(uuid_v7(), 'jiangsu', 'provincial_association', '江苏省科学技术协会', '省科协', 1),
	(uuid_v7(), 'partner-propaganda', 'partner', '江苏省委宣传部', '省委宣传部', 2),
	(uuid_v7(), 'partner-science', 'partner', '江苏省科技厅', '省科技厅', 3),
	(uuid_v7(), 'partner-cas-nanjing', 'partner', '中科院南京分院', '中科院南京分院', 4),
	(uuid_v7(), 'partner-defense', 'partner', '江苏省国防科工办', '省国防科工办', 5),
	(uuid_v7(), 'partner-jiangyin', 'partner', '江阴市政府', '江阴市政府', 6)
ON CONFLICT (code) DO NOTHING;

INSERT INTO organization (id, code, kind, name, short_name, ordinal, parent_id)
SELECT uuid_v7(), o.code, o.kind, o.name, o.short_name, o.ordinal, p.id
  FROM organization p
 CROSS JOIN (VALUES
	(1, 'jiangsu-office', 'department', '江苏省科协办公室', '办公室'),
	(2, 'jiangsu-personnel', 'department', '江苏省科协组织人事部', '组织人事部'),
	(3, 'jiangsu-publicity', 'department', '江苏省科协调研宣传部', '调研宣传部'),
	(4, 'jiangsu-popularization', 'department', '江苏省科协科学技术普及部', '科学技术普及部'),
	(5, 'jiangsu-societies', 'department', '江苏省科协学会学术部', '学会学术部'),
	(6, 'jiangsu-international', 'department', '江苏省科协国际联络部', '国际联络部'),
	(7, 'jiangsu-finance', 'department', '江苏省科协计划财务部', '计划财务部'),
	(8, 'jiangsu-service-center', 'affiliated_institution', '江苏省科普服务中心', '省科普服务中心'),
	(9, 'jiangsu-media-center', 'affiliated_institution', '江苏省科学传播中心', '省科学传播中心'),
	(10, '320100', 'city_association', '南京市科学技术协会', '南京市科协'),
	(11, '320200', 'city_association', '无锡市科学技术协会', '无锡市科协'),
	(12, '320300', 'city_association', '徐州市科学技术协会', '徐州市科协'),
	(13, '320400', 'city_association', '常州市科学技术协会', '常州市科协'),
	(14, '320500', 'city_association', '苏州市科学技术协会', '苏州市科协'),
	(15, '320600', 'city_association', '南通市科学技术协会', '南通市科协'),
	(16, '320700', 'city_association', '连云港市科学技术协会', '连云港市科协'),
	(17, '320800', 'city_association', '淮安市科学技术协会', '淮安市科协'),
	(18, '320900', 'city_association', '盐城市科学技术协会', '盐城市科协'),
	(19, '321000', 'city_association', '扬州市科学技术协会', '扬州市科协'),
	(20, '321100', 'city_association', '镇江市科学技术协会', '镇江市科协'),
	(21, '321200', 'city_association', '泰州市科学技术协会', '泰州市科协'),
	(22, '321300', 'city_association', '宿迁市科学技术协会', '宿迁市科协')
  ) o (ordinal, code, kind, name, short_name)
 WHERE p.code = 'jiangsu'
 ORDER BY o.ordinal
ON CONFLICT (code) DO NOTHING;

DO $seed$
BEGIN
	IF EXISTS (SELECT FROM campaign WHERE code = '2021') THEN
		RETURN;
	END IF;

	INSERT INTO campaign (code, title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, time_zone,
	                      starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights,
	                      highlight_text_limit, highlight_text_limit_strict, modules_open, late_submissions, national_platform,
	                      audiences, award_categories)
	SELECT '2021', '江苏省2021年“全国科技工作者日”活动', '众心向党，自立自强', 5, '2021-05-30', '苏科协发〔2021〕55号', o.id, '2021-05-08', '2021-05-10',
	       'Asia/Shanghai', '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30', 3, 500,
	       false, true, 'accepted', ('科技工作者之家', 'https://www.scimall.org.cn/')::national_platform,
	       ARRAY[('association_staff', '科协系统干部'), ('science_workers', '科技工作者'), ('overseas_peers', '海外同行')]::coded_name[],
	       ARRAY[('excellent_organizer', '全国优秀组织单位'), ('active_contributor', '全国积极贡献单位')]::coded_name[]
	  FROM organization o
	 WHERE o.code = 'jiangsu';

	INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on, focus) VALUES
		(uuid_v7(), '2021', 1, '第一阶段', '2021-05-10', '2021-05-25', '迎接中国科协十大、宣传省科协十大'),
		(uuid_v7(), '2021', 2, '第二阶段', '2021-05-26', '2021-06-05', '中国科协十大召开'),
		(uuid_v7(), '2021', 3, '第三阶段', '2021-06-06', '2021-06-30', '迎接建党百年');

	INSERT INTO module (id, campaign_code, ordinal, code, name, focus) VALUES
		(uuid_v7(), '2021', 1, 'unity', '团结引领', '庆祝建党百年，弘扬科学家精神'),
		(uuid_v7(), '2021', 2, 'home', '建家办事', '建设“科技工作者之家”'),
		(uuid_v7(), '2021', 3, 'service', '为民服务', '科技志愿服务，面向基层'),
		(uuid_v7(), '2021', 4, 'openness', '开放合作', '人才交流，国际合作'),
		(uuid_v7(), '2021', 5, 'recognition', '表彰发布', '奖项表彰，托举工程，典型宣传');

	-- 主送: every organization of these kinds below the issuer.
	INSERT INTO recipient (id, campaign_code, organization_id)
	SELECT uuid_v7(), c.code, o.id
	  FROM campaign c
	  JOIN organization o ON c.issuer_id = ANY (o.ancestors[2:])
	 WHERE c.code = '2021' AND o.is_active
	   AND o.kind IN ('city_association', 'society', 'university_association', 'department', 'affiliated_institution')
	 ORDER BY o.path_ordinal;

	UPDATE campaign SET status = 'open', opened_at = now() WHERE code = '2021';

	INSERT INTO activity (id, campaign_code, organization_id, kind, status, modules, ordinal, title, location, responsible_ids, partner_ids, targets)
	SELECT uuid_v7(), c.code, c.issuer_id, 'programme', 'published', ARRAY[p.module], p.ordinal, p.title, p.location,
	       ARRAY(SELECT o.id FROM unnest(p.responsible) WITH ORDINALITY n (code, at) JOIN organization o USING (code) ORDER BY n.at),
	       ARRAY(SELECT o.id FROM unnest(p.partners) WITH ORDINALITY n (code, at) JOIN organization o USING (code) ORDER BY n.at),
	       p.targets
	  FROM campaign c
	 CROSS JOIN (VALUES
		('unity', 1, '“百年回望：中国共产党领导科技发展”科普宣传活动', NULL,
		 '{jiangsu-popularization}'::text[], '{partner-propaganda,partner-science,partner-cas-nanjing}'::text[], '{}'::target[]),
		('unity', 2, '2021年“最美科技工作者”学习宣传活动', NULL,
		 '{jiangsu-publicity}'::text[], '{partner-propaganda,partner-science,partner-cas-nanjing,partner-defense}'::text[], '{}'::target[]),
		('unity', 3, '“建设有温度的科技工作者之家”行动', NULL,
		 '{jiangsu-personnel}'::text[], '{}'::text[], ARRAY[(NULL, '专题研修班批次', '批', 2, false), (NULL, '培训青年科技人才', '名', 100, true), (NULL, '高层次人才休养考察批次', '批', 3, false), (NULL, '休养考察院士专家', '名', 30, true)]::target[]),
		('unity', 4, '省科协十大代表座谈会', NULL,
		 '{jiangsu-office}'::text[], '{}'::text[], '{}'::target[]),
		('unity', 5, '走访慰问科技工作者代表', NULL,
		 '{jiangsu-personnel}'::text[], '{}'::text[], '{}'::target[]),
		('home', 1, '探索建设科学家精神宣传教育基地', '苏州市',
		 '{jiangsu-publicity}'::text[], '{}'::text[], ARRAY[(NULL, '调研故居', '处', 2, false)]::target[]),
		('home', 2, '成立省海外创新创业人才联盟', NULL,
		 '{jiangsu-international}'::text[], '{}'::text[], '{}'::target[]),
		('home', 3, '引领省级学会建设有温度的会员之家', NULL,
		 '{jiangsu-societies}'::text[], '{}'::text[], '{}'::target[]),
		('home', 4, '打造科技志愿者服务之家', NULL,
		 '{jiangsu-popularization}'::text[], '{}'::text[], ARRAY[(NULL, '科技志愿服务培训班', '期', 1, false)]::target[]),
		('service', 1, '院士专家基层科普联合行动', NULL,
		 '{jiangsu-popularization,jiangsu-service-center}'::text[], '{}'::text[], ARRAY[(NULL, '联合行动', '项', 4, false)]::target[]),
		('service', 2, '科技服务人民健康活动', NULL,
		 '{jiangsu-societies}'::text[], '{}'::text[], '{}'::target[]),
		('service', 3, '贫困帮扶项目', '泗洪县归仁镇沙庄村',
		 '{jiangsu-finance}'::text[], '{}'::text[], '{}'::target[]),
		('service', 4, '科创江苏服务江阴行动', '江阴市',
		 '{jiangsu-societies}'::text[], '{partner-jiangyin}'::text[], ARRAY[(NULL, '签订服务协议', '份', 1, false)]::target[]),
		('openness', 1, '世界绿色设计大会江苏峰会暨绿色技术与投资国际论坛', NULL,
		 '{jiangsu-international}'::text[], '{}'::text[], ARRAY[(NULL, '分论坛', '个', 4, false)]::target[]),
		('openness', 2, '江苏科创产品展', NULL,
		 '{jiangsu-popularization}'::text[], '{}'::text[], '{}'::target[]),
		('openness', 3, '中欧新冠疫苗及免疫保护研讨会', NULL,
		 '{jiangsu-international}'::text[], '{}'::text[], '{}'::target[]),
		('recognition', 1, '江苏省科协青年科技人才托举工程', NULL,
		 '{jiangsu-personnel}'::text[], '{}'::text[], ARRAY[(NULL, '资助青年科技人才', '名', 100, false)]::target[]),
		('recognition', 2, '“奋斗者”号全海深载人潜水器1:1模型制作及展示', NULL,
		 '{jiangsu-publicity}'::text[], '{}'::text[], ARRAY[(NULL, '1:1模型', '个', 1, false)]::target[]),
		('recognition', 3, '科学家精神系列专题片', NULL,
		 '{jiangsu-media-center}'::text[], '{}'::text[], ARRAY[(NULL, '院士风采专题片', '集', 7, false), (NULL, '青年科技工作者专题片', '集', 5, false)]::target[]),
		('recognition', 4, '优秀科技志愿服务典型宣传', NULL,
		 '{jiangsu-popularization}'::text[], '{}'::text[], ARRAY[(NULL, '全国典型项目', '个', 2, false), (NULL, '科技志愿者', '名', 10, false), (NULL, '科技志愿服务队', '支', 10, false), (NULL, '科技志愿服务项目', '个', 10, false), (NULL, '科技志愿服务点', '个', 10, false)]::target[])
	  ) p (module, ordinal, title, location, responsible, partners, targets)
	 WHERE c.code = '2021';

	INSERT INTO activity (id, campaign_code, organization_id, kind, status, ordinal, title, time_note)
	SELECT uuid_v7(), c.code, c.issuer_id, 'event', 'published', e.ordinal, e.title, '与2021年全国科技活动周、江苏省第三十三届科普宣传周共同举行'
	  FROM campaign c
	 CROSS JOIN (VALUES (1, '启动仪式'), (2, '主场活动')) e (ordinal, title)
	 WHERE c.code = '2021';
END
$seed$;
