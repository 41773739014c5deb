import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePorts } from '../free-port.ts'
import { signalled } from '../signalled.ts'
import { sleep } from '../sleep.ts'
import { tellStory } from './story.ts'

/** The other side of the demo of roaming: EMP B's own Stationmaster, and its driver at CPO A, whose server runs already. */

const key = `sm_emp_${crypto.randomUUID().replaceAll('-', '')}`
const say = (line: string): void => console.log(`roaming: ${line}`)

/** Its data are beside those of the first. */
const startEmp = (port: number): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, '../../adapters/main.ts'), 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      SM_PORT: String(port),
      SM_OPS_PORT: String(port + 1),
      SM_DATA: `${process.env['SM_DATA'] ?? '.stationmaster'}-emp`,
      SM_API_KEY: key,
      SM_ROAMING_HOSTS: '127.0.0.1',
      SM_LOG_LEVEL: 'error',
    },
  })

const ready = async (url: string, child: ChildProcess): Promise<void> => {
  for (const end = performance.now() + 60_000; performance.now() < end && child.exitCode === null; await sleep(100))
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
  throw new Error('the server of EMP B did not start')
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((go) => void child.once('exit', () => go()))
  child.kill('SIGTERM')
  await gone
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:8080/ocpp' },
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
      minutes: { type: 'string' },
    },
  })
  const port = await freePorts(2)
  const emp = startEmp(port)
  const stop = signalled()
  try {
    await ready(`http://127.0.0.1:${port + 1}/readyz`, emp)
    say(`EMP B has a Stationmaster of its own: http://127.0.0.1:${port}/   API key ${key}`)
    const story = tellStory({
      cpo: { api: values.api, key: process.env['SM_API_KEY'] ?? '' },
      emp: { api: `http://127.0.0.1:${port}`, key },
      ocpp: values.url,
      say,
      chargeS: 15,
    })
    await Promise.race([story, stop])
    if (values.minutes !== undefined) return 0
    say('both go on until Ctrl-C')
    await stop
    return 0
  } catch (error) {
    console.error(`roaming: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await ended(emp)
  }
}

if (import.meta.main) process.exit(await main())
