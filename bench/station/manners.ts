import type { Broken } from '../charger/chaos/broken.ts'
import { earlierMs, type Manners } from '../charger/chaos/manners.ts'
import type { Order } from '../member.ts'
import type { Chance } from '../random.ts'
import type { Station } from './station.ts'

type Payload = Readonly<Record<string, unknown>>
type Rewrite = (payload: Payload) => Payload

const withNote: Rewrite = (payload) => ({ ...payload, vendorNote: 'seen at 21:04', debug: { rssi: -61 } })
const withCustomData: Rewrite = (payload) => ({ ...payload, customData: { vendorId: 'com.example', rssi: -61 } })

/** What a server must take all the same: extra fields, what is too long, words it has never heard in what is money. */
const rewrites: Readonly<Record<string, readonly Rewrite[]>> = {
  BootNotification: [
    (payload) => ({
      ...payload,
      chargingStation: { ...(payload['chargingStation'] as Payload), serialNumber: '0123456789ABCDEF0123456789-LONG' },
    }),
  ],
  TransactionEvent: [
    (payload) => ({ ...payload, triggerReason: 'CarHasCome' }),
    (payload) => ({ ...payload, transactionInfo: { ...(payload['transactionInfo'] as Payload), note: 'bay 4' } }),
  ],
}

/** More digits than a clock has, or no zone at all, which means UTC. */
const retimed = (text: string, isZoneless: boolean): string =>
  text.replaceAll(/"timestamp":"([^"]+)Z"/g, isZoneless ? '"timestamp":"$1"' : '"timestamp":"$1000Z"')

export const untidied = (text: string, chance: Chance): string => {
  const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Payload]
  const rewrite = chance.pick([withNote, withCustomData, ...(rewrites[action] ?? [])])
  const said = JSON.stringify([type, id, action, rewrite(payload)])
  const isMoney = action === 'TransactionEvent' || action === 'MeterValues'
  return chance.isLucky(0.5) ? retimed(said, isMoney && chance.isLucky(0.5)) : said
}

const call =
  (...rest: readonly unknown[]): ((id: string) => string) =>
  (id) =>
    JSON.stringify([2, id, ...rest])

const status = { timestamp: '2026-11-27T08:00:00Z', evseId: 1, connectorId: 1 }

/** The codes are those of handbook/reliability.md §6.5 c and d, for OCPP 2.x. */
export const brokenFrames: readonly Broken[] = [
  { name: 'an unknown action', frame: call('Teleport', {}), answers: ['NotImplemented'] },
  { name: 'an order that is for stations', frame: call('Reset', { type: 'Immediate' }), answers: ['NotSupported'] },
  { name: 'a list for a payload', frame: call('Heartbeat', []), answers: ['FormatViolation'] },
  { name: 'null for a payload', frame: call('Heartbeat', null), answers: ['FormatViolation'] },
  { name: 'no payload', frame: call('Heartbeat'), answers: ['RpcFrameworkError'] },
  {
    name: 'a status that is missing',
    frame: call('StatusNotification', status),
    answers: ['OccurrenceConstraintViolation'],
  },
  {
    name: 'a number as text',
    frame: call('StatusNotification', { ...status, evseId: '1', connectorStatus: 'Occupied' }),
    answers: ['TypeConstraintViolation', 'result'],
  },
  {
    name: 'a status that there is none of',
    frame: call('StatusNotification', { ...status, connectorStatus: 'Preparing' }),
    answers: ['PropertyConstraintViolation'],
  },
  {
    name: 'a message of no type',
    frame: (id) => JSON.stringify([9, id, 'Heartbeat', {}]),
    answers: ['MessageTypeNotSupported'],
  },
  { name: 'half a frame', frame: (id) => `[2,"${id}","Heartbeat",{`, answers: [] },
  { name: 'no JSON', frame: () => 'AT+CSQ', answers: [] },
]

/** Bad manners in the words of 2.x. */
export const mannersOf = (station: Station): Manners => {
  const statusOf = (chance: Chance, at: number, connectorStatus?: string): Order => {
    const evse = chance.pick(station.evses)
    const timestamp = new Date(at).toISOString()
    const said = { timestamp, evseId: evse.id, connectorId: 1, connectorStatus: connectorStatus ?? evse.status }
    return ['StatusNotification', said]
  }
  return {
    untidied,
    broken: brokenFrames,
    smallTalk: (chance) =>
      chance.pick<Order>([
        ['Heartbeat', {}],
        statusOf(chance, station.time.now()),
        ['DataTransfer', { vendorId: 'com.example.unheard-of', data: { uptime: [12] } }],
      ]),
    lookBack(chance) {
      const now = station.time.now()
      return [statusOf(chance, now), statusOf(chance, now - earlierMs, 'Occupied')]
    },
    jam(chance) {
      const evse = chance.pick(station.evses)
      evse.lock = evse.lock === 'jammed' ? 'works' : 'jammed'
    },
  }
}
