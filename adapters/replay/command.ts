import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Difference, RecordedEntry, Recording, SessionAccount } from '../../core/domain/recording.ts'
import { apiOf } from './api.ts'
import { fixtureOf } from './fixture.ts'
import { deadlineLine, entryLine, saidLine, stateLine, verdictLines } from './print.ts'
import { record } from './record.ts'

const usage = `Usage: npm run replay -- <session id> [--url http://127.0.0.1:8080] [--key <API key>] [--tenant <name>] [--fixture <file>]

Plays what a charge point said during a session to the same machines again, prints every frame and every state, and
tells whether session and energy come out as they are stored. --fixture writes it down for a test, without its names.`

/** What a replay tells while it goes on; as actors/replay does. */
type Happening = { readonly at: number } & (
  | { readonly type: 'recorded'; readonly entry: RecordedEntry }
  | { readonly type: 'said'; readonly text: string }
  | {
      readonly type: 'state'
      readonly change: { readonly machine: string; readonly of: string; readonly state: string }
    }
  | { readonly type: 'inferred'; readonly session: string; readonly because: string }
)

interface Replayed {
  readonly frames: number
  readonly states: readonly string[]
  readonly account: SessionAccount | undefined
  readonly differences: readonly Difference[]
  readonly answers: {
    readonly compared: number
    readonly different: readonly {
      readonly messageId: string
      readonly recorded: string
      readonly replayed?: string | undefined
    }[]
  }
}

export interface ReplayCommandParts {
  /** Where the server is and what opens it, unless something else is asked for. */
  readonly url: string
  readonly key: string | undefined
  readonly now: () => number
  readonly write: (line: string) => void
  readonly complain: (line: string) => void
  readonly play: (recording: Recording, hear: (happening: Happening) => void) => Promise<Replayed>
}

/** Answers the exit code: 0 when session and energy agree, 1 when they do not, 2 for a mistake of whoever asked. */
export const replayCommand = async (args: readonly string[], parts: ReplayCommandParts): Promise<number> => {
  const asked = askedOf(args, parts)
  if (typeof asked === 'string') {
    parts.complain(asked)
    return 2
  }
  const { id, url, key, tenant, fixture } = asked
  try {
    const recording = await record(apiOf(url, key, tenant), id, parts.now())
    if (recording !== undefined) return await played(recording, fixture, parts)
    parts.complain(`there is no session ${id} at ${url}`)
  } catch (error) {
    parts.complain(`the session cannot be read at ${url}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return 2
}

interface Asked {
  readonly id: string
  readonly url: string
  readonly key: string
  readonly tenant: string | undefined
  readonly fixture: string | undefined
}

/** What is asked for, or what is wrong with how it is. */
const askedOf = (args: readonly string[], { url, key = '' }: ReplayCommandParts): Asked | string => {
  const given = parsed(args)
  const [id, ...more] = given?.positionals ?? []
  if (given === undefined || id === undefined || more.length > 0) return usage
  const { values } = given
  const asked = { id, url: values.url ?? url, key: values.key ?? key, tenant: values.tenant, fixture: values.fixture }
  if (asked.key === '') return `${usage}\n\nno API key: give --key or set SM_API_KEY`
  return URL.canParse(asked.url) ? asked : `${usage}\n\n${asked.url} is no URL`
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        key: { type: 'string' },
        tenant: { type: 'string' },
        fixture: { type: 'string' },
      },
    })
  } catch {
    return undefined
  }
}

const played = async (
  recording: Recording,
  fixture: string | undefined,
  { write, play }: ReplayCommandParts,
): Promise<number> => {
  write(`session ${recording.stored.id} of ${recording.identity}, ${recording.protocol}`)
  for (const sentence of recording.missing) write(`! ${sentence}`)
  write('')
  const { frames, states, account, differences, answers } = await play(recording, (happening) => {
    const shown = lineOf(happening)
    if (shown !== undefined) write(shown)
  })
  write('')
  write(`${frames} frames; ${answers.compared} answers compared, ${answers.different.length} are not as they were`)
  for (const { messageId, recorded, replayed } of answers.different)
    write(`  ${messageId}: ${replayed ?? 'no answer'} here, ${recorded} then`)
  for (const each of verdictLines(account, recording.stored, differences)) write(each)
  if (fixture !== undefined) {
    writeFileSync(fixture, `${JSON.stringify(fixtureOf(recording, states), null, 2)}\n`)
    write(`written to ${fixture}`)
  }
  return differences.length === 0 ? 0 : 1
}

const lineOf = (happening: Happening): string | undefined => {
  switch (happening.type) {
    case 'recorded':
      return entryLine(happening.entry)
    case 'said':
      return saidLine(happening.at, happening.text)
    case 'state': {
      const { machine, of, state } = happening.change
      return stateLine(happening.at, `${machine === 'charge-point' ? 'charge point' : `${machine} ${of}`}: ${state}`)
    }
    case 'inferred':
      return deadlineLine(happening.at, happening.session, happening.because)
  }
}
