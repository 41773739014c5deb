import { randomBytes } from 'node:crypto'
import { replay } from '../../actors/replay/replay.ts'
import type { Config } from '../config.ts'
import { createDigest } from '../digest.ts'
import { memoryWorld } from '../memory/world.ts'
import { replayCommand } from '../replay/command.ts'

type Say = (line: string) => void

/** A session that a running server has recorded, played to a worker that lives in this process's memory only. */
export const replayHere = (
  args: readonly string[],
  { tls, host, port, apiKey }: Pick<Config, 'tls' | 'host' | 'port' | 'apiKey'>,
  { write, complain }: { readonly write: Say; readonly complain: Say },
): Promise<number> =>
  replayCommand(args, {
    url: `http${tls === undefined ? '' : 's'}://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    key: apiKey,
    now: () => Date.now(),
    write,
    complain,
    play: (recording, hear) =>
      replay(recording, { digest: createDigest(randomBytes(32)), world: memoryWorld, breathe }, hear),
  })

const breathe = (): Promise<void> => new Promise((go) => void setImmediate(go))
