import {
  type Cardinality,
  type Field,
  type Form,
  type InOlder,
  isFrom,
  modelVersion,
  type Older,
  type Shape,
  type TextType,
  type Type,
  type Version,
  versions,
  type Words,
} from './field.ts'

/** `string(n)`, with what older versions have instead; what is longer may be shortened. */
export const text = (longest: number, older: InOlder<number> = {}, like?: RegExp): TextType => ({
  is: 'text',
  longest: { '2.1.1': older['2.1.1'] ?? longest, '2.2.1': older['2.2.1'] ?? longest, [modelVersion]: longest },
  ascii: false,
  cut: like === undefined,
  like,
})

/** A text that is what it is as a whole: a signature, a token. */
export const whole = (longest: number, older: InOlder<number> = {}): TextType => ({
  ...text(longest, older),
  cut: false,
})

/** `CiString(n)`: printable ASCII, by which objects are found. */
export const ciText = (longest: number, older: InOlder<number> = {}): TextType => ({
  ...whole(longest, older),
  ascii: true,
})

export const url: Type = whole(255)
export const number: Type = { is: 'number' }
export const int: Type = { is: 'int' }
export const boolean: Type = { is: 'boolean' }
export const dateTime: Type = { is: 'dateTime' }

export const object = (of: Shape): Type => ({ is: 'object', shape: of })

interface WordOptions {
  readonly open?: boolean
  /** Values that came with 2.2.1, and with 2.3.0. */
  readonly since?: Readonly<Partial<Record<Version, string>>>
  readonly only?: InOlder<string>
  readonly instead?: Words['instead']
  readonly upward?: Words['upward']
  readonly alias?: Words['alias']
}

/** An enum: the values that every version has, separated by blanks, and what is different. */
export const words = (name: string, values: string, options: WordOptions = {}): Type => {
  const { open = false, since = {}, only = {}, instead = {}, upward = {}, alias = {} } = options
  const known = versions.flatMap((version) => split(since[version]).map((value) => [value, version] as const))
  return {
    is: 'word',
    words: {
      name,
      open,
      since: new Map([...split(values).map((value) => [value, '2.1.1'] as const), ...known]),
      only: { '2.1.1': split(only['2.1.1']), '2.2.1': split(only['2.2.1']) },
      instead,
      upward,
      alias,
    },
  }
}

const split = (values = ''): readonly string[] => values.split(' ').filter((value) => value !== '')

interface FieldOptions extends Partial<Pick<Field, 'implied' | 'given' | 'bars' | 'fill' | 'moved' | 'down' | 'up'>> {
  readonly since?: Version
  /** Its name, cardinality and type in older versions, where they differ. */
  readonly as?: InOlder<string>
  readonly card?: InOlder<Cardinality>
  readonly type?: InOlder<Type>
}

/** A field before its table gives it a name. */
export type Unnamed<Card extends Cardinality = Cardinality> = (name: string) => Field & { readonly card: Card }

const fieldOf =
  <Card extends Cardinality>(card: Card) =>
  (type: Type, options: FieldOptions = {}): Unnamed<Card> =>
  (name) => {
    const { since = '2.1.1', as = {}, card: cards = {}, type: types = {}, bars = false, ...rest } = options
    const formIn = (version: Version): Form => {
      const older = version === modelVersion ? undefined : version
      return {
        name: (older && as[older]) ?? name,
        card: (older && cards[older]) ?? card,
        type: (older && types[older]) ?? type,
      }
    }
    const forms = Object.fromEntries(versions.filter((v) => isFrom(since, v)).map((v) => [v, formIn(v)]))
    return { fill: {}, moved: [], down: {}, up: {}, ...rest, bars, card, forms }
  }

export const one = fieldOf('1')
export const maybe = fieldOf('?')
export const many = fieldOf('*')
export const some = fieldOf('+')

/** A table for a type of our model: the fields of the type, all of them and no other, required and lists where they are. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: Unnamed<CardinalityOf<T, K>> }

type CardinalityOf<T, K extends keyof T> =
  NonNullable<T[K]> extends readonly unknown[]
    ? undefined extends T[K]
      ? '*'
      : '+'
    : undefined extends T[K]
      ? '?'
      : '1'

interface ShapeOptions extends Partial<Pick<Shape, 'since' | 'first' | 'down' | 'up'>> {
  /** Fields that only an older version has; `up` of the shape sees to them. */
  readonly only?: InOlder<Readonly<Record<string, Unnamed>>>
}

export const shape = (name: string, table: Readonly<Record<string, Unnamed>>, options: ShapeOptions = {}): Shape => {
  const { since = '2.1.1', only = {}, first, down = {}, up = {} } = options
  const fields = new Map(Object.entries(table).map(([field, made]) => [field, made(field)]))
  const formsIn = (version: Version): ReadonlyMap<string, Form> => {
    const olderOnly = version === modelVersion ? {} : (only[version] ?? {})
    const all = [...fields.values(), ...Object.entries(olderOnly).map(([field, made]) => made(field))]
    return new Map(
      isFrom(since, version) ? all.flatMap(({ forms }) => forms[version] ?? []).map((form) => [form.name, form]) : [],
    )
  }
  const forms = { '2.1.1': formsIn('2.1.1'), '2.2.1': formsIn('2.2.1'), '2.3.0': formsIn('2.3.0') }
  const namesIn = (version: Older): ReadonlyMap<string, string> =>
    new Map(
      [...fields].flatMap(([field, { forms: of }]) => (of[version] === undefined ? [] : [[of[version].name, field]])),
    )
  const names = { '2.1.1': namesIn('2.1.1'), '2.2.1': namesIn('2.2.1') }
  return { name, fields, forms, names, since, first, down, up }
}

/** Who owns an object: 2.1.1 has it in the address only. */
export const owner = (field: 'country_code' | 'party_id', longest: number): Unnamed<'1'> =>
  one(ciText(longest), {
    since: '2.2.1',
    given: ({ owner: known }) => known?.[field],
  })
