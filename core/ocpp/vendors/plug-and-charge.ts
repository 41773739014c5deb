import type { Vendor, VendorMessageKind } from './vendor.ts'

/** What can be read is the message of 2.0.1 that it carries (core/ocpp/carried.ts); here comes what cannot. */
const refused: VendorMessageKind = {
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
