-- Looks at, or takes, the reservations of one call: all of them or none.
-- KEYS: what is known of the store; then for each reservation a hash (used, last, n, kept) and a sorted set of hits by time.
-- ARGV: a word to answer with, so that no other answer is taken for this one; now, or nothing for the server's own clock,
-- since those of the machines that ask may differ; "reserve" or "look"; as which store it is known to the caller, and up
-- to which reservation; a name should it be new; then for each reservation its window, max and amount.
-- Answers the word, the store's name, its last reservation, and what became of it.
-- Amounts are whole numbers of 10^-18, longer than a double is exact, so sums are made by hand in limbs of 12 digits.
local LIMB = 1e12

-- Reservations that a store is ahead of all callers, once it was found to be behind one of them.
local AHEAD = 1e9

local function checked(text, pattern)
  if not string.match(text, pattern) then error("there is something else than a number") end
  return text
end

local function time_of(text)
  return tonumber(checked(text, "^%d+%.?%d*$"))
end

local function spelled(time)
  return string.format("%.17g", time)
end

local function read(text)
  checked(text, "^%d+$")
  local number = {}
  for last = #text, 1, -12 do
    number[#number + 1] = tonumber(string.sub(text, math.max(1, last - 11), last))
  end
  return number
end

local function write(number)
  local text = {}
  for i = #number, 1, -1 do
    text[#text + 1] = string.format("%012.0f", number[i])
  end
  return table.concat(text)
end

local function add(a, b)
  local sum, carry = {}, 0
  for i = 1, math.max(#a, #b) do
    local limb = (a[i] or 0) + (b[i] or 0) + carry
    carry = limb >= LIMB and 1 or 0
    sum[i] = limb - carry * LIMB
  end
  if carry > 0 then sum[#sum + 1] = carry end
  return sum
end

local function subtract(a, b)
  local rest, borrow = {}, 0
  for i = 1, #a do
    local limb = a[i] - (b[i] or 0) - borrow
    borrow = limb < 0 and 1 or 0
    rest[i] = limb + borrow * LIMB
  end
  return rest
end

local function at_most(a, b)
  for i = math.max(#a, #b), 1, -1 do
    local x, y = a[i] or 0, b[i] or 0
    if x ~= y then return x < y end
  end
  return true
end

local function amount_of(hit)
  return read(string.match(hit, ":(%d+)$"))
end

local word, now, taking = ARGV[1], tonumber(ARGV[2]), ARGV[3] == "reserve"
local known, seen, store = ARGV[4], tonumber(ARGV[5]), KEYS[1]
if not now then
  if redis.replicate_commands then redis.replicate_commands() end
  local time = redis.call("TIME")
  now = tonumber(time[1]) + tonumber(time[2]) / 1e6
end

-- A store that has lost what it had counted, or some of it, gives nothing away until all of that would have left its window.
local id, seq, born, lost = unpack(redis.call("HMGET", store, "id", "seq", "born", "lost"))
if not id then
  id, seq, born = ARGV[6], "0", spelled(now)
  redis.call("HSET", store, "id", id, "seq", seq, "born", born)
end
seq = tonumber(checked(seq, "^%d+$"))
if known ~= "" and known ~= id and not lost then
  lost = born
  redis.call("HSET", store, "lost", lost)
elseif known == id and seq < seen then
  lost, seq = spelled(now), seen + AHEAD
  redis.call("HSET", store, "lost", lost, "seq", string.format("%.0f", seq))
end

local plans = {}
for i = 1, (#KEYS - 1) / 2 do
  local counter, hits = KEYS[2 * i], KEYS[2 * i + 1]
  local window = tonumber(ARGV[3 * i + 4])
  local max, amount = read(ARGV[3 * i + 5]), read(ARGV[3 * i + 6])
  local state = redis.call("HMGET", counter, "used", "last", "n", "kept")
  local kept = redis.call("ZCARD", hits)
  if (state[1] and state[4] or not state[1]) and tonumber(state[4] or 0) ~= kept then
    error("hits of a counter are missing")
  end
  local used = read(state[1] or "0")
  local time = math.max(now, state[2] and time_of(state[2]) or now)
  if lost and now < time_of(lost) + window then
    return {word, id, seq, "lost", spelled(time_of(lost) + window - now)}
  end
  local gone = redis.call("ZRANGEBYSCORE", hits, "-inf", spelled(time - window))
  for _, hit in ipairs(gone) do
    used = subtract(used, amount_of(hit))
  end
  local after = add(used, amount)
  if not at_most(after, max) then
    local leaving, left = "", used
    if at_most(amount, max) then
      local rest = redis.call("ZRANGE", hits, #gone, -1, "WITHSCORES")
      for j = 1, #rest, 2 do
        left = subtract(left, amount_of(rest[j]))
        if at_most(add(left, amount), max) then
          leaving = spelled(tonumber(rest[j + 1]) + window - time)
          break
        end
      end
    end
    return {word, id, seq, "full", i, write(used), leaving}
  end
  local n = checked(state[3] or "0", "^%d+$")
  plans[i] = {counter, hits, window, time, ARGV[3 * i + 6], n, write(after), kept - #gone + 1}
end

if taking then
  seq = redis.call("HINCRBY", store, "seq", 1)
  for _, plan in ipairs(plans) do
    local counter, hits, window, time, amount, n, after, kept = unpack(plan)
    redis.call("ZREMRANGEBYSCORE", hits, "-inf", spelled(time - window))
    redis.call("ZADD", hits, spelled(time), string.format("%016.0f:%s", n, amount))
    redis.call("HSET", counter, "used", after, "last", spelled(time), "n", n + 1, "window", window, "kept", kept)
    redis.call("EXPIRE", counter, window + 60)
    redis.call("EXPIRE", hits, window + 60)
  end
end
return {word, id, seq, "room"}
