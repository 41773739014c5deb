/**
 * How the objects of OCPI are described: one table a class, in the words of 2.3.0, which is our model; what an older
 * version names otherwise, has not, or has shorter stands beside the field. Reading, converting and cutting all go by
 * these tables, so that a version differs in one place only (handbook/roaming.md §3).
 */
export const versions = ['2.1.1', '2.2.1', '2.3.0'] as const
export type Version = (typeof versions)[number]

/** That of our model. */
export const modelVersion = '2.3.0' as const satisfies Version
export type Older = Exclude<Version, typeof modelVersion>

/** Something for some of the older versions. */
export type InOlder<T> = Readonly<Partial<Record<Older, T>>>

export const isFrom = (since: Version, version: Version): boolean =>
  versions.indexOf(version) >= versions.indexOf(since)

export type Json = Readonly<Record<string, unknown>>

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Required, optional, any number of, one or more of: as the tables of the specification write it. */
export type Cardinality = '1' | '?' | '*' | '+'

export const isRequired = (card: Cardinality): boolean => card === '1' || card === '+'
export const isList = (card: Cardinality): boolean => card === '*' || card === '+'

/** The values of an enum. */
export interface Words {
  readonly name: string
  /** Others may be added by anybody, and are kept. */
  readonly open: boolean
  /** Those of our model, each with the version that brought it. */
  readonly since: ReadonlyMap<string, Version>
  /** Those that only an older version has. */
  readonly only: InOlder<readonly string[]>
  /** The nearest that an older version can say. What has none cannot be said there. */
  readonly instead: InOlder<Readonly<Record<string, string>>>
  /** What the value of an older version is in our model; undefined where the field is left out for it. */
  readonly upward: InOlder<Readonly<Record<string, string | undefined>>>
  /** What peers write for a value. */
  readonly alias: Readonly<Record<string, string>>
}

export interface TextType {
  readonly is: 'text'
  /** In Unicode characters. */
  readonly longest: Readonly<Record<Version, number>>
  readonly ascii: boolean
  /** Shortened it is still true; an identifier, a web address and a signature are not. */
  readonly cut: boolean
  readonly like?: RegExp | undefined
}

export type Type =
  | TextType
  /** `number` is a decimal text here and a JSON number on the wire; `dateTime` is UTC with a Z. */
  | { readonly is: 'number' }
  | { readonly is: 'int' }
  | { readonly is: 'boolean' }
  | { readonly is: 'dateTime' }
  | { readonly is: 'word'; readonly words: Words }
  | { readonly is: 'object'; readonly shape: Shape }

/** How one version writes a field. */
export interface Form {
  readonly name: string
  readonly card: Cardinality
  readonly type: Type
}

/** No value: what a version cannot say and its holder cannot do without. */
export const unsayable = Symbol('unsayable')

/** Makes the value of a field into what another version has for it; undefined leaves the field out. */
export type Turn = (value: unknown, aid: Aid) => unknown

export interface Field {
  readonly forms: Readonly<Partial<Record<Version, Form>>>
  readonly card: Cardinality
  /** What it means that a version has no such field. */
  readonly implied?: unknown
  /** The same, from what is known besides the object. What both sides know is no loss. */
  readonly given?: (known: Known) => unknown
  /** Without it its holder would say something else, and is better not sent. */
  readonly bars: boolean
  /** What an older version is told where it requires what we do not know or it cannot say. */
  readonly fill: InOlder<unknown>
  /** The version has it elsewhere: `down` and `up` of the class see to it. */
  readonly moved: readonly Older[]
  readonly down: InOlder<Turn>
  readonly up: InOlder<Turn>
}

/** The last word on an object when its fields are done; `source` is what they were made of. */
export type Finish = (done: Json, source: Json, aid: Aid) => Json | typeof unsayable

export interface Shape {
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
  /** By the names of each version; a version without the class has none. */
  readonly forms: Readonly<Record<Version, ReadonlyMap<string, Form>>>
  /** Our name of a field, by that of the version. */
  readonly names: Readonly<Record<Older, ReadonlyMap<string, string>>>
  readonly since: Version
  /** Done before the fields, where one says how others are meant. */
  readonly first?: ((source: Json, aid: Aid) => Json | typeof unsayable) | undefined
  readonly down: InOlder<Finish>
  readonly up: InOlder<Finish>
}

/** What a turn has at hand. */
export interface Aid {
  readonly known: Known
  readonly note: Note
  /** Another object of our model in the words of the older version; `where` is the place of its losses, from here. */
  readonly lower: (of: Shape, value: Json, where: (pointer: string) => string) => Json | typeof unsayable
}

/** What an object does not say itself: in 2.1.1 it has no owner, and whole objects stand where we have references. */
export interface Known {
  readonly owner?: { readonly country_code: string; readonly party_id: string }
  /** The Location of a session or a CDR, in our model. */
  readonly location?: Json
  /** The Token that a session or a CDR is of, in our model. */
  readonly token?: Json
  /** Of the party whose credentials are read. */
  readonly role?: string
  readonly timeZone?: string
}

export type LossRule =
  /** The version has no such field. */
  | 'noField'
  /** The version has no such value. */
  | 'noValue'
  /** The nearest that it has is written instead. */
  | 'replaced'
  /** An object or an element goes with what it cannot do without. */
  | 'leftOut'
  /** It requires what we do not know, and is told something that says nothing. */
  | 'filled'
  /** It requires what we do not know, and there is nothing to tell it. */
  | 'missing'
  /** A figure does not come out even. */
  | 'rounded'
  /** Text was shortened. */
  | 'cut'
  /** Longer than the version has it, and nothing that could be shortened. */
  | 'tooLong'

export interface Loss {
  /** Into the object that was handed in (RFC 6901). */
  readonly pointer: string
  readonly rule: LossRule
  readonly detail: string
}

/** Names a loss; `below` is the rest of a pointer, from the value that is turned. */
export type Note = (rule: LossRule, detail: string, below?: string) => void

/** One more step of a pointer (RFC 6901). */
export const at = (pointer: string, step: string | number): string =>
  `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** By what values of a CiString are equal; their case is kept, and means nothing. */
export const ciKey = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value)
