import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame } from '../../../core/ocpp/frame.ts'
import { decodeRepaired, joined, quirksOf } from '../../../core/ocpp/quirks.ts'
import { packs } from '../../../core/ocpp/quirks/index.ts'
import type { QuirkPack } from '../../../core/ocpp/quirks/pack.ts'
import {
  ofAnswers,
  withBracketsClosed,
  withoutEmptyMembers,
  withoutLeadingCommas,
  withoutNul,
} from '../../../core/ocpp/quirks/text.ts'

describe('the packs of quirks', () => {
  it('each say whose they are, where it was seen, and do something about it', () => {
    const silent = packs.filter(({ name, because, of, ...does }) => {
      const said = name !== '' && because.length > 40 && of.length > 0
      return !said || Object.keys(does).length === 0
    })
    expect(silent).toEqual([])
    expect(new Set(packs.map(({ name }) => name)).size).toBe(packs.length)
  })

  const makes: readonly [string, string | undefined, string | undefined, string | undefined][] = [
    ['ocular', 'BS AC EV Charger', 'BS-EV22', '448.3251.0Q03197'],
    ['ocular', 'bs ac ev charger ', 'anything', undefined],
    ['abb-terra', 'ABB', 'CDT_TACW22::NET_WIFI', 'TAC3Z9119006710273::V1.8.21'],
    ['abb-terra', 'ABB', 'CDT_TACW11::NET_WIFI', 'V1.6.6'],
    ['none', 'ABB', 'CDT_TACW22::NET_WIFI', 'TAC3Z9119006710273::V1.8.32'],
    ['none', 'ABB', 'Terra 54', 'V1.8.21'],
    ['none', 'ABB', 'CDT_TACW22::NET_WIFI', undefined],
    ['none', 'ABB', 'CDT_TACW22::NET_WIFI', 'unversioned'],
    ['grizzl-e', 'United Chargers', 'GRS-*', '05.621'],
    ['none', 'United Chargers', 'GRS-*', '03.09.0'],
    ['none', 'United Chargers', 'GRS-*', '06.01'],
    ['openevse', 'OpenEVSE', 'Advanced Series', 'v4.2.2'],
    ['openevse', 'OpenEVSE', 'Advanced Series', 'v4.1.9'],
    ['none', 'OpenEVSE', 'Advanced Series', 'v4.1.7'],
    ['none', 'OpenEVSE', 'Advanced Series', 'v5.0.0'],
    ['en-plus', 'EN+', '37', '1.1.805'],
    ['none', 'EN+', '37', '1.0.25.130'],
    ['autel', 'Autel', 'MaxiChargerAC', 'PFA0102|V0.00.00|V1.38.00||2.4.3.0'],
    ['huawei', '', 'ACChargePoint', undefined],
    ['none', '', 'Other', undefined],
    ['growatt', 'Growatt', 'THOR_11AS', 'THOR_11AS-V5.2.4-20230307-NOVO'],
    ['none', undefined, 'ACChargePoint', undefined],
    ['none', 'Nobody', 'Nothing', '1.0'],
  ]
  it.each(makes)('%s: %s %s %s', (pack, vendor, model, firmware) => {
    const station = {
      ...(vendor !== undefined && { vendor }),
      ...(model !== undefined && { model }),
      ...(firmware !== undefined && { firmware }),
    }
    expect(quirksOf(station)?.name ?? 'none').toBe(pack)
  })

  it('are one for all stations of a make, and stay right however many names come by', () => {
    const aefa = quirksOf({ vendor: 'AEFA', model: 'Home OCPP' })
    expect(quirksOf({ vendor: 'AEFA', model: 'Home OCPP' })).toBe(aefa)
    for (let i = 0; i < 3_000; i++) expect(quirksOf({ vendor: 'AEFA', firmware: String(i) })?.name).toBe('aefa')
    expect(quirksOf({ vendor: 'AEFA', model: 'Home OCPP' })).toBe(aefa)
  })

  it('are joined where several are of one make', () => {
    const base = { because: '', of: [] }
    const first: QuirkPack = {
      ...base,
      name: 'first',
      text: (text) => `${text}1`,
      rewrite: { A: (payload) => ({ ...payload, a: 1 }) },
      timing: { pingMs: 1, gapMs: 1 },
    }
    const second: QuirkPack = {
      ...base,
      name: 'second',
      text: (text) => `${text}2`,
      rewrite: { A: (payload) => ({ ...payload, b: 2 }), B: (payload) => payload },
      suppress: [{ action: 'Reset', told: 'never' }],
      timing: { pingMs: 2 },
      staysAway: true,
    }
    const both = joined([first, second])
    expect([both?.text?.('x'), both?.rewrite?.['A']?.({})]).toEqual(['x12', { a: 1, b: 2 }])
    expect(both).toMatchObject({
      name: 'first, second',
      suppress: [{ action: 'Reset' }],
      timing: { pingMs: 2, gapMs: 1 },
      staysAway: true,
    })
    expect([joined([]), joined([first])]).toEqual([undefined, first])
  })
})

describe('a frame that cannot be read', () => {
  const rows: readonly [string, (text: string) => string, string, string][] = [
    ['a leading comma', withoutLeadingCommas, '[1,[,{"a":"[,"}]]', '[1,[{"a":"[,"}]]'],
    ['several of them', withoutLeadingCommas, '[ , ,1,{,"a":1}]', '[1,{"a":1}]'],
    ['an empty member in the middle', withoutEmptyMembers, '{"a":1,"b":,"c":"d:,"}', '{"a":1,"c":"d:,"}'],
    ['an empty member that is the first', withoutEmptyMembers, '{"b": ,"c":2}', '{"c":2}'],
    ['an empty member that is the last', withoutEmptyMembers, '{"a":1, "b":}', '{"a":1}'],
    ['an empty member that is alone', withoutEmptyMembers, '{"b":}', '{}'],
    ['two empty members', withoutEmptyMembers, '{"a":,"b":,"c":1}', '{"c":1}'],
    ['brackets that are missing', withBracketsClosed, '[3,"a",{"b":[{"c":"]"}', '[3,"a",{"b":[{"c":"]"}]}]'],
    ['a number that was cut', withBracketsClosed, '[3,"a",{"b":12', '[3,"a",{"b":12'],
    ['a text that was cut', withBracketsClosed, '[3,"a",{"b":"x', '[3,"a",{"b":"x'],
    ['brackets that do not match', withBracketsClosed, '[3,"a"}', '[3,"a"}'],
    ['an answer', ofAnswers(withBracketsClosed), '[3,"a",{}', '[3,"a",{}]'],
    ['no answer', ofAnswers(withBracketsClosed), '[2,"a",{}', '[2,"a",{}'],
    ['a NUL', withoutNul, '["a\u0000b"]', '["ab"]'],
  ]
  it.each(rows)('%s', (_, repair, came, mended) => {
    expect(repair(came)).toBe(mended)
  })

  const mends = packs.flatMap(({ text }) => text ?? [])

  it('costs time in proportion to its length, whatever is in it', () => {
    const took = (text: string): number => {
      const began = performance.now()
      for (const mend of mends) mend(text)
      return performance.now() - began
    }
    for (const unit of ['"', '\\"', '"\\', '[,', ':,"', ',"a":', '[', ' ', '[ ']) {
      const [some, many] = [`"${unit.repeat(2_000)}`, `"${unit.repeat(32_000)}`]
      took(some)
      expect([unit, took(many) < 1_000]).toEqual([unit, true])
    }
  })

  it('no text and no payload whatever makes a repair throw', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '2', 'a') }),
    )
    const action = fc.constantFrom(
      'StartTransaction',
      'StopTransaction',
      'MeterValues',
      'StatusNotification',
      'Authorize',
      '__proto__',
      'constructor',
      'toString',
    )
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant([]), fc.constant({}))
    const sample = fc.oneof(value, fc.dictionary(fc.constantFrom('measurand', 'phase', 'unit'), value, { maxKeys: 3 }))
    const samples = fc.oneof(value, fc.array(sample, { maxLength: 3 }))
    const field = fc.constantFrom('idTag', 'timestamp', 'meterValue', 'transactionData', 'meterStop', 'errorCode')
    const payload = fc.dictionary(
      field,
      fc.oneof(samples, fc.array(fc.record({ sampledValue: samples }), { maxLength: 2 })),
      { maxKeys: 4 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.tuple(action, payload).map(([a, p]) => JSON.stringify([2, 'a', a, p])),
        ),
        (came) => {
          const read = decodeFrame(came)
          const isBroken = read.kind === 'malformed' || read.kind === 'unreadable'
          return packs.map((pack) => decodeRepaired(came, pack)).every(({ kind }) => isBroken || kind === read.kind)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is left as it is by whoever has nothing to mend in it', () => {
    const frame = JSON.stringify([
      2,
      'a',
      'StopTransaction',
      { transactionId: 1, meterStop: 5, idTag: 'CARD1', t: '[,' },
    ])
    const touched = packs.filter(
      (pack) => decodeRepaired(frame, pack).kind === 'call' && 'repairedBy' in decodeRepaired(frame, pack),
    )
    expect(touched.map(({ name }) => name)).toEqual(['openevse'])
  })
})
