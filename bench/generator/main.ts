import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { isProtocol } from '../../core/ocpp/version.ts'
import { Crew } from './crew.ts'
import type { Numbered, Order, Told, WindowData } from './orders.ts'

/** One process of load: orders on its input, a line of JSON each, what becomes of them on its output. */
const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '1000' },
    number: { type: 'string', default: '1' },
    run: { type: 'string', default: '1' },
    protocols: { type: 'string', default: 'ocpp1.6' },
  },
})
const crew = new Crew({
  urls: values.urls.split(','),
  from: Number(values.from),
  count: Number(values.count),
  number: Number(values.number),
  run: Number(values.run),
  protocols: values.protocols.split(',').filter(isProtocol),
})

const tell = (line: Told): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const carryOut = async (order: Order): Promise<WindowData | null> => {
  switch (order.do) {
    case 'connect':
      await crew.connect(order.inFlight, order.greets)
      return null
    case 'charge':
      await crew.charge(order.stations)
      return null
    case 'open':
      crew.open(order.perS, order.poisson, order.spins)
      return null
    case 'closed':
      crew.closed()
      return null
    case 'pairs':
      crew.pairs(order.stations)
      return null
    case 'quiet':
      await crew.quiet()
      return null
    case 'cut':
      await crew.cut(order.spreadMs)
      return null
    case 'flush':
      await crew.flush(order.stations, order.events)
      return null
    case 'window':
      return crew.window()
  }
}

setInterval(() => tell({ progress: crew.progress() }), 1_000)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { n, order } = JSON.parse(line) as Numbered
    carryOut(order).then(
      (done) => tell({ n, done }),
      (error: unknown) => {
        process.stderr.write(`generator: ${String(error)}\n`)
        process.exit(1)
      },
    )
  })
  .on('close', () => process.exit(0))
