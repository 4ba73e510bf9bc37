-- name: get_submission
SELECT body FROM submission_body WHERE id = :submission_id
