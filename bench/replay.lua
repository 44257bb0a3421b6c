-- Replay the requests of a file, each once. Every answer must be 200 with TwiML. All requests have one length.
--   wrk ... -s replay.lua http://127.0.0.1:PORT -- FILE LENGTH

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  file = assert(io.open(args[1], "rb"))
  length = tonumber(args[2])
  bad, rewound = 0, 0
end

function request()
  local raw = file:read(length)
  if raw == nil then
    rewound = rewound + 1
    file:seek("set")
    raw = file:read(length)
  end
  return raw
end

function response(status, headers, body)
  if status ~= 200 or not body:find("<Gather", 1, true) then
    bad = bad + 1
  end
end

function done(summary, latency, requests)
  local bad, rewound = 0, 0
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("bad")
    rewound = rewound + thread:get("rewound")
  end
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"microseconds":%d,"bad":%d,"rewound":%d,"not_2xx":%d,"broken":%d,"timed_out":%d,' ..
    '"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, summary.duration, bad, rewound, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
