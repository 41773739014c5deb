-- Gives a place up, but only when it is still held under this very epoch.
-- KEYS[1]  the place of one charge point
-- ARGV[1]  epoch
-- Result   1 given up, 0 somebody else's by now
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
