import type { Chance } from '../../random.ts'

type Payload = Readonly<Record<string, unknown>>
type Rewrite = (payload: Payload) => Payload

const billing: readonly string[] = ['StartTransaction', 'StopTransaction', 'MeterValues']

const withNote: Rewrite = (payload) => ({ ...payload, vendorNote: 'seen at 21:04', debug: { rssi: -61 } })

/** What a server must take all the same, by action: long serials and models, errors told at length, words it has never heard. */
const rewrites: Readonly<Record<string, readonly Rewrite[]>> = {
  BootNotification: [
    (payload) => ({
      ...payload,
      chargePointSerialNumber: `${String(payload['chargePointSerialNumber'])}-0123456789ABCDEF0123`,
    }),
    (payload) => ({ ...payload, chargePointModel: `${String(payload['chargePointModel'])} Connect Plus` }),
    (payload) => ({ ...payload, iccid: '-71 dBm, LTE band 20, roaming' }),
  ],
  StatusNotification: [
    (payload) => ({ ...payload, info: 'contactor closed, cable locked, '.repeat(5), vendorErrorCode: '0x00' }),
  ],
  MeterValues: [
    (payload) => ({
      ...payload,
      meterValue: (payload['meterValue'] as readonly Payload[]).map((value) => ({
        ...value,
        sampledValue: [
          ...(value['sampledValue'] as readonly Payload[]),
          { value: '49.98', measurand: 'Frequency', unit: 'Hertz' },
          { value: '12.5', measurand: 'Power.Active.Import.Average', unit: 'W' },
        ],
      })),
    }),
  ],
  StopTransaction: [(payload) => ({ ...payload, reason: 'CarHasLeft' })],
}

/** No zone at all, or more digits than a clock has; what it means stays the same: stations without a zone mean UTC. */
const retimed = (text: string, isZoneless: boolean): string =>
  text.replaceAll(/"timestamp":"([^"]+)Z"/g, isZoneless ? '"timestamp":"$1"' : '"timestamp":"$1000Z"')

/** The same message as an untidy station says it; what it says of energy and time is the same. */
export const untidied = (text: string, chance: Chance): string => {
  const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Payload]
  const rewrite = chance.pick([withNote, ...(rewrites[action] ?? [])])
  const said = JSON.stringify([type, id, action, rewrite(payload)])
  return chance.isLucky(0.5) ? retimed(said, billing.includes(action) && chance.isLucky(0.5)) : said
}
