import { expect, it } from 'vitest'
import { type Bus, BusUnanswered } from '../../core/ports/bus.ts'
import { until } from '../support/server.ts'

const to = { tenant: 'default', identity: 'CP-1' }

/** What every bus must do. `make` gives two ends of it: the same object where there is one process. */
export const busContract = (make: () => { readonly here: Bus; readonly there: Bus }): void => {
  it('carries a question to a worker and its answer back', async () => {
    const { here, there } = make()
    await there.serve('there', async (message) => ({
      type: 'frames',
      frames: [{ at: message.number, direction: 'in', text: 'x' }],
    }))
    expect(await here.ask('there', { number: 2, to, limit: 1 }, 2_000)).toEqual({
      type: 'frames',
      frames: [{ at: 2, direction: 'in', text: 'x' }],
    })
  })

  it('INV-48: says so when the worker is gone, or silent', async () => {
    const { here, there } = make()
    await expect(here.ask('nobody', { number: 2, to, limit: 1 }, 500)).rejects.toThrow(BusUnanswered)
    await there.serve('silent', () => new Promise(() => {}))
    await expect(here.ask('silent', { number: 2, to, limit: 1 }, 200)).rejects.toThrow(BusUnanswered)
  })

  it('tells those who listen to a topic, and only while they listen', async () => {
    const { here, there } = make()
    const heard: string[] = []
    const stop = there.subscribe('topic', (message) => void heard.push(message))
    await until('the topic to be heard of', async () => here.isHeard('topic'))
    await until('a message', async () => (here.publish('topic', 'one'), heard.length > 0))
    stop()
    await new Promise((go) => setTimeout(go, 50))
    const before = heard.length
    here.publish('topic', 'two')
    await new Promise((go) => setTimeout(go, 50))
    expect(heard.length).toBe(before)
  })
}
