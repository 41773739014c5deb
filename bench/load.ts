import { parseArgs } from 'node:util'
import { chance } from './random.ts'
import { connect, type Wire } from './wire.ts'

/**
 * A closed loop over many sockets, in a process of its own. The mix is 40 % Heartbeat, 50 % MeterValues, each of an open
 * session (every fifth socket charges), 10 % StatusNotification; every charging socket has a message on its way all the
 * time, and each of their answers lets another socket speak once, so that the mix stays exact.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    sockets: { type: 'string', default: '1000' },
    warmup: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '4' },
    prefix: { type: 'string', default: 'BENCH' },
    spin: { type: 'boolean', default: false },
  },
})

const sockets = Number(values.sockets)
const charging = Math.max(1, Math.round(sockets / 5))
const luck = chance(1)

interface Client {
  readonly index: number
  wire: Wire
  transactionId: number
  register: number
  preparing: boolean
  sent: number
  heard: (text: string) => void
}

let counted = 0
let counting = false
let lost = 0
const clients: Client[] = []
const idle: Client[] = []

let writtenAt = 0
let now = ''
/** The time of day, written out once a millisecond for everyone. */
const timestamp = (): string => {
  const ms = Date.now()
  if (ms !== writtenAt) now = new Date((writtenAt = ms)).toISOString()
  return now
}

const meterValues = (client: Client): string => {
  client.register += 37
  const at = timestamp()
  return `{"connectorId":1,"transactionId":${client.transactionId},"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"${client.register}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"10950","measurand":"Power.Active.Import","unit":"W"},{"value":"15.9","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"15.8","measurand":"Current.Import","phase":"L2","unit":"A"},{"value":"230.1","measurand":"Voltage","unit":"V"},{"value":"54","measurand":"SoC","location":"EV","unit":"Percent"}]}]}`
}

const send = (client: Client, action: string, payload: string): void =>
  client.wire.send(`[2,"${client.index.toString(36)}-${(client.sent++).toString(36)}","${action}",${payload}]`)

const meter = (client: Client): void => send(client, 'MeterValues', meterValues(client))

const other = (client: Client): void => {
  if (luck.isLucky(0.8)) return send(client, 'Heartbeat', '{}')
  client.preparing = !client.preparing
  send(
    client,
    'StatusNotification',
    `{"connectorId":1,"errorCode":"NoError","status":"${client.preparing ? 'Preparing' : 'Available'}"}`,
  )
}

/** One call and its answer, before the load begins. */
const ask = (client: Client, action: string, payload: string): Promise<unknown[]> =>
  new Promise((resolve) => {
    client.heard = (text) => resolve(JSON.parse(text) as unknown[])
    send(client, action, payload)
  })

const open = async (index: number): Promise<void> => {
  const client: Client = {
    index,
    wire: undefined as unknown as Wire,
    transactionId: 1,
    register: 1_000_000,
    preparing: false,
    sent: 0,
    heard: () => {},
  }
  client.wire = await connect({
    url: values.url,
    identity: `${values.prefix}-${index}`,
    password: `${values.prefix}-password-${index}`.padEnd(16, '-'),
    protocol: 'ocpp1.6',
    opened: () => {},
    heard: (text) => client.heard(text),
    closed: () => lost++,
  })
  await ask(client, 'BootNotification', '{"chargePointVendor":"Bench","chargePointModel":"Load"}')
  clients.push(client)
  if (index >= charging) return
  const at = new Date(Date.now() - index).toISOString()
  const [, , answer] = await ask(
    client,
    'StartTransaction',
    `{"connectorId":1,"idTag":"BENCHCARD","meterStart":1000000,"timestamp":"${at}"}`,
  )
  client.transactionId =
    (answer as { transactionId?: number } | string).constructor === Object
      ? ((answer as { transactionId: number }).transactionId ?? 1)
      : 1
}

const began = performance.now()
const window = 200
for (let from = 0; from < sockets; from += window)
  await Promise.all(Array.from({ length: Math.min(window, sockets - from) }, (_, i) => open(from + i)))
const connectedMs = performance.now() - began

for (const client of clients) {
  if (client.index < charging) {
    client.heard = () => {
      if (counting) counted++
      meter(client)
      const next = idle.pop()
      if (next !== undefined) other(next)
    }
  } else {
    client.heard = () => {
      if (counting) counted++
      idle.push(client)
    }
  }
}
for (const client of clients) {
  if (client.index < charging) meter(client)
  else other(client)
}

// A client that sleeps is woken by the server's own sends, at the server's cost. With a core to itself it never sleeps.
let turns = 0
let idleTurns = 0
let heardBefore = 0
const spin = (): void => {
  if (counting) {
    turns++
    if (counted === heardBefore) idleTurns++
    heardBefore = counted
  }
  if (values.spin) setImmediate(spin)
}
spin()

const sleep = (s: number): Promise<void> => new Promise((go) => setTimeout(go, s * 1_000))
await sleep(Number(values.warmup))
process.stdout.write('measuring\n')
counting = true
const from = performance.now()
await sleep(Number(values.seconds))
counting = false
const seconds = (performance.now() - from) / 1_000
process.stdout.write(
  `${JSON.stringify({ sockets, messages: counted, seconds, perS: counted / seconds, lost, connectedMs, busy: values.spin ? 1 - idleTurns / turns : null })}\n`,
)
process.exit(0)
