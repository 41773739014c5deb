import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Generators } from '../../bench/generators.ts'
import { register } from '../../bench/registered.ts'
import { everyItem, startServer, testKey, type TestServer, until } from '../support/server.ts'

const stallMs = 5_000

/** Asks from outside, in the middle of the stall: nobody in this process could. */
const looked = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const program = `await new Promise((go) => setTimeout(go, ${stallMs / 5}))
      const answer = await fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
      console.log(answer?.ok === true ? 'ready' : 'no answer')`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('error', reject)
    child.on('close', () => resolve(said.trim()))
  })

/** The server shares this process, so that whoever keeps its event loop busy here keeps the server. */
describe('an event loop that stands still', () => {
  let test: TestServer
  let generators: Generators
  const chargers = 40
  beforeAll(async () => {
    test = await startServer()
    await register(test.url, testKey, chargers)
    generators = new Generators({
      urls: [`${test.url.replace('http', 'ws')}ocpp`],
      chargers,
      mostEach: chargers,
      core: 1,
      protocols: ['ocpp1.6', 'ocpp2.0.1'],
    })
    await generators.connect(true)
    await generators.charge(chargers / 2)
  })
  afterAll(async () => {
    await generators?.stop()
    await test?.stop()
  })

  it('F-28: is seen from outside; all sockets survive, every message is answered, and each session has one CDR', async () => {
    const ready = new URL('/readyz', test.url).href
    await generators.open({ turnover: 10, meter: 20, heartbeat: 20 })
    await generators.window()
    const looking = looked(ready)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs)
    const seen = await looking
    await until('it to be ready again', async () => (await fetch(ready)).ok)
    await generators.order({ do: 'quiet' })
    const { answered, errors, unanswered, closed } = await generators.window()
    const api: TestServer['api'] = (...request) => test.api(...request)
    const ended = await until('all accounts', async () => {
      const sessions = await everyItem<{ id: string; state: string }>(api, '/api/v1/sessions')
      const over = sessions.filter(({ state }) => state !== 'open').map(({ id }) => id)
      const cdrs = await everyItem<{ session: string }>(api, '/api/v1/cdrs')
      return cdrs.length >= over.length && { over, cdrs: cdrs.map(({ session }) => session) }
    })
    expect({ seen, errors, unanswered, closed, speaks: answered > 0 }).toEqual({
      seen: 'no answer',
      errors: 0,
      unanswered: 0,
      closed: 0,
      speaks: true,
    })
    expect(ended.cdrs.toSorted()).toEqual(ended.over.toSorted())
  })
})
