import { z } from '@hono/zod-openapi'
import type { ChargingStation } from '../../core/domain/charging-station.ts'
import type { Evse } from '../../core/domain/evse.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Given } from '../../core/ports/market.ts'
import { stationBody, stationFrom } from './charging-stations.ts'
import { evseBody, evseFrom, outletBody } from './evse-schemas.ts'
import { digits, type Invalid } from './imports.ts'
import { addressBody, named } from './party-schemas.ts'
import { coordinates, siteBody, siteFrom } from './site-schemas.ts'

/** Lines are flat, as tables are: an address and coordinates are columns, and an EVSE has a line for each connector. */

export interface Found<Item> {
  readonly items: readonly Item[]
  /** The line of each. */
  readonly at: readonly number[]
  readonly invalid: readonly Invalid[]
}

export const siteLine = z.strictObject({
  id: named,
  name: siteBody.shape.name,
  ...addressBody.shape,
  ...coordinates.shape,
  timeZone: siteBody.shape.timeZone,
  openingTimes: siteBody.shape.openingTimes,
  published: z.union([z.boolean(), z.stringbool()]).default(true),
})

const siteOf = (tenant: string, line: z.infer<typeof siteLine>): Given<Site> => {
  const { id, street, postalCode, city, country, latitude, longitude, ...rest } = line
  return siteFrom(tenant, id, {
    ...rest,
    address: { street, postalCode, city, country },
    coordinates: { latitude, longitude },
  })
}

export const sitesOf = (tenant: string, { items, ...found }: Found<z.infer<typeof siteLine>>): Found<Given<Site>> => ({
  ...found,
  items: items.map((line) => siteOf(tenant, line)),
})

export const stationLine = stationBody.extend({ id: named })

export const stationsOf = (
  tenant: string,
  { items, ...found }: Found<z.infer<typeof stationLine>>,
): Found<Given<ChargingStation>> => ({
  ...found,
  items: items.map(({ id, ...body }) => stationFrom(tenant, id, body)),
})

const number = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(digits, schema)
const plug = evseBody.shape.plug.unwrap().unwrap().shape
export const evseLine = z
  .strictObject({
    uid: named,
    station: evseBody.shape.station,
    evseId: evseBody.shape.evseId,
    state: evseBody.shape.state,
    chargePoint: plug.chargePoint.optional(),
    evse: number(plug.evse.optional()),
    connector: named.default('1').describe('its id'),
    number: number(outletBody.shape.number),
    standard: outletBody.shape.standard,
    format: outletBody.shape.format,
    powerType: outletBody.shape.powerType,
    maxVolts: number(outletBody.shape.maxVolts),
    maxAmps: number(outletBody.shape.maxAmps),
    maxWatts: number(outletBody.shape.maxWatts),
  })
  .superRefine(({ chargePoint, evse }, context) => {
    if ((chargePoint === undefined) !== (evse === undefined))
      context.addIssue({ code: 'custom', path: ['evse'], message: 'a plug has a chargePoint and the evse of it' })
  })
type EvseLine = z.infer<typeof evseLine>

/** What several lines say of one EVSE. */
const bodyOf = ({ station, evseId, state, chargePoint, evse }: EvseLine, connectors: readonly object[]): unknown => ({
  station,
  evseId,
  state,
  plug: chargePoint === undefined ? undefined : { chargePoint, evse },
  connectors,
})

const connectorOf = (line: EvseLine): object => ({
  id: line.connector,
  number: line.number,
  standard: line.standard,
  format: line.format,
  powerType: line.powerType,
  maxVolts: line.maxVolts,
  maxAmps: line.maxAmps,
  maxWatts: line.maxWatts,
})

/** Lines of one uid make one EVSE; they must not say different things of it. */
export const evsesOf = (tenant: string, { items, at, invalid }: Found<EvseLine>): Found<Given<Evse>> => {
  const groups = new Map<string, { readonly line: number; readonly first: EvseLine; readonly connectors: object[] }>()
  const more: Invalid[] = []
  for (const [i, item] of items.entries()) {
    const line = at[i] ?? 0
    const group = groups.get(item.uid) ?? { line, first: item, connectors: [] }
    groups.set(item.uid, group)
    if (JSON.stringify(bodyOf(item, [])) !== JSON.stringify(bodyOf(group.first, [])))
      more.push({
        line,
        pointer: '/uid',
        problem: `says something else of the EVSE ${item.uid} than line ${group.line}`,
      })
    group.connectors.push(connectorOf(item))
  }
  const made = [...groups].map(([uid, { line, first, connectors }]) => {
    const body = evseBody.safeParse(bodyOf(first, connectors))
    if (!body.success)
      more.push({ line, pointer: '/connector', problem: body.error.issues[0]?.message ?? 'is not valid' })
    return { line, evse: body.success ? evseFrom(tenant, uid, body.data) : undefined }
  })
  const valid = made.flatMap(({ line, evse }) => (evse === undefined ? [] : [{ line, evse }]))
  return {
    items: valid.map(({ evse }) => evse),
    at: valid.map(({ line }) => line),
    invalid: [...invalid, ...more],
  }
}
