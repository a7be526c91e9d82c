// What every script of a room begins with.

/**
 * KEYS[1] is the room's meta, ARGV[1] an epoch that nobody has used. A Redis that was emptied, restored or restarted, or a replica
 * that took over, has another replication id than the one that the room was last seen under: what it holds may be less than it was,
 * so that from here on this is another lifetime of the log (rule R2).
 */
export const EPOCH = `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'replid', 'end', 'at', 'first', 'firstAt')
local epoch = meta[1]
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
if not epoch or meta[2] ~= replid then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'replid', replid)
end
local last = tonumber(meta[3] or 0)
local function text(number)
  return string.format('%.0f', number)
end`
