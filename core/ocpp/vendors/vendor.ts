/**
 * A vendor plug-in: what DataTransfer carries between one vendor's stations and us (OCPP 1.6 §4.3). One file each, with a
 * schema for every message; a line in index.ts makes it known.
 */
export interface Vendor {
  /** As in `vendorId`; compared without regard to case (§7.7: CiString255). */
  readonly vendorId: string
  /** By `messageId`. */
  readonly messages: Readonly<Record<string, VendorMessageKind>>
}

export interface VendorMessageKind {
  /** JSON Schema of `data`, which in OCPP 1.6 is JSON in a text. Absent: it carries none. */
  readonly schema?: object
  /** What is answered; the message itself is kept in any case, and told as the event `vendor.received`. */
  answer(data: unknown): VendorAnswer
}

export interface VendorAnswer {
  readonly status: 'Accepted' | 'Rejected' | 'UnknownMessageId' | 'UnknownVendorId'
  readonly data?: string
}
