-- name: list_audit_entries
SELECT e.body, e.changed_at, e.number
  FROM audit_entry_body e
 WHERE true
   AND e.resource = :resource                                                         --? resource
   AND e.resource_id = :resource_id                                                   --? resource_id
   AND e.change = :change                                                             --? change
   AND e.operation = :operation_id                                                    --? operation_id
   AND e.request_id = :request                                                        --? request
   AND e.changed_by = :changed_by                                                     --? changed_by
   AND e.place[1] = :organization_id                                                  --? organization_id
   AND e.place @> ARRAY[:within::uuid]                                                --? within
   AND e.changed_at >= :changed_at_gte                                                --? changed_at_gte
   AND e.changed_at < :changed_at_lt                                                  --? changed_at_lt
   AND (e.changed_at, e.number) < (:after_changed_at, :after_number)                  --? after
 ORDER BY e.changed_at DESC, e.number DESC
 LIMIT :limit
