-- What every unit begins and ends with; see src/operation/operation.c.

-- helper: identify
SELECT identify(:caller, :session, :submitter, :reviewer, :observer, :administrator, :request_id)

-- helper: identify_afresh
SELECT identify_afresh(:session, :caller, :request_id, :operation, :address_class)

-- helper: caller_scopes
SELECT submitter, reviewer, observer, administrator FROM caller_scopes(:session, :caller)

-- helper: claim_idempotency_key
SELECT claim_idempotency_key(:caller, :idempotency_key, :operation, :request_digest)

-- helper: kept_answer
SELECT k.status, k.body, k.version, k.location
  FROM idempotency_key k
 WHERE k.caller = :caller AND k.key = :idempotency_key AND k.status IS NOT NULL

-- helper: link_revocations
SELECT link_revocations(:resource_id, :caller) AS revocations

-- Whoever made a link, unless links to the thing have been revoked since.
-- helper: link_scopes
SELECT s.submitter, s.reviewer, s.observer, s.administrator
  FROM caller_scopes(:session, :caller) s
 WHERE link_revocations(:resource_id, :caller) = :revocations
