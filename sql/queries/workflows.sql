-- name: get_workflows
SELECT body FROM workflows_body
