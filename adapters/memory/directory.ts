import { refKey } from '../../core/domain/charge-point.ts'
import type { Directory, Location } from '../../core/ports/directory.ts'

/** Who holds which charge point, in this process's memory: enough where there is one process. */
export const memoryDirectory = (): Directory => {
  const places = new Map<string, Location>()
  return {
    async claim(ref, location) {
      const key = refKey(ref)
      const holder = places.get(key)
      if (holder !== undefined && holder.epoch > location.epoch) return { taken: false, holder }
      places.set(key, location)
      return { taken: true, ...(holder !== undefined && { replaced: holder }) }
    },
    async renew(ref, location) {
      const key = refKey(ref)
      if ((places.get(key)?.epoch ?? 0) > location.epoch) return false
      places.set(key, location)
      return true
    },
    async release(ref, location) {
      const key = refKey(ref)
      if (places.get(key)?.epoch === location.epoch) places.delete(key)
    },
    locate: async (ref) => places.get(refKey(ref)),
  }
}
