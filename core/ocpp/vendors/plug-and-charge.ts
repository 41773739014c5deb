import type { Vendor, VendorMessageKind } from './vendor.ts'

/** Known, and refused as long as no pool of contract certificates is connected: the vehicle falls back to its driver's card. */
const refused: VendorMessageKind = {
  schema: { type: 'object' },
  answer: () => ({ status: 'Rejected' }),
}

/**
 * Plug & Charge of ISO 15118 over OCPP 1.6 (OCA application note 2020; handbook/ocpp.md §2.2): the messages of 2.0.1 in
 * the data of a DataTransfer.
 */
export const plugAndCharge: Vendor = {
  vendorId: 'org.openchargealliance.iso15118pnc',
  messages: {
    Authorize: refused,
    Get15118EVCertificate: refused,
    GetCertificateStatus: refused,
    SignCertificate: refused,
  },
}
