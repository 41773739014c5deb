import { pushedModules } from '../../core/domain/push-lane.ts'
import { laneContract } from '../contracts/push-lanes.ts'
import { memoryLanes } from '../support/roaming-lanes.ts'

laneContract('in memory', async () => {
  const memory = memoryLanes()
  return {
    lanes: memory.lanes,
    published: memory.published,
    async register(partner) {
      memory.partners.set(partner.id, partner)
      for (const module of pushedModules) memory.leave(partner.id, module)
    },
    publish: async (object) => memory.publish(object),
    async job(key) {
      const id = memory.outbox.get(key)
      return id === undefined ? undefined : { id, tenant: 'default', key }
    },
    deadline: async (key) => memory.deadlines.get(key),
    close: async () => {},
  }
})
