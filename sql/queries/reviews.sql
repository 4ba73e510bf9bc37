-- name: list_plan_reviews
SELECT r.body, r.reviewed_at, r.id
  FROM review_body r
 WHERE r.plan_id = :plan_id
   AND (r.reviewed_at, r.id) > (:after_reviewed_at, :after_id) --? after
 ORDER BY r.reviewed_at, r.id
 LIMIT :limit

-- name: list_activity_reviews
SELECT r.body, r.reviewed_at, r.id
  FROM review_body r
 WHERE r.activity_id = :activity_id
   AND check_history(:activity_id)
   AND (r.reviewed_at, r.id) > (:after_reviewed_at, :after_id) --? after
 ORDER BY r.reviewed_at, r.id
 LIMIT :limit
