/^tags:$/a\
  - { name: venues, description: 活动场地 · Venues of activities }
/^paths:$/a\
  /v1/venues: { $ref: 'openapi/venues.yaml#/paths/~1v1~1venues' }\
  /v1/venues/{venue_id}: { $ref: 'openapi/venues.yaml#/paths/~1v1~1venues~1{venue_id}' }\
  /v1/venues/{venue_id}/close: { $ref: 'openapi/venues.yaml#/paths/~1v1~1venues~1{venue_id}~1close' }
