import { replay } from '../../actors/replay/replay.ts'
import { createDigest } from '../../adapters/digest.ts'
import { memoryWorld } from '../../adapters/memory/world.ts'
import type { RecordedEntry, Recording } from '../../core/domain/recording.ts'
import { median } from '../cpu.ts'
import { meterValues, start, status } from '../generator/messages.ts'

const transaction = 1_000_000
const everyMs = 10_000

const heard = (at: number, id: string, action: string, payload: string): RecordedEntry => ({
  at,
  kind: 'frame',
  direction: 'in',
  action,
  messageId: id,
  text: `[2,"${id}","${action}",${payload}]`,
})

/** A long session: a start, readings every ten seconds with a status now and then, and a stop that adds nothing. */
const recorded = (readings: number): Recording => {
  const at = Date.UTC(2026, 10, 24)
  const entries = [heard(at, 'start', 'StartTransaction', start(0))]
  for (let i = 1; i <= readings; i++)
    entries.push(
      i % 10 === 0
        ? heard(at + i * everyMs, `s-${i}`, 'StatusNotification', status(1, i % 20 === 0 ? 'Charging' : 'SuspendedEV'))
        : heard(at + i * everyMs, `m-${i}`, 'MeterValues', meterValues(transaction, i)),
    )
  const stored = { id: '', transaction: String(transaction), state: 'open' } as const
  return { identity: '', protocol: 'ocpp1.6', entries, stored, until: at + readings * everyMs, missing: [] }
}

/** Frames a second, the median of so many rounds; a session of fourteen hours each. */
export const replaySpeed = async (rounds: number): Promise<number> => {
  const recording = recorded(5_000)
  const digest = createDigest(new Uint8Array(32))
  const breathe = (): Promise<void> => new Promise((go) => void setImmediate(go))
  const rates: number[] = []
  // the first one is the compiler's
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now()
    const { frames, account } = await replay(recording, { digest, world: memoryWorld, breathe })
    if (account?.transaction !== recording.stored.transaction) throw new Error('the session was not replayed')
    if (round > 0) rates.push((frames * 1_000) / (performance.now() - began))
  }
  return median(rates)
}
