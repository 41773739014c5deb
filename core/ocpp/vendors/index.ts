import { compiled } from '../schema.ts'
import { costMessage } from './cost-message.ts'
import { plugAndCharge } from './plug-and-charge.ts'
import type { Vendor, VendorAnswer } from './vendor.ts'

/** Every vendor whose messages we understand. */
const vendors: readonly Vendor[] = [costMessage, plugAndCharge]

const byId = new Map(vendors.map((vendor) => [vendor.vendorId.toLowerCase(), vendor]))

/** What a station's DataTransfer is answered. Vendors and messages that nobody knows are told so (BI-49). */
export const answerVendor = (message: {
  readonly vendor: string
  readonly message?: string
  readonly data?: string
}): VendorAnswer => {
  const vendor = byId.get(message.vendor.toLowerCase())
  if (vendor === undefined) return { status: 'UnknownVendorId' }
  const name = message.message ?? ''
  const kind = Object.hasOwn(vendor.messages, name) ? vendor.messages[name] : undefined
  if (kind === undefined) return { status: 'UnknownMessageId' }
  const data = parsed(message.data)
  if (kind.schema !== undefined && !compiled(kind.schema)(data)) return { status: 'Rejected' }
  return kind.answer(data)
}

const parsed = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
