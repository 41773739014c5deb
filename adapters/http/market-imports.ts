import { type z } from '@hono/zod-openapi'
import type { Act, Put } from '../../core/ports/market.ts'
import { actOf } from './acts.ts'
import { answer, checked, importContent, importQuery, importReport, type Invalid, linesOf } from './imports.ts'
import { evseLine, evsesOf, type Found, siteLine, sitesOf, stationLine, stationsOf } from './market-lines.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { json, problems, unprocessable } from './schemas.ts'

/** The column that a refusal is about. */
const columnOf = (pointer: string): string => (pointer.startsWith('/plug') ? '/chargePoint' : pointer)

/** What is imported, from its lines to its store. */
interface Import<Line, Item> {
  readonly what: string
  readonly description: string
  readonly schema: z.ZodType<Line>
  readonly keyOf: (line: Line) => string
  readonly itemsOf: (tenant: string, found: Found<Line>) => Found<Item>
  readonly putAll: (
    tenant: string,
    items: readonly Item[],
    act: Act,
    keeps: boolean,
  ) => Promise<readonly Put<unknown>[]>
}

const importRoute = <Line, Item>(api: Api, parts: ApiParts, of: Import<Line, Item>): void =>
  void api.openapi(
    route({
      method: 'post',
      path: `/api/v1/imports/${of.what}`,
      'x-permission': 'imports.write',
      tags: ['Imports'],
      summary: `Add or change many ${of.what.replace('-', ' ')}`,
      description: `${of.description} All lines are applied in one commit, or none.`,
      request: { query: importQuery, body: { content: importContent, required: true } },
      responses: { 200: json(importReport, 'What was found, and done'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const dryRun = c.req.valid('query').dryRun === 'true'
      const lines = linesOf(await c.req.text(), c.req.header('content-type') ?? '')
      const { items, at, invalid } = of.itemsOf(caller.tenant, checked(lines, of.schema, of.keyOf))
      const keeps = !dryRun && invalid.length === 0
      const results = await of.putAll(caller.tenant, items, actOf(parts, caller), keeps)
      const refused = results.flatMap((result, i): readonly Invalid[] =>
        'refused' in result ? [{ line: at[i] ?? 0, pointer: columnOf(result.pointer), problem: result.refused }] : [],
      )
      const wrong = [...invalid, ...refused].toSorted((a, b) => a.line - b.line)
      const kept = keeps && refused.length === 0 ? results : []
      const created = kept.map((result) => ({ created: 'isNew' in result && result.isNew }))
      return c.json(answer(dryRun, lines.length, items.length - refused.length, wrong, created), 200)
    },
  )

/** Many sites, charging stations or EVSEs in one call: first looked at, then all of them or none. */
export const marketImportRoutes = (api: Api, parts: ApiParts): void => {
  const { sites, chargingStations, evses } = parts.store

  importRoute(api, parts, {
    what: 'sites',
    description:
      'Columns `id`, `name`, `street`, `postalCode`, `city`, `country`, `latitude`, `longitude`, `timeZone`, `published`, in JSON lines `openingTimes` too.',
    schema: siteLine,
    keyOf: ({ id }) => id.toLowerCase(),
    itemsOf: sitesOf,
    putAll: (...all) => sites.putAll(...all),
  })
  importRoute(api, parts, {
    what: 'charging-stations',
    description: 'Columns `id`, `site`, `name`.',
    schema: stationLine,
    keyOf: ({ id }) => id.toLowerCase(),
    itemsOf: stationsOf,
    putAll: (...all) => chargingStations.putAll(...all),
  })
  importRoute(api, parts, {
    what: 'evses',
    description:
      'Columns `uid`, `station`, `evseId`, `state`, `chargePoint`, `evse`, and of a connector `connector`, `number`, `standard`, `format`, `powerType`, `maxVolts`, `maxAmps`, `maxWatts`: an EVSE of several connectors has several lines.',
    schema: evseLine,
    keyOf: ({ uid, connector }) => `${uid.toLowerCase()}/${connector.toLowerCase()}`,
    itemsOf: evsesOf,
    putAll: (...all) => evses.putAll(...all),
  })
}
