/** Who sells or buys, as it stands on an invoice (EN 16931-1 BG-4 and BG-7). */
export interface InvoiceParty {
  /** As it is registered (BT-27, BT-44). */
  readonly name: string
  /** As it is known, where that is another. */
  readonly tradingName?: string | undefined
  /** With its country in front: `DE123456789`, `EL123456789`. */
  readonly vat?: string | undefined
  /** The number in the register of companies, and by whose scheme it is (ISO 6523: `0208`). */
  readonly registration?: { readonly id: string; readonly scheme?: string | undefined } | undefined
  readonly address: InvoiceAddress
  /** Where electronic invoices reach it, and by whose scheme (EAS: `0088` GLN, `9930` German VAT number). */
  readonly endpoint?: { readonly id: string; readonly scheme: string } | undefined
  readonly contact?: Contact | undefined
  /** Of the seller: where money is sent to. */
  readonly account?: { readonly iban: string; readonly bic?: string | undefined } | undefined
  /** Of the buyer: what it wants to read on every invoice (BT-10). */
  readonly reference?: string | undefined
}

interface Contact {
  readonly name?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
}

export interface InvoiceAddress {
  readonly street?: string | undefined
  readonly more?: string | undefined
  readonly city?: string | undefined
  readonly postalCode?: string | undefined
  readonly region?: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/** The two of an invoice, and what holds between them. */
export interface InvoiceParties {
  readonly seller: InvoiceParty
  readonly buyer: InvoiceParty
  /** The buyer owes the tax (article 196 of directive 2006/112/EC): the account must have none in it. */
  readonly reverseCharge?: boolean | undefined
}
