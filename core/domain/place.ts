/** Where a plug is, as far as somebody has told: what a price, an account and a partner must know of it. */
export interface Place {
  /** IANA name of the site's time zone; that of the installation where the plug has no site. */
  readonly zone: string
  readonly site?: string
  /** The operator's name of the charging station on the site. */
  readonly station?: string
  /** As it is shown: `DE*ABC*E123`. */
  readonly evseId?: string
  /** ISO 3166-1 alpha-2 of the site. */
  readonly country?: string
}
