-- Of each organization below: most reviewers have few, and all that waits is much.
-- name: list_my_reviews
SELECT r.summary, r.submitted_at, r.id
  FROM review_waiting r
 WHERE r.organization_id = ANY (ARRAY(SELECT o.id FROM organization o WHERE o.ancestors && (SELECT caller_scope('reviewer'))))
   AND r.ancestors[2:] && (SELECT caller_scope('reviewer'))
   AND r.campaign_code = :campaign_code              --? campaign_code
   AND r.resource = ANY (:resource)                  --? resource
   AND (r.submitted_at, r.id) > (:after_submitted_at, :after_id) --? after
 ORDER BY r.submitted_at, r.id
 LIMIT :limit
