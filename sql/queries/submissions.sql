-- name: list_plan_submissions
SELECT s.summary, s.number, s.id
  FROM submission_summary s
 WHERE s.plan_id = :plan_id
   AND (s.number, s.id) > (:after_number, :after_id) --? after
 ORDER BY s.number, s.id
 LIMIT :limit

-- name: list_activity_submissions
SELECT s.summary, s.number, s.id
  FROM submission_summary s
 WHERE s.activity_id = :activity_id
   AND check_history(:activity_id)
   AND (s.number, s.id) > (:after_number, :after_id) --? after
 ORDER BY s.number, s.id
 LIMIT :limit

-- name: get_submission
SELECT body FROM submission_body WHERE id = :submission_id
