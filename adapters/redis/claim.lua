-- Takes a charge point's place, unless someone with a higher epoch holds it.
-- KEYS[1]  the place of one charge point
-- ARGV[1]  epoch   ARGV[2]  worker   ARGV[3]  time to live in ms
-- Result   {1, holder before ('' = nobody), its epoch} taken; {0, holder, epoch} somebody newer is there
local held = redis.call('HMGET', KEYS[1], 'epoch', 'worker')
if held[1] and tonumber(held[1]) > tonumber(ARGV[1]) then
  return {0, held[2], held[1]}
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'worker', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1, held[2] or '', held[1] or '0'}
