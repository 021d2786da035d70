-- Looks at, or takes, the reservations of one call: all of them or none.
-- KEYS: for each reservation a hash (used, last, n) and a sorted set of hits by time.
-- ARGV: now, "reserve" or "look", then for each reservation its window, max and amount.
-- Amounts are whole numbers of 10^-18, longer than a double is exact, so sums are made by hand in limbs of 12 digits.
local LIMB = 1e12

local function read(text)
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

local now, taking = tonumber(ARGV[1]), ARGV[2] == "reserve"
local plans = {}

for i = 1, #KEYS / 2 do
  local counter, hits = KEYS[2 * i - 1], KEYS[2 * i]
  local window = tonumber(ARGV[3 * i])
  local max, amount = read(ARGV[3 * i + 1]), read(ARGV[3 * i + 2])
  local state = redis.call("HMGET", counter, "used", "last", "n")
  local used = read(state[1] or "0")
  local time = math.max(now, tonumber(state[2] or ARGV[1]))
  local gone = redis.call("ZRANGEBYSCORE", hits, "-inf", string.format("%.17g", time - window))
  for _, hit in ipairs(gone) do
    used = subtract(used, amount_of(hit))
  end
  local after = add(used, amount)
  if not at_most(after, max) then
    local leaving, left = "", used
    if at_most(amount, max) then
      local kept = redis.call("ZRANGE", hits, #gone, -1, "WITHSCORES")
      for j = 1, #kept, 2 do
        left = subtract(left, amount_of(kept[j]))
        if at_most(add(left, amount), max) then
          leaving = string.format("%.17g", tonumber(kept[j + 1]) + window - time)
          break
        end
      end
    end
    return {i, write(used), leaving}
  end
  plans[i] = {counter, hits, window, time, ARGV[3 * i + 2], tonumber(state[3] or 0), write(after)}
end

if taking then
  for _, plan in ipairs(plans) do
    local counter, hits, window, time, amount, n, after = unpack(plan)
    local written = string.format("%.17g", time)
    redis.call("ZREMRANGEBYSCORE", hits, "-inf", string.format("%.17g", time - window))
    redis.call("ZADD", hits, written, string.format("%016.0f:%s", n, amount))
    redis.call("HSET", counter, "used", after, "last", written, "n", n + 1, "window", window)
    redis.call("EXPIRE", counter, window + 60)
    redis.call("EXPIRE", hits, window + 60)
  end
end
return false
