import { chargePointMachine } from '../../actors/charge-point/machine.ts'
import { connectorMachine } from '../../actors/connector/machine.ts'
import { Host } from '../../actors/host.ts'
import { decodeFrame, encodeResult, nothing } from '../../core/ocpp/frame.ts'
import { route, warmUp } from '../../core/ocpp/router.ts'
import { check } from '../../core/ocpp/schema.ts'
import { createActor } from 'xstate'
import type { Usage } from '../../core/pricing/usage.ts'
import { median } from '../cpu.ts'
import { meterValues, start, status } from '../generator/messages.ts'
import { dayOf, stackedOnTheWire, stackedProfiles } from '../micro/charging.ts'
import { priceOf, someUsages } from '../micro/pricing.ts'
import { replaySpeed } from '../micro/replay.ts'
import { traceParts } from '../micro/trace.ts'
import type { Bench } from '../run.ts'

/** µs of one call, the median of so many windows. */
const cost = (work: () => unknown): number => {
  const runs: number[] = []
  for (let round = 0; round < 7; round++) {
    const began = performance.now()
    let n = 0
    for (; performance.now() - began < 60; n += 100) for (let i = 0; i < 100; i++) work()
    runs.push(((performance.now() - began) * 1_000) / n)
  }
  // the first ones are the compiler's
  return median(runs.slice(2))
}

const textsOf = () => ({
  MeterValues: `[2,"1","MeterValues",${meterValues(7, 1_000_000)}]`,
  StatusNotification: `[2,"1","StatusNotification",${status(1, 'Available')}]`,
  StartTransaction: `[2,"1","StartTransaction",${start(1_000_000)}]`,
  Heartbeat: '[2,"1","Heartbeat",{}]',
})

/** The parts of a message's way one by one, in this process, beside what a part like it costs anyway. */
export const micro = async (bench: Bench): Promise<void> => {
  warmUp('ocpp1.6')
  const now = Date.now()
  const texts = textsOf()
  for (const [action, text] of Object.entries(texts)) {
    const parse = cost(() => JSON.parse(text))
    const decode = cost(() => decodeFrame(text))
    const frame = decodeFrame(text)
    const payload = frame.kind === 'call' ? frame.payload : {}
    const routed = cost(() => route('ocpp1.6', action, payload, now))
    bench.fact(`${action}: JSON.parse`, parse, 'µs')
    bench.fact(`${action}: frame`, decode, 'µs')
    bench.fact(`${action}: schema and meaning`, routed, 'µs')
    bench.ratio(`${action}: frame, schema and meaning ÷ JSON.parse`, [(decode + routed) / parse])
  }
  schemasOfTwo(bench)
  bench.fact(
    'an answer into its frame',
    cost(() => encodeResult('1', nothing)),
    'µs',
  )
  const host = new Host(connectorMachine)
  const [rest] = host.start({})
  const report = { evse: 1, connector: 1, status: 'preparing', errorCode: 'NoError' } as never
  let at = rest
  let turn = 0
  const ours = cost(() => {
    const type = turn++ % 2 === 0 ? 'preparing' : 'available'
    ;[at] = host.send(at, { type, report, receivedAt: now } as never)
  })
  bench.fact('an event of a connector', ours, 'µs')
  const actor = createActor(connectorMachine, { input: {} } as never).start()
  const stock = cost(() =>
    actor.send({ type: turn++ % 2 === 0 ? 'preparing' : 'available', report, receivedAt: now } as never),
  )
  bench.fact('the same by XState’s own interpreter', stock, 'µs')
  bench.ratio('an event of a connector ÷ XState’s own interpreter', [ours / stock])
  const points = new Host(chargePointMachine)
  bench.fact(
    'a charge point comes to life',
    cost(() => points.start({ registration: 'accepted' } as never)),
    'µs',
  )
  bench.fact(
    'the same as an XState actor',
    cost(() => createActor(chargePointMachine, { input: { registration: 'accepted' } } as never).start()),
    'µs',
  )
  charging(bench)
  pricing(bench)
  await tracing(bench, texts)
}

/** The largest messages of 2.0.1 that there are many of, beside reading them. */
const schemasOfTwo = (bench: Bench): void => {
  warmUp('ocpp2.0.1')
  for (const [action, text] of Object.entries(textsOf2())) {
    const payload = JSON.parse(text) as object
    const parse = cost(() => JSON.parse(text))
    const checked = cost(() => check('ocpp2.0.1', `${action}Request`, payload, 'strict'))
    bench.fact(`2.0.1 ${action} of ${text.length} characters: JSON.parse`, parse, 'µs')
    bench.fact(`2.0.1 ${action}: schema`, checked, 'µs')
    bench.ratio(`2.0.1 ${action}: schema ÷ JSON.parse`, [checked / parse])
  }
}

const textsOf2 = () => {
  const timestamp = new Date().toISOString()
  const measurands = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage', 'SoC']
  return {
    TransactionEvent: JSON.stringify({
      eventType: 'Updated',
      timestamp,
      triggerReason: 'MeterValuePeriodic',
      seqNo: 7,
      transactionInfo: { transactionId: crypto.randomUUID(), chargingState: 'Charging' },
      meterValue: [{ timestamp, sampledValue: measurands.map((measurand, i) => ({ value: 1_000.5 * i, measurand })) }],
    }),
    NotifyReport: JSON.stringify({
      requestId: 1,
      generatedAt: timestamp,
      tbc: true,
      seqNo: 0,
      reportData: Array.from({ length: 20 }, (_, i) => ({
        component: { name: 'EVSE', evse: { id: 1 } },
        variable: { name: `Variable${i}` },
        variableAttribute: [{ type: 'Actual', value: String(i), mutability: 'ReadWrite' }],
        variableCharacteristics: { dataType: 'integer', supportsMonitoring: true },
      })),
    }),
  }
}

/** What a station may draw over a day, when fifty profiles are stacked; beside reading them. */
const charging = (bench: Bench): void => {
  const stack = stackedOnTheWire(50)
  const profiles = stackedProfiles(stack)
  const parse = cost(() => JSON.parse(stack))
  const composed = cost(() => dayOf(profiles))
  bench.fact('50 stacked charging profiles of 24 periods: JSON.parse', parse, 'µs')
  bench.fact('their composite schedule over 24 hours', composed, 'µs')
  bench.ratio('composite schedule of 50 charging profiles ÷ JSON.parse of them', [composed / parse])
}

/** What a session of ten stretches costs by a tariff of four elements, in all of its lines; beside writing that down. */
const pricing = (bench: Bench): void => {
  const usages = someUsages(1_000)
  let turn = 0
  const one = (): Usage => usages[turn++ % usages.length] ?? { zone: 'UTC', stretches: [] }
  // a machine that is busy gives the compiler too little of the first windows
  for (const usage of usages) priceOf(usage)
  const priced = priceOf(one())
  const written = cost(() => JSON.stringify(priced))
  const found = cost(() => priceOf(one()))
  bench.fact('the price of a session, with periods and lines', found, 'µs')
  bench.fact('the same: JSON.stringify', written, 'µs')
  bench.fact('sessions that are priced in a second', 1e6 / found, 'a second')
  bench.ratio('price of a session ÷ JSON.stringify of it', [found / written])
}

/** What it costs to keep what was said, and how fast a session is played again. */
const tracing = async (bench: Bench, texts: ReturnType<typeof textsOf>): Promise<void> => {
  const trace = traceParts()
  for (const [action, text] of Object.entries(texts))
    bench.fact(
      `${action}: into the trace`,
      cost(() => trace.keep(action, text)),
      'µs',
    )
  for (const action of ['MeterValues', 'StartTransaction'] as const)
    bench.fact(
      `${action}: masked for the store`,
      cost(() => trace.mask(texts[action])),
      'µs',
    )
  bench.fact('a session played again', await replaySpeed(bench.rounds(5, 2)), 'frames/s')
}
