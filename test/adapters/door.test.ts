import { describe, expect, it } from 'vitest'
import { openDoor } from '../../adapters/door.ts'
import type { Listener } from '../../core/ports/gateway.ts'
import { until } from '../support/server.ts'

/** A door over listeners that only note what is done to them. */
const scripted = async (mayClose: boolean, given = 0) => {
  const done: string[] = []
  let isFull = false
  let count = 0
  const door = await openDoor({
    port: given,
    mayClose,
    isFull: () => isFull,
    hasRoom: () => !isFull,
    failed: (error) => done.push(String(error)),
    async listen(port): Promise<Listener> {
      const name = ++count
      done.push(`${name} listens on ${port}`)
      return {
        url: new URL('http://127.0.0.1:4711/'),
        pause: async () => void done.push(`${name} pauses`),
        stop: async () => void done.push(`${name} stops`),
      }
    },
  })
  return { door, done, fill: (to: boolean) => (isFull = to) }
}

describe('the door of a worker', () => {
  it('D-19: is closed while the worker is full, and opened again on the same port', async () => {
    const { door, done, fill } = await scripted(true)
    fill(true)
    await until('it to close', async () => done.length === 2)
    fill(false)
    await until('it to open', async () => done.length === 3)
    expect(done).toEqual(['1 listens on 0', '1 pauses', '2 listens on 4711'])
    await door.stop()
    expect(done.slice(3)).toEqual(['2 pauses', '1 stops', '2 stops'])
  })

  it('opens again on a port that its URL does not name', async () => {
    const { door, done, fill } = await scripted(true, 80)
    fill(true)
    await until('it to close', async () => done.length === 2)
    fill(false)
    await until('it to open', async () => done.length === 3)
    expect(done.at(-1)).toBe('2 listens on 80')
    await door.stop()
  })

  it('stays open where nobody else listens: then who knocks is told why it may not come in', async () => {
    const { door, done, fill } = await scripted(false)
    fill(true)
    await new Promise((go) => setTimeout(go, 500))
    expect(done).toEqual(['1 listens on 0'])
    await door.stop()
  })

  it('INV-62: does not open again once it is paused for good', async () => {
    const { door, done, fill } = await scripted(true)
    fill(true)
    await until('it to close', async () => done.length === 2)
    await door.pause()
    fill(false)
    await new Promise((go) => setTimeout(go, 500))
    expect(done).toEqual(['1 listens on 0', '1 pauses'])
    await door.stop()
  })
})
