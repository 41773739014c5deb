import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cases } from './certification/cases.ts'
import { cases2, type TestCase, idsOfProfiles, isMandatory, profileNames, whyNot } from './certification/cases-2.ts'
import { titles } from './certification/titles-2.ts'

const folder = import.meta.dirname
const page = join(folder, 'certification/README.md')

/** Names of tests, rows of their tables included, by the ids in them: `003` of OCPP 1.6, `E_01` of 2.0.1. */
const shownBy = new Map<string, Set<string>>()
for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
)) {
  const texts = readFileSync(join(folder, file), 'utf8').match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []
  for (const [, id = ''] of texts.flatMap((text) => [...text.matchAll(/\bTC_(\d{3}(?:_\d)?|[A-Z]_\d+)_CSMS\b/g)]))
    shownBy.set(id, (shownBy.get(id) ?? new Set()).add(file))
}

const all = Object.values(cases).flatMap((profile) => Object.keys(profile))
const testsOf = (id: string): string =>
  [...(shownBy.get(id) ?? [])]
    .toSorted()
    .map((file) => `\`${file}\``)
    .join(', ')
const isShown = ({ id }: TestCase): boolean => shownBy.has(id)

const rendered16 = (): readonly string[] => [
  '# OCPP 1.6: the cases of the test tool',
  '',
  'Made by `test/certification.test.ts` from the names of the tests. A case stands at a test that drives it, most on a whole server with a',
  "station of another author's hand, and looks at what goes over the wire and at what the operator sees. All of these tests",
  'run with `npm test`, and in CI, which fails with the first that fails. Passing them is not certification.',
  '',
  `${all.filter((id) => shownBy.has(id)).length} of ${all.length} cases are covered.`,
  ...Object.entries(cases).flatMap(([profile, of]) => [
    '',
    `## ${profile}`,
    '',
    '| Case | What | Tests |',
    '|---|---|---|',
    ...Object.entries(of).map(([id, title]) => `| TC_${id}_CSMS | ${title} | ${testsOf(id) || '–'} |`),
  ]),
]

const blocks: Readonly<Record<string, string>> = {
  A: 'Security',
  B: 'Provisioning',
  C: 'Authorisation',
  D: 'Local authorisation list',
  E: 'Transactions',
  F: 'Remote control',
  G: 'Availability',
  H: 'Reservation',
  I: 'Tariff and cost',
  J: 'Meter values',
  K: 'Smart charging',
  L: 'Firmware',
  M: 'Certificates',
  N: 'Diagnostics',
  O: 'Display messages',
  P: 'Vendors',
}

const counted = (of: readonly TestCase[]): string => `${of.filter(isShown).length} of ${of.length}`

const rendered2 = (): readonly string[] => [
  '# OCPP 2.0.1: the cases of the test tool',
  '',
  'The same for the cases of part 6, edition 3, with the errata of 2025-04. A profile asks for a case, or asks for it only where a',
  'feature is declared (in brackets); some cases are in no profile.',
  '',
  `${counted(cases2)} cases are covered; ${counted(cases2.filter(isMandatory))} of those that some profile asks for in any case.`,
  '',
  '| Profile | Asked for | Where declared |',
  '|---|---|---|',
  ...profileNames.map((profile) => {
    const of = (need: string) => counted(cases2.filter(({ needs }) => needs.get(profile) === need))
    return `| ${profile} | ${of('mandatory')} | ${of('conditional')} |`
  }),
  ...Object.keys(titles).flatMap((block) => [
    '',
    `## ${block}: ${blocks[block] ?? ''}`,
    '',
    '| Case | What | Profiles | Tests |',
    '|---|---|---|---|',
    ...cases2
      .filter(({ id }) => id.startsWith(block))
      .map((one) => {
        const profiles = [...one.needs].map(([profile, need]) => (need === 'mandatory' ? profile : `(${profile})`))
        const tests = testsOf(one.id) || `none: ${whyNot[one.id] ?? ''}`
        return `| TC_${one.id}_CSMS | ${one.title} | ${profiles.join(', ') || '–'} | ${tests} |`
      }),
  ]),
]

const rendered = (): string => [...rendered16(), '', ...rendered2(), ''].join('\n')

describe('the page of certification cases', () => {
  it('is as the tests are', () => {
    if (process.env['UPDATE_README'] === '1') writeFileSync(page, rendered())
    expect(readFileSync(page, 'utf8'), 'stale: run UPDATE_README=1 npm run check').toBe(rendered())
  })

  it('knows 77 cases of 1.6, covers at least 70 of them', () => {
    expect(all.length).toBe(77)
    expect(all.filter((id) => shownBy.has(id)).length).toBeGreaterThanOrEqual(70)
  })

  it('knows 252 cases of 2.0.1, every one that a profile names among them; says of each that is not covered why', () => {
    const ids = cases2.map(({ id }) => id)
    expect([ids.length, cases2.filter(isMandatory).length]).toEqual([252, 202])
    expect(idsOfProfiles.filter((id) => !ids.includes(id))).toEqual([])
    expect(Object.keys(whyNot)).toEqual(cases2.filter((one) => !isShown(one)).map(({ id }) => id))
  })

  it('covers all that Core asks for, and at least 200 of those that any profile asks for', () => {
    const isOfCore = ({ needs }: TestCase) => needs.get('Core') === 'mandatory'
    expect(cases2.filter((one) => isOfCore(one) && !isShown(one))).toEqual([])
    expect(cases2.filter((one) => isMandatory(one) && isShown(one)).length).toBeGreaterThanOrEqual(200)
  })

  it('is named by no test that has an id of its own', () => {
    const known = new Set([...all, ...cases2.map(({ id }) => id)])
    expect([...shownBy.keys()].filter((id) => !known.has(id))).toEqual([])
  })
})
