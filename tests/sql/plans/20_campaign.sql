-- A campaign of the nation whose notice goes to everyone below it, and what they owe.
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, audiences, status, opened_at,
                      ancestors)
SELECT 'large', '全国活动', o.id, '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30',
       ARRAY[('science_workers', '科技工作者')]::coded_name[], 'open', now(), o.ancestors
  FROM organization o WHERE o.id = numbered('a', 0);
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES
	(uuid_v7(), 'large', 1, '第一阶段', '2021-05-10', '2021-05-25'), (uuid_v7(), 'large', 2, '第二阶段', '2021-05-26', '2021-06-30');
INSERT INTO module (id, campaign_code, ordinal, code, name) VALUES (uuid_v7(), 'large', 1, 'unity', '团结引领');
INSERT INTO recipient (id, campaign_code, organization_id, ancestors)
SELECT uuid_v7(), 'large', o.id, o.ancestors FROM organization o WHERE o.ancestors[2:] && ARRAY[numbered('a', 0)];
-- Half of the obligations are last year's: an index leads to a campaign's only where there is more than one.
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, status, opened_at, ancestors)
SELECT 'past', '去年的活动', c.issuer_id, '2020-05-10', '2020-06-30', '2020-05-12', '2020-05-12', '2020-06-30', 'open', now(), c.ancestors
  FROM campaign c WHERE c.code = 'large';
INSERT INTO obligation (id, campaign_code, organization_id, kind, required, due_at, effective_due_at, submitted, organization_kind,
                        counted_ancestors, ancestors)
SELECT uuid_v7(), c.code, o.id, k.kind, k.required, c.plan_due_at, c.plan_due_at, CASE k.kind WHEN 'highlights' THEN 0 END, o.kind, o.ancestors,
       o.ancestors
  FROM campaign c
  JOIN organization o ON c.issuer_id = ANY (o.ancestors[2:])
  JOIN (VALUES (0, 'plan', 1), (1, 'highlights', 3)) k (odd, kind, required) ON k.odd = o.ordinal % 2
 WHERE c.code IN ('large', 'past') AND (c.code = 'past') = (o.ordinal % 4 > 1);
INSERT INTO obligation_tally SELECT * FROM obligation_tally_recounted;
