-- name: get_labels
SELECT json_object_agg(v.vocabulary, v.labels ORDER BY v.vocabulary) AS body
  FROM (SELECT l.vocabulary, json_agg(json_build_object('code', l.code, 'zh', l.zh, 'en', l.en) ORDER BY l.ordinal) AS labels
          FROM label l
         GROUP BY l.vocabulary) v
