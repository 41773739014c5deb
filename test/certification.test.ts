import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cases } from './certification/cases.ts'

const folder = import.meta.dirname
const page = join(folder, 'certification/README.md')

/** Names of tests, rows of their tables included, by the ids in them. */
const shownBy = new Map<string, Set<string>>()
for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
)) {
  const texts = readFileSync(join(folder, file), 'utf8').match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []
  for (const [, id] of texts.flatMap((text) => [...text.matchAll(/\bTC_(\d{3}(?:_\d)?)_CSMS\b/g)]))
    shownBy.set(id ?? '', (shownBy.get(id ?? '') ?? new Set()).add(file))
}

const all = Object.values(cases).flatMap((profile) => Object.keys(profile))

const rendered = (): string =>
  [
    '# OCPP 1.6: the cases of the test tool',
    '',
    'Made by `test/certification.test.ts` from the names of the tests. A case stands at a test that drives it, most on a whole server with a',
    "station of another author's hand, and looks at what goes over the wire and at what the operator sees. All of these tests",
    'run with `npm test`, and in CI, which fails with the first that fails. Passing them is not certification.',
    '',
    `${all.filter((id) => shownBy.has(id)).length} of ${all.length} cases are covered.`,
    ...Object.entries(cases).flatMap(([profile, titles]) => [
      '',
      `## ${profile}`,
      '',
      '| Case | What | Tests |',
      '|---|---|---|',
      ...Object.entries(titles).map(([id, title]) => {
        const tests = [...(shownBy.get(id) ?? [])].toSorted().map((file) => `\`${file}\``)
        return `| TC_${id}_CSMS | ${title} | ${tests.length === 0 ? '–' : tests.join(', ')} |`
      }),
    ]),
    '',
  ].join('\n')

describe('the page of certification cases', () => {
  it('is as the tests are', () => {
    if (process.env['UPDATE_README'] === '1') writeFileSync(page, rendered())
    expect(readFileSync(page, 'utf8'), 'stale: run UPDATE_README=1 npm run check').toBe(rendered())
  })

  it('knows 77 cases, covers at least 70 of them, and no test names another', () => {
    expect(all.length).toBe(77)
    expect(all.filter((id) => shownBy.has(id)).length).toBeGreaterThanOrEqual(70)
    expect([...shownBy.keys()].filter((id) => !all.includes(id))).toEqual([])
  })
})
