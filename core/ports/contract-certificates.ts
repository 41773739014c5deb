/**
 * The pool that has vehicles' contract certificates (ISO 15118-2 §7.9.2.5, VDE-AR-E 2802-100-1). What a vehicle asks of it
 * and what it is answered goes through us as it is (EXI in base64): we can read neither. Nothing throws: a pool that is not
 * there has failed, and the vehicle falls back to its driver's card. Implementation: adapters/plug-and-charge.
 */
export interface ContractCertificates {
  exchange(request: ContractExchange): Promise<ContractExchanged>
}

export interface ContractExchange {
  readonly action: 'Install' | 'Update'
  /** The name space of the vehicle's messages, such as `urn:iso:15118:2:2013:MsgDef`. */
  readonly schemaVersion: string
  readonly exiRequest: string
  /** ISO 15118-20: so many contracts may be sent at once. */
  readonly mostChains?: number
  /** ISO 15118-20: these contracts first. */
  readonly prioritized?: readonly string[]
}

export interface ContractExchanged {
  readonly accepted: boolean
  /** Empty where there is none. A pool may answer it with a failure too: the vehicle is then told why. */
  readonly exiResponse: string
  /** ISO 15118-20: so many contracts are left to be asked for. */
  readonly remaining?: number
  readonly reason?: string
}
