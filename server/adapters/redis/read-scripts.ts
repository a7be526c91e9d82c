// How the log is read, inside Redis: each answer is of one moment.
import { EPOCH } from './epoch-script.ts'
import { script } from './lines/script.ts'

/** Lua gives a function no more than some thousand arguments. */
const MANY = `
local function many(key, fields)
  local values = {}
  for from = 1, #fields, 1000 do
    local some = redis.call('HMGET', key, unpack(fields, from, math.min(from + 999, #fields)))
    for index = 1, #some do
      values[from + index - 1] = some[index]
    end
  end
  return values
end`

const reading = { repeatable: true }

/** KEYS: meta. Answers with the epoch and the last offset. */
export const END_SCRIPT = script([EPOCH, 'return { epoch, text(last) }'], reading)

/** KEYS: meta, events. ARGV: an epoch, the epoch that is asked about, the offset after which, and at most how many events and bytes. */
export const SINCE_SCRIPT = script(
  [
    EPOCH,
    MANY,
    `
local after = tonumber(ARGV[3])
if ARGV[2] ~= epoch or after > last or last - after > tonumber(ARGV[4]) or after + 1 < tonumber(meta[5] or 1) then
  return 'gap'
end
local offsets = {}
for offset = after + 1, last do
  table.insert(offsets, text(offset))
end
local bytes = tonumber(ARGV[5])
for index = 1, bytes and #offsets or 0 do
  bytes = bytes - redis.call('HSTRLEN', KEYS[2], offsets[index])
  if bytes < 0 then
    return 'gap'
  end
end
local events = many(KEYS[2], offsets)
for index = 1, #offsets do
  if not events[index] then
    return 'gap'
  end
end
return events`,
  ],
  reading,
)

/**
 * KEYS: meta, index, messages. ARGV: an epoch, whether the oldest come first, from which and up to which id, and at most how many.
 * Answers with the epoch, the last offset, the ids, and the messages.
 */
export const PAGE_SCRIPT = script(
  [
    EPOCH,
    MANY,
    `
local oldestFirst, from, upto, count = ARGV[2] == '1', ARGV[3], ARGV[4], ARGV[5]
local entries
if oldestFirst then
  entries = redis.call('XRANGE', KEYS[2], from, upto, 'COUNT', count)
else
  entries = redis.call('XREVRANGE', KEYS[2], upto, from, 'COUNT', count)
end
local ids = {}
for _, entry in ipairs(entries) do
  table.insert(ids, string.match(entry[1], '^%d+'))
end
return { epoch, text(last), ids, many(KEYS[3], ids) }`,
  ],
  reading,
)

/** KEYS: pins, messages. ARGV: the bound to begin at, and at most how many. Answers with the ids, newest first, and the messages. */
export const PINS_SCRIPT = script(
  [
    MANY,
    `
local ids = redis.call('ZRANGE', KEYS[1], ARGV[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2])
return { ids, many(KEYS[2], ids) }`,
  ],
  reading,
)

/**
 * KEYS: index, messages. ARGV: a moment. Answers with the id of the last message before it, or 0. Times rise with offsets, so it is
 * found by halving: what is said at `low` or before it is before the moment, what is said after `high` is not.
 */
export const LAST_BEFORE_SCRIPT = script(
  [
    `
local function offsetIn(entries)
  return entries[1] and tonumber(string.match(entries[1][1], '^%d+'))
end
local function text(number)
  return string.format('%.0f', number)
end
local low, high = 0, offsetIn(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)) or 0
while low < high do
  local middle = math.floor((low + high) / 2)
  local next = offsetIn(redis.call('XRANGE', KEYS[1], text(middle + 1) .. '-0', '+', 'COUNT', 1))
  local written = next and redis.call('HGET', KEYS[2], text(next))
  if written and cjson.decode(string.match(written, '^[^\\n]*')).at < tonumber(ARGV[1]) then
    low = next
  else
    high = middle
  end
end
return text(low)`,
  ],
  reading,
)
