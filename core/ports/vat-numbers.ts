/** Whether a VAT number is one, and whose: for drivers who want an invoice (2.1 part 2 C18). */
export interface VatNumbers {
  /** Never throws: what cannot be found out is told as such, and the number counts by its form alone. */
  check(number: string): Promise<VatVerdict>
}

export interface VatVerdict {
  readonly isValid: boolean
  /** For whoever looks into it. */
  readonly reason?: string
  readonly company?: Company
}

export interface Company {
  readonly name: string
  readonly address1: string
  readonly address2?: string
  readonly city: string
  readonly postalCode?: string
  readonly country: string
}
