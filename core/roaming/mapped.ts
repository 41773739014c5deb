/**
 * What is ours as an object for partners, or ours of theirs. What the other side has no word for is a loss, and the one who
 * asked says so to people: nothing goes missing in silence. Where a field that must be there is not known, there is no
 * object, for a made-up one would be believed.
 */
export type Mapped<Of> =
  | { readonly object: Of; readonly losses: readonly Loss[] }
  | { readonly impossible: readonly string[] }

export interface Loss {
  /** Where in the object, as a JSON pointer: `/elements/0/price_components/1/price`. */
  readonly pointer: string
  readonly detail: string
}
