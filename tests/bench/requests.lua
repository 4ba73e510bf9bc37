-- wrk's requests, from a file: a line each, its columns apart by tabs: method, path, headers ("Name: value", apart by "\1"), body.
-- One after the other and again from the beginning. At the end a line of JSON.

local requests, at = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local named = {}
    for name, value in headers:gmatch("([^:\1]+): ([^\1]*)") do
      named[name] = value
    end
    requests[#requests + 1] = wrk.format(method, path, named, body ~= "" and body or nil)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"answers": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f}\n', summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
