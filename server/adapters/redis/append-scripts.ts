// How something is appended, inside Redis. Scripts do not roll back: each looks at everything first, and then only writes.
import { EPOCH } from './epoch-script.ts'
import { script } from './lines/script.ts'

/**
 * KEYS: meta, events, index, messages, once, pins. ARGV: the epoch, now, how long a client id counts, how long its key is kept, how long
 * events are kept, the room's channel, the prefix of its words, how many messages share one such key, the event's facts and its text.
 * The keys of the words are made up here from message ids; they bear the same hash tag.
 */
const APPEND = `
local now, window, ttl, keep = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local once = redis.call('GET', KEYS[5])
if once then
  local offset, at = string.match(once, '^(%d+) (%d+)$')
  local event = tonumber(at) > now - window and redis.call('HGET', KEYS[2], offset)
  if event then
    return { epoch, offset, at, event }
  end
end
if not meta[3] then
  -- The room is new, or its meta was lost: its messages keep their numbers.
  local newest = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
  last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
end
local offset = text(last + 1)
-- Strictly later than the one before: existing clients sort by the timestamp alone.
local at = text(math.max(now, tonumber(meta[4] or 0) + 1))

-- Whoever knows another epoch means another log's message.
local function isElsewhere(known)
  return known ~= '' and known ~= epoch
end

local function wordsKey(id)
  return ARGV[7] .. text(math.floor((tonumber(id) - 1) / tonumber(ARGV[8])))
end

-- A line of its own for each message; every word stands between spaces.
local function wordsLine(id, words)
  return words == '' and '' or '\\n' .. id .. ' ' .. words .. ' '
end

local function store()
  local event = '{"offset":' .. offset .. ',"at":' .. at .. ',' .. ARGV[9] .. '}\\n' .. ARGV[10]
  redis.call('HSET', KEYS[2], offset, event)
  redis.call('SET', KEYS[5], offset .. ' ' .. at, 'PX', ttl)
  local first, firstAt = tonumber(meta[5] or offset), tonumber(meta[6] or at)
  -- A few of the old for each new one: none waits for long, and nobody waits for them.
  local most = firstAt < now - keep and 4 or 0
  for _ = 0, most do
    if first > last then
      first, firstAt = tonumber(offset), tonumber(at)
      break
    end
    if most == 0 then
      break
    end
    local old = redis.call('HGET', KEYS[2], text(first))
    firstAt = tonumber(old and string.match(old, '^{"offset":%d+,"at":(%d+)') or 0)
    if firstAt >= now - keep then
      break
    end
    redis.call('HDEL', KEYS[2], text(first))
    first = first + 1
  end
  redis.call('HSET', KEYS[1], 'end', offset, 'at', at, 'first', text(first), 'firstAt', text(firstAt))
  -- What is stored is stored, whether or not anyone may be told: the log repairs that.
  redis.pcall('SPUBLISH', ARGV[6], epoch .. '\\n' .. event)
  return { epoch, offset, at }
end`

/** More ARGV: the message's facts, its words, and what it replies to, if anything. */
const SAY = `
local facts, words, replyTo = ARGV[11], ARGV[12], ARGV[13]
if replyTo ~= '' and (isElsewhere(ARGV[14]) or redis.call('HEXISTS', KEYS[4], replyTo) == 0) then
  return 'no_message'
end
-- Comes first, because it fails if the offset was given to a message before.
redis.call('XADD', KEYS[3], offset .. '-0', 'm', '')
local line = wordsLine(offset, words)
local start = line == '' and 0 or redis.call('APPEND', wordsKey(offset), line) - #line
local message = '{"at":' .. at .. ',' .. facts .. ',"words":[' .. text(start) .. ',' .. #line .. ']}\\n' .. ARGV[10]
redis.call('HSET', KEYS[4], offset, message)
return store()`

/**
 * More ARGV: what is done, the message, who does it, whether they own the room, the message's words, emoji, on, most emoji, the epoch
 * that they know, the prefix of the lists of edits, and how many of them are kept.
 */
const ALTER = `
local kind, id, by, owner, words = ARGV[11], ARGV[12], ARGV[13], ARGV[14] == '1', ARGV[15]
local emoji, on, most = ARGV[16], ARGV[17] == '1', tonumber(ARGV[18])
local written = redis.call('HGET', KEYS[4], id)
local cut = written and string.find(written, '\\n', 1, true)
local message = cut and cjson.decode(string.sub(written, 1, cut - 1))
local said = cut and string.sub(written, cut + 1)
if not message or message.deleted or isElsewhere(ARGV[19]) then
  return 'no_message'
end
if (kind == 'edited' and message.by ~= by) or (kind == 'deleted' and message.by ~= by and not owner) then
  return 'not_yours'
end

-- Where the old words stood come the new ones if they fit; if not, they get twice the room, so that many edits do not pile up.
local function reword()
  local key, line = wordsKey(id), wordsLine(id, words)
  local start, size = message.words[1], message.words[2]
  if size > 0 then
    local fitting = #line <= size and line or ''
    redis.call('SETRANGE', key, start, fitting .. string.rep(' ', size - #fitting))
  end
  if #line > size then
    size = math.max(#line, 2 * size)
    start = redis.call('APPEND', key, line .. string.rep(' ', size - #line)) - size
  end
  message.words = { start, size }
end

-- Deleted means gone: whoever catches up later is told that there was a message, not what it said.
local function forget(number)
  local event = redis.call('HGET', KEYS[2], number)
  if event then
    redis.call('HSET', KEYS[2], number, string.match(event, '^[^\\n]*\\n'))
  end
end

-- Earlier versions kept them all with the message.
local function noteEdits(latest)
  for _, edits in ipairs({ message.edits or {}, latest }) do
    for _, edit in ipairs(edits) do
      redis.call('RPUSH', ARGV[20] .. id, text(edit))
    end
  end
  message.edits = nil
end

local function forgetEdits(most)
  for _ = most + 1, redis.call('LLEN', ARGV[20] .. id) do
    forget(redis.call('LPOP', ARGV[20] .. id))
  end
end

local function react()
  local reactions, emails = {}, {}
  for _, reaction in ipairs(message.reactions or {}) do
    if reaction[1] == emoji then
      emails = reaction[2]
    else
      table.insert(reactions, reaction)
    end
  end
  if on and #emails == 0 and #reactions >= most then
    return false
  end
  local others = {}
  for _, email in ipairs(emails) do
    if email ~= by then
      table.insert(others, email)
    end
  end
  if on then
    table.insert(others, by)
  end
  if #others > 0 then
    table.insert(reactions, { emoji, others })
  end
  message.reactions = reactions
  return true
end

if kind == 'reacted' and not react() then
  return 'too_many_reactions'
elseif kind == 'pinned' then
  message.pinned = on or nil
  redis.call(on and 'ZADD' or 'ZREM', KEYS[6], unpack(on and { id, id } or { id }))
elseif kind == 'edited' then
  reword()
  said = ARGV[10]
  message.editedAt = tonumber(at)
  noteEdits({ tonumber(offset) })
  forgetEdits(tonumber(ARGV[21]))
elseif kind == 'deleted' then
  reword()
  said = ''
  forget(id)
  noteEdits({})
  forgetEdits(0)
  redis.call('ZREM', KEYS[6], id)
  message = { at = message.at, by = message.by, replyTo = message.replyTo, deleted = true, words = message.words }
end
redis.call('HSET', KEYS[4], id, cjson.encode(message) .. '\\n' .. said)
return store()`

const appending = { timely: true, repeatable: true, durable: true }

export const SAY_SCRIPT = script([EPOCH, APPEND, SAY], appending)
export const ALTER_SCRIPT = script([EPOCH, APPEND, ALTER], appending)
