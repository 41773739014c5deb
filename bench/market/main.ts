import { parseArgs } from 'node:util'
import { signalled } from '../signalled.ts'
import { tellStory } from './story.ts'

/** The demo of the market: everybody who has to do with one session, on the server that runs already. */

const say = (line: string): void => console.log(`market: ${line}`)

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:8080/ocpp' },
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
      minutes: { type: 'string' },
    },
  })
  const stop = signalled()
  try {
    const platform = { api: values.api, key: process.env['SM_API_KEY'] ?? '' }
    await Promise.race([tellStory({ platform, ocpp: values.url, say, chargeS: 12 }), stop])
    if (values.minutes !== undefined) return 0
    say('the server goes on until Ctrl-C')
    await stop
    return 0
  } catch (error) {
    console.error(`market: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

if (import.meta.main) process.exit(await main())
