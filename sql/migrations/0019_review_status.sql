-- The states that a history goes from and to: those of plans, activities and reports, and whether an activity takes place.
INSERT INTO label (vocabulary, code, ordinal, zh, en)
SELECT 'review_status', l.code, row_number() OVER (ORDER BY l.vocabulary, l.ordinal), l.zh, l.en
  FROM label l
 WHERE l.vocabulary IN ('activity_status', 'execution');
