-- Of each organization below: most reviewers have few, and all that waits is much. It is chosen by indexes alone, and only
-- what is shown is looked at.
-- name: list_my_reviews
SELECT (SELECT w.summary FROM review_waiting w WHERE (w.resource, w.id) = (r.resource, r.id)) AS summary, r.submitted_at, r.id
  FROM subject_life r
 WHERE r.status IN ('submitted', 'under_review')
   AND r.organization_id = ANY (ARRAY(SELECT o.id FROM organization o WHERE o.ancestors && (SELECT caller_scope('reviewer'))))
   AND r.ancestors[2:] && (SELECT caller_scope('reviewer'))
   AND r.campaign_code = :campaign_code              --? campaign_code
   AND r.resource = ANY (:resource)                  --? resource
   AND (r.submitted_at, r.id) > (:after_submitted_at, :after_id) --? after
 ORDER BY r.submitted_at, r.id
 LIMIT :limit
