import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const folders = ['core', 'actors', 'adapters', 'bench', 'test']

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
)
const text = (file: string): string => readFileSync(join(root, file), 'utf8')

const imports = (file: string): readonly string[] =>
  [
    ...text(file).matchAll(/^(?:import|export)\b(?:[^'"]*?\bfrom)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm),
  ].map(([, a, b]) => a ?? b ?? '')

/** `core/ocpp/frame.ts` is in core; `adapters/postgres/store/tokens.ts` in adapters/postgres; `adapters/config.ts` in adapters. */
const area = (path: string): string =>
  (/^adapters\/.+\//.test(path) ? path.split('/', 2) : path.split('/', 1)).join('/')

/** What knows every adapter; nobody imports it but tests and what is among it. */
const composes = (file: string): boolean => /^adapters\/(?:main\.ts|compose\.ts|compose\/.+)$/.test(file)

const mayImport = (file: string, to: string): boolean => {
  const [from, target] = [area(file), area(to)]
  if (from === 'test') return true
  if (composes(to)) return composes(file) && to !== 'adapters/main.ts'
  if (composes(file)) return target !== 'test' && target !== 'bench'
  if (target === from || target === 'core') return true
  // what is measured by itself is measured where it is
  return from === 'bench' && (target === 'actors' || file.startsWith('bench/micro/'))
}

const mayUse = (file: string, name: string): boolean => {
  const from = area(file)
  if (from === 'actors') return name === 'xstate'
  if (from !== 'core') return true
  if (file === 'core/ocpp/schema.ts') return name === 'ajv' || name.startsWith('typed-ocpp/')
  return file.startsWith('core/ocpp/') && /^typed-ocpp\/dist\/ocpp(?:16|20|21)\/types\.js$/.test(name)
}

/** D-9: time, chance and the outside are handed in. `Date.UTC` and dates of a given number are arithmetic. */
const outside = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\b/,
  /\bMath\.random\b/,
  /\bsetTimeout\b/,
  /\bsetInterval\b/,
  /\bsetImmediate\b/,
  /\bqueueMicrotask\b/,
  /\bcrypto\b/,
  /\bprocess\./,
  /\bfetch\(/,
]

const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '')

describe('the layers', () => {
  it('everyone imports only what they may', () => {
    const offences = sources.flatMap((file) =>
      imports(file)
        .filter((to) => (to.startsWith('.') ? !mayImport(file, join(dirname(file), to)) : !mayUse(file, to)))
        .map((to) => `${file} -> ${to}`),
    )
    expect(offences).toEqual([])
  })

  it('core and actors hold neither a clock, nor chance, nor the outside (D-9)', () => {
    const offences = sources
      .filter((file) => file.startsWith('core/') || file.startsWith('actors/'))
      .flatMap((file) =>
        outside
          .filter((pattern) => pattern.test(withoutComments(text(file))))
          .map((pattern) => `${file}: ${pattern.source}`),
      )
    expect(offences).toEqual([])
  })

  it('machines have no invoke, spawn or after (D-6)', () => {
    const machines = sources.filter((file) => /^actors\/.+\/machine\.ts$/.test(file))
    expect(machines.length).toBeGreaterThan(2)
    expect(
      machines.filter((file) =>
        /\b(invoke|spawn|spawnChild|after|fromPromise)\b\s*[:(]/.test(withoutComments(text(file))),
      ),
    ).toEqual([])
  })

  it('every route of the API declares its permission: none is made but by route (S-17)', () => {
    const made = sources.filter((file) => file.startsWith('adapters/') && /\bcreateRoute\b/.test(text(file)))
    expect(made).toEqual(['adapters/http/route.ts'])
  })

  it('every file begins at home: no default exports, no enums, no build-time paths', () => {
    const product = sources.filter((file) => !file.startsWith('test/'))
    expect(
      product.filter((file) =>
        /^export default|^(?:export )?(?:const )?enum |from '[^.'][^']*\/src\//m.test(text(file)),
      ),
    ).toEqual([])
  })
})
