import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replay } from '../../actors/replay/replay.ts'
import { memoryWorld } from '../../adapters/memory/world.ts'
import type { Fixture } from '../../adapters/replay/fixture.ts'
import type { Recording } from '../../core/domain/recording.ts'
import { settled } from './clock.ts'
import { testDigest } from './database.ts'

/** What `npm run replay -- <session id> --fixture test/fixtures/<name>.json` has written. */
export const fixtureNamed = (name: string): Fixture =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', `${name}.json`), 'utf8')) as Fixture

/** A recording, played to the real actors in memory. */
export const playedAgain = (recording: Recording) =>
  replay(recording, { digest: testDigest, world: memoryWorld, breathe: settled })

/** A test made of a kept session: it fails until it comes out as the fixture says it must. */
export const itReplays = (name: string): void => {
  const { about, recording, expected } = fixtureNamed(name)
  it(`${name}: ${about}`, async () => {
    const { states, account } = await playedAgain(recording)
    const { id: _, ...came } = account ?? { id: '' }
    expect({ states, account: came }).toEqual(expected)
  })
}
