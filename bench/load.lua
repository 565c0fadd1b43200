-- SPDX-License-Identifier: BSD-3-Clause
-- Copyright The libbyteport authors
-- The same GET again and again for wrk, with a session; at the end, one JSON object. Arguments: COOKIE.
function init(args)
  wrk.headers["Cookie"] = args[1]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"calls": %d, "microseconds": %d, "bytes": %d, "failed": %d}\n',
    summary.requests, summary.duration, summary.bytes, failed))
end
