/**
 * What is ours as an object for partners, or theirs as ours. What the other side has no word for is a loss, and whoever
 * asked tells people so: nothing goes missing in silence. Where something that must be there is not known, there is no
 * object at all, for one that was made up would be believed.
 */
export type Mapped<Of> = Made<Of> | Impossible

export interface Made<Of> {
  readonly object: Of
  readonly losses: readonly Loss[]
}

export interface Impossible {
  /** Everything that is in the way. */
  readonly impossible: readonly string[]
}

export interface Loss {
  /** Where, as a JSON pointer into the OCPI object: `/elements/0/price_components/1/price`. */
  readonly pointer: string
  readonly detail: string
}

/** A loss of each field that is there. */
export const lossesOf = <Of extends object>(object: Of, fields: Partial<Record<keyof Of, string>>): readonly Loss[] =>
  Object.entries<string>(fields as Record<string, string>).flatMap(([name, detail]) =>
    name in object ? [{ pointer: `/${name}`, detail }] : [],
  )
