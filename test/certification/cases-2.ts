import { titles } from './titles-2.ts'

/** A case must be shown by whoever claims a profile, or only where its feature is declared. */
export type Need = 'mandatory' | 'conditional'

export interface TestCase {
  /** `E_01` of `TC_E_01_CSMS`. */
  readonly id: string
  readonly title: string
  /** The profiles of certification that it belongs to; some are in the document and in none of them. */
  readonly needs: ReadonlyMap<string, Need>
}

/** `E 01 02` is E_01 and E_02; `K 29-36` is every one from K_29 to K_36. */
const idsOf = (text: string): readonly string[] =>
  text === ''
    ? []
    : text.split(' · ').flatMap((block) => {
        const [letter = '', ...numbers] = block.split(' ')
        return numbers.flatMap((range) => {
          const [from = 0, to = from] = range.split('-').map(Number)
          return Array.from({ length: to - from + 1 }, (_, i) => `${letter}_${String(from + i).padStart(2, '0')}`)
        })
      })

/** Which cases each profile asks for (certification profiles, part 5 edition 3; handbook §5.2). */
const profiles: Readonly<Record<string, Readonly<Record<Need, string>>>> = {
  Core: {
    mandatory:
      'A 01-04 06 09 10 19 · B 01 06 09 20-22 42 44 58 · C 02 06-08 20 37-39 47-49 · E 01-04 07-12 14-17 19-22 26 38 39 53 · ' +
      'F 01-04 20 27 · G 03-08 11 14 17 20 · J 01-04 07-11 · L 01 04-11 13 · M 01 02 05 13 18-21 · N 25 27-32 34-36 · P 02 03',
    conditional: 'B 02 07 10 12 13 25-27 30 31 · E 29-31 33 34 · F 06 11-15 18 23 24 · L 02 03 · N 62',
  },
  'Advanced Security': { mandatory: 'A 07 08 11 14', conditional: '' },
  'Local Authorization List': { mandatory: 'C 40 43 · D 01-04 09 · N 46', conditional: 'D 08' },
  'Smart Charging': { mandatory: 'K 01 03-06 08 15 19 29-37 43 44 60 70', conditional: 'K 10' },
  'Advanced Device Management': {
    mandatory: 'B 12 14 18 · N 01-03 05 08 16-18 21 24 44 47 49 50 60',
    conditional: '',
  },
  Reservation: { mandatory: 'H 01 07 17 19 20 22', conditional: 'H 08 14 15' },
  'Advanced User Interface': { mandatory: 'I 01 02 · O 01-14 17-19 26-28', conditional: '' },
  'ISO 15118': {
    mandatory: 'A 12 · C 50-52 · K 01 03-06 08 10 19 29-36 43 44 53 55 57-60 · M 03 04 14-16 24 26 28',
    conditional: 'A 13 · N 63',
  },
}

export const profileNames: readonly string[] = Object.keys(profiles)

const needsOf = (id: string): ReadonlyMap<string, Need> =>
  new Map(
    Object.entries(profiles).flatMap(([profile, { mandatory, conditional }]): [string, Need][] =>
      idsOf(mandatory).includes(id)
        ? [[profile, 'mandatory']]
        : idsOf(conditional).includes(id)
          ? [[profile, 'conditional']]
          : [],
    ),
  )

/** The cases of OCPP 2.0.1, in the order of the document. Passing our own tests is no certification. */
export const cases2: readonly TestCase[] = Object.entries(titles).flatMap(([block, of]) =>
  Object.entries(of)
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([number, title]) => ({ id: `${block}_${number}`, title, needs: needsOf(`${block}_${number}`) })),
)

/** Every id that some profile names; each of them must have a title. */
export const idsOfProfiles: readonly string[] = Object.values(profiles).flatMap(({ mandatory, conditional }) => [
  ...idsOf(mandatory),
  ...idsOf(conditional),
])

export const isMandatory = ({ needs }: TestCase): boolean => [...needs.values()].includes('mandatory')

/** What is not shown by a test, and why. */
export const whyNot: Readonly<Record<string, string>> = {}
