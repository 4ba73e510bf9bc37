-- name: get_labels
SELECT json_object_agg(v.vocabulary, v.labels ORDER BY v.vocabulary) AS body
  FROM (SELECT l.vocabulary, json_agg(json_build_object('code', l.code, 'zh', l.zh, 'en', l.en) ORDER BY l.ordinal) AS labels
          FROM label l
         GROUP BY l.vocabulary) v

-- The words for the codes of a table: everyone's, and under a campaign its own.
-- helper: table_labels
SELECT l.vocabulary, l.code, l.zh, l.en
  FROM (SELECT vocabulary, code, zh, en FROM label
         UNION ALL SELECT 'module', m.code, m.name, m.name FROM module m WHERE m.campaign_code = :campaign_code                           --? campaign_code
         UNION ALL SELECT 'phase', p.ordinal::text, p.name, p.name FROM phase p WHERE p.campaign_code = :campaign_code                    --? campaign_code
         UNION ALL SELECT 'audience', a.code, a.name, a.name FROM campaign c, unnest(c.audiences) a WHERE c.code = :campaign_code         --? campaign_code
         UNION ALL SELECT 'award_category', k.code, k.name, k.name FROM campaign c, unnest(c.award_categories) k WHERE c.code = :campaign_code --? campaign_code
       ) l
 ORDER BY l.vocabulary COLLATE "C", l.code COLLATE "C"
