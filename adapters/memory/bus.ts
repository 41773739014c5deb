import type { WorkerAnswer, WorkerMessage } from '../../core/cluster/message.ts'
import { type Bus, BusUnanswered } from '../../core/ports/bus.ts'

/** The bus of a single process: calls go straight to whom they are for. */
export const memoryBus = (): Bus => {
  const workers = new Map<string, (message: WorkerMessage) => Promise<WorkerAnswer>>()
  const topics = new Map<string, Set<(message: string) => void>>()
  return {
    ask(worker, message, timeoutMs) {
      const answer = workers.get(worker)
      if (answer === undefined) return Promise.reject(new BusUnanswered(`no worker ${worker}`))
      let timer: ReturnType<typeof setTimeout> | undefined
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new BusUnanswered(`worker ${worker} did not answer within ${timeoutMs} ms`)),
          timeoutMs,
        )
      })
      return Promise.race([answer(message), silence]).finally(() => clearTimeout(timer))
    },
    async serve(worker, answer) {
      workers.set(worker, answer)
    },
    publish(topic, message) {
      for (const hear of topics.get(topic) ?? []) hear(message)
    },
    subscribe(topic, hear) {
      const listeners = topics.get(topic) ?? new Set()
      topics.set(topic, listeners.add(hear))
      return () => {
        listeners.delete(hear)
        if (listeners.size === 0 && topics.get(topic) === listeners) topics.delete(topic)
      }
    },
    isHeard: (topic) => topics.has(topic),
    async close() {
      workers.clear()
      topics.clear()
    },
  }
}
