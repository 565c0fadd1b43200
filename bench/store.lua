-- SPDX-License-Identifier: BSD-3-Clause
-- Copyright The libbyteport authors
-- Small readings for wrk, each with a time of its own; at the end, one JSON object. Arguments: NAMESPACE KEY.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  namespace, key, count = args[1], args[2], 0
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  count = count + 1
  local path = string.format("/api/v1/timeseries/%s/cart-%d-%d/", namespace, id, count % 8)
  local stamp = string.format("%d.%06d", 1410613385 + math.floor(count / 1000000), count % 1000000)
  local body = string.format("_key=%s&_ts=%s&number=%d&temp=20.25&state=rolling", key, stamp, count)
  return wrk.format("POST", path, nil, body)
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"calls": %d, "microseconds": %d, "failed": %d}\n',
    summary.requests, summary.duration, failed))
end
