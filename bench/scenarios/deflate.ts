import { median } from '../cpu.ts'
import { type Bench, shown } from '../run.ts'
import { sleep } from '../sleep.ts'
import { startTarget, type TargetName } from '../target.ts'
import { connect, type Wire } from '../wire.ts'

const measurands = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage', 'SoC']

/** A report of meter values as a 2.x station sends it, somewhat longer than 99 of 100 messages are (2 KB). */
const message = JSON.stringify([
  2,
  '6f1c2a7e-90b3-4d0a-8f55-3f4c6f0b7c11',
  'MeterValues',
  {
    evseId: 1,
    meterValue: Array.from({ length: 4 }, (_, minute) => ({
      timestamp: `2026-11-24T12:0${minute}:00.000Z`,
      sampledValue: measurands.map((measurand, i) => ({
        value: 1_000.7 * (i + 1) + 37.1 * minute,
        measurand,
        context: 'Sample.Periodic',
        location: 'Outlet',
        ...(i > 0 && i < 4 && { phase: `L${i}` }),
      })),
    })),
  },
])

interface Taken {
  readonly bytes: number
  readonly cpuUs: number
}

/** Bytes of an ocpp2.0.1 socket that has heard and said one message and is quiet, with permessage-deflate and without. */
export const deflate = async (bench: Bench): Promise<void> => {
  // a heap is some MB larger or smaller from one moment to the next: fewer sockets than this drown in it
  const sockets = bench.chargers(10_000, 2_000)
  const names: readonly TargetName[] = ['sockets', ...(process.env['SM_NODE24'] ? (['sockets-on-node'] as const) : [])]
  for (const name of names) {
    const plain: (readonly [Taken, Taken])[] = []
    const deflating: Taken[] = []
    for (let round = 0; round < bench.rounds(3); round++) {
      const before = await taken(bench, { name, sockets, deflate: false })
      deflating.push(await taken(bench, { name, sockets, deflate: true }))
      plain.push([before, await taken(bench, { name, sockets, deflate: false })])
    }
    for (const [what, all] of [
      ['plain', plain.flat()],
      ['with permessage-deflate', deflating],
    ] as const) {
      bench.fact(`${name}, ${what}: user space`, median(all.map(({ bytes }) => bytes)) / 1_024, 'KiB a socket')
      bench.fact(`${name}, ${what}: an echo of 2 KB`, median(all.map(({ cpuUs }) => cpuUs)), 'µs CPU of the server')
    }
    bench.ratio(
      `${name}: bytes of ${shown(sockets)} idle sockets with permessage-deflate ÷ without`,
      deflating.map(({ bytes }, i) => bytes / median((plain[i] ?? []).map((one) => one.bytes))),
      plain.map(([a, b]) => [a.bytes, b.bytes]),
    )
  }
}

const echoesEach = 10

const taken = async (
  bench: Bench,
  { name, sockets, deflate }: { readonly name: TargetName; readonly sockets: number; readonly deflate: boolean },
): Promise<Taken> => {
  const target = await startTarget({ name, chargers: sockets })
  try {
    // what comes with the first messages, compiled code among it, is no socket's
    const first = await opened(target.urls[0] ?? '', deflate)
    for (let i = 0; i < 500; i++) await first.echo()
    await sleep(2_000)
    const empty = target.memory()
    const all: Echoing[] = []
    for (let i = 0; i < sockets; i++) {
      const one = await opened(target.urls[0] ?? '', deflate)
      await one.echo()
      all.push(one)
    }
    await sleep(bench.options.isQuick ? 2_000 : 5_000)
    const bytes = (target.memory() - empty) / sockets
    const before = target.cpu().server
    for (let i = 0; i < echoesEach; i++) await Promise.all(all.map((one) => one.echo()))
    const cpuUs = ((target.cpu().server - before) * 1e6) / sockets / echoesEach
    const negotiated = all.filter(({ wire }) => wire.deflates === true).length
    if (negotiated !== (deflate ? sockets : 0))
      bench.failures.push(`${name}: ${negotiated} of ${sockets} sockets have permessage-deflate`)
    for (const { wire } of [first, ...all]) wire.drop()
    return { bytes, cpuUs }
  } finally {
    await target.stop()
  }
}

interface Echoing {
  readonly wire: Wire
  /** Says the message and waits until it is said again. */
  echo(): Promise<void>
}

const opened = async (url: string, deflate: boolean): Promise<Echoing> => {
  let told: (text: string) => void = () => {}
  const wire = await connect({
    url,
    identity: 'BENCH-0',
    password: 'BENCH-password-0',
    protocol: 'ocpp2.0.1',
    deflate,
    opened: () => {},
    heard: (text) => told(text),
    closed: () => {},
  })
  return {
    wire,
    echo: () =>
      new Promise((go, fail) => {
        told = (text) => (text === message ? go() : fail(new Error('not the message that was said')))
        wire.send(message)
      }),
  }
}
