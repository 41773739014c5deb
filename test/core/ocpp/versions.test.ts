import { createHash } from 'node:crypto'
import * as ocpp16 from 'typed-ocpp/dist/ocpp16/schemas.js'
import * as ocpp20 from 'typed-ocpp/dist/ocpp20/schemas.js'
import * as ocpp21 from 'typed-ocpp/dist/ocpp21/schemas.js'
import { describe, expect, it } from 'vitest'
import { actionsOf, route, warmUp } from '../../../core/ocpp/router.ts'
import { compiledSchemas } from '../../../core/ocpp/schema.ts'
import { negotiate, type Protocol } from '../../../core/ocpp/version.ts'

type Schemas = Readonly<Record<string, { readonly required?: readonly string[] }>>
const bundles: Readonly<Record<Protocol, Schemas>> = {
  'ocpp1.6': ocpp16 as unknown as Schemas,
  'ocpp2.0.1': ocpp20 as unknown as Schemas,
  'ocpp2.1': ocpp21 as unknown as Schemas,
}
const actionOf = (schema: string): string => schema.replace(/(?:Request|Response)$/, '')

/** Which fields every message must have, as one short text. */
const fingerprint = (schemas: Schemas): string =>
  createHash('sha256')
    .update(
      Object.keys(schemas)
        .toSorted()
        .map((name) => `${name} ${(schemas[name]?.required ?? []).toSorted().join(',')}`)
        .join('\n'),
    )
    .digest('hex')
    .slice(0, 12)

describe('the versions of OCPP', () => {
  const rows: readonly (readonly [Protocol, readonly number[], number, string])[] = [
    ['ocpp1.6', [14, 26, 39], 78, '20191355725a'],
    ['ocpp2.0.1', [25, 40, 64], 128, '6682d96b5a0d'],
    ['ocpp2.1', [37, 55, 91], 181, 'd086f3358fa5'],
  ]
  it.each(rows)('%s: what stations send, what we send, and what there is in all is %j', (protocol, counts) => {
    const { asks, tells } = actionsOf(protocol)
    const all = new Set([...asks, ...tells])
    expect([...all].toSorted()).toEqual([...new Set(Object.keys(bundles[protocol]).map(actionOf))].toSorted())
    expect([asks.length, tells.length, all.size]).toEqual(counts)
  })

  it.each(rows)('%s: a new pin does not change the wire silently', (protocol, _, count, print) => {
    expect([Object.keys(bundles[protocol]).length, fingerprint(bundles[protocol])]).toEqual([count, print])
  })

  it('are taken in the order in which the station prefers them', () => {
    expect(negotiate('ocpp2.1, ocpp2.0.1, ocpp1.6')).toBe('ocpp2.1')
    expect(negotiate('ocpp1.6, ocpp2.0.1')).toBe('ocpp1.6')
    expect(negotiate('ocpp2.0, ocpp2.0.1')).toBe('ocpp2.0.1')
  })

  it('cost nothing until somebody speaks them: a schema is compiled when it is first used', () => {
    const of = (protocol: Protocol): readonly string[] =>
      compiledSchemas().filter((name) => name.startsWith(`${protocol}/`))
    warmUp('ocpp1.6')
    expect([of('ocpp2.0.1'), of('ocpp2.1')]).toEqual([[], []])
    route('ocpp2.1', 'Heartbeat', {}, 0)
    expect([of('ocpp2.0.1'), of('ocpp2.1')]).toEqual([[], ['ocpp2.1/HeartbeatRequest']])
  })
})
