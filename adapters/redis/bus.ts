import type { WorkerAnswer, WorkerMessage } from '../../core/cluster/message.ts'
import { type Bus, BusUnanswered } from '../../core/ports/bus.ts'
import { channelsOf } from './channels.ts'
import type { AnyRedis } from './connect.ts'

type Envelope =
  | { readonly ask: string; readonly from: string; readonly message: WorkerMessage }
  | { readonly answer: string; readonly body: WorkerAnswer }

interface Waiting {
  readonly resolve: (answer: WorkerAnswer) => void
  readonly cancel: () => void
}

const interestMs = 5_000
const rememberedMs = 12_000
const interestChannel = 'sm:interest'
const workerChannel = (worker: string): string => `sm:worker:${worker}`
const topicChannel = (topic: string): string => `sm:topic:${topic}`

/**
 * Workers talk over Redis pub/sub: at most once, with a correlation for answers. Nothing here is a fact; what is lost
 * is asked again or found out in PostgreSQL.
 */
export const redisBus = async (redis: AnyRedis, newId: () => string): Promise<Bus> => {
  const me = newId()
  const waiting = new Map<string, Waiting>()
  const workers = new Map<string, (message: WorkerMessage) => Promise<WorkerAnswer>>()
  const topics = new Map<string, Set<(message: string) => void>>()
  const elsewhere = new Map<string, number>()

  const tellInterest = (): void => {
    if (topics.size > 0) void channels.publish(interestChannel, JSON.stringify([...topics.keys()])).catch(ignore)
  }
  const answerTo = async (
    worker: string,
    { ask, from, message }: Extract<Envelope, { readonly ask: string }>,
  ): Promise<void> => {
    const body = await (workers.get(worker)?.(message) ?? Promise.resolve<WorkerAnswer>({ type: 'notHere' }))
    await channels.publish(workerChannel(from), JSON.stringify({ answer: ask, body } satisfies Envelope))
  }

  const channels = channelsOf(redis, (channel, text) => {
    if (channel === interestChannel) {
      for (const topic of JSON.parse(text) as string[]) elsewhere.set(topic, performance.now() + rememberedMs)
    } else if (channel.startsWith('sm:topic:')) {
      for (const hear of topics.get(channel.slice(9)) ?? []) hear(text)
    } else {
      const envelope = JSON.parse(text) as Envelope
      if ('ask' in envelope) return void answerTo(channel.slice(10), envelope).catch(ignore)
      const asked = waiting.get(envelope.answer)
      waiting.delete(envelope.answer)
      asked?.cancel()
      asked?.resolve(envelope.body)
    }
    return undefined
  })
  await Promise.all([channels.subscribe(interestChannel), channels.subscribe(workerChannel(me))])
  const timer = setInterval(tellInterest, interestMs)

  return {
    async ask(worker, message, timeoutMs) {
      const own = workers.get(worker)
      if (own !== undefined) return within(own(message), worker, timeoutMs)
      const id = newId()
      const answered = new Promise<WorkerAnswer>((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(id)
          reject(new BusUnanswered(`worker ${worker} did not answer within ${timeoutMs} ms`))
        }, timeoutMs)
        waiting.set(id, { resolve, cancel: () => clearTimeout(late) })
      })
      const heard = await channels.publish(
        workerChannel(worker),
        JSON.stringify({ ask: id, from: me, message } satisfies Envelope),
      )
      if (heard > 0) return answered
      waiting.get(id)?.cancel()
      waiting.delete(id)
      throw new BusUnanswered(`worker ${worker} is gone`)
    },
    async serve(worker, answer) {
      workers.set(worker, answer)
      await channels.subscribe(workerChannel(worker))
    },
    publish: (topic, message) => void channels.publish(topicChannel(topic), message).catch(ignore),
    subscribe(topic, hear) {
      const listeners = topics.get(topic) ?? new Set()
      if (listeners.size === 0) void channels.subscribe(topicChannel(topic)).catch(ignore)
      topics.set(topic, listeners.add(hear))
      tellInterest()
      return () => {
        listeners.delete(hear)
        if (listeners.size > 0 || topics.get(topic) !== listeners) return
        topics.delete(topic)
        void channels.unsubscribe(topicChannel(topic)).catch(ignore)
      }
    },
    isHeard: (topic) => topics.has(topic) || (elsewhere.get(topic) ?? 0) > performance.now(),
    async close() {
      clearInterval(timer)
      for (const { cancel } of waiting.values()) cancel()
      channels.close()
    },
  }
}

/** What is asked of a worker in this process needs no Redis; it is given no more time than any other. */
const within = (answer: Promise<WorkerAnswer>, worker: string, timeoutMs: number): Promise<WorkerAnswer> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new BusUnanswered(`worker ${worker} did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    )
    answer.then(resolve, reject).finally(() => clearTimeout(late))
  })

const ignore = (): void => {}
