import type { Order } from '../domain/order.ts'
import { Authorize } from './actions/authorize.ts'
import { isOfExtension } from './actions/certificate.ts'
import { CertificateSigned } from './actions/certificate-signed.ts'
import { DeleteCertificate } from './actions/delete-certificate.ts'
import { Get15118EVCertificate } from './actions/get-15118-ev-certificate.ts'
import { GetCertificateStatus } from './actions/get-certificate-status.ts'
import { GetInstalledCertificateIds } from './actions/get-installed-certificate-ids.ts'
import { InstallCertificate } from './actions/install-certificate.ts'
import { SignCertificate } from './actions/sign-certificate.ts'
import { TriggerMessage } from './actions/trigger-message.ts'
import {
  type Action,
  type AskDialect,
  type Carried,
  failed,
  type Heard,
  type OrderContext,
  rejected,
  type TellDialect,
  type Told,
  unsupported,
} from './dialect.ts'
import { check } from './schema.ts'

/**
 * Plug & Charge over OCPP 1.6 (OCA application note 2020; handbook/ocpp.md §2.2): the messages of 2.0.1, as JSON in the data
 * of a DataTransfer. What they ask and order is the same.
 */

export const plugAndChargeVendor = 'org.openchargealliance.iso15118pnc'
const version = 'ocpp2.0.1'

const asksOf = (actions: Readonly<Record<string, Action>>): Readonly<Record<string, AskDialect>> =>
  Object.fromEntries(
    Object.entries(actions).flatMap(([name, action]) =>
      (action[version] ?? []).flatMap((dialect) => (dialect.direction === 'ask' ? [[name, dialect] as const] : [])),
    ),
  )

const asks = asksOf({ Authorize, Get15118EVCertificate, GetCertificateStatus, SignCertificate })

/** What a DataTransfer carries, where it is a message of these that can be read; its answer goes back the same way. */
export const carriedAsk = (
  {
    vendorId,
    messageId = '',
    data,
  }: { readonly vendorId: string; readonly messageId?: string; readonly data?: string },
  heard: Heard,
): Carried | undefined => {
  if (vendorId.toLowerCase() !== plugAndChargeVendor) return undefined
  const dialect = Object.hasOwn(asks, messageId) ? asks[messageId] : undefined
  const payload = parsed(data)
  if (dialect === undefined || !check(version, dialect.request, payload, dialect.leniency).ok) return undefined
  const ask = dialect.ask(payload as never, heard)
  if ('fault' in ask) return undefined
  return {
    action: messageId,
    ask,
    dialect: {
      ...dialect,
      answer: (answer) => ({ status: 'Accepted', data: JSON.stringify(dialect.answer(answer)) }),
    },
  }
}

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch {
    return undefined
  }
}

/** The orders that 1.6 has no words for of its own. */
export const carriedOrders = (): readonly TellDialect[] => [
  carried('deliverCertificate', 'CertificateSigned', CertificateSigned, ({ use }) => use === 'v2g' || use === 'both'),
  carried('deleteCertificate', 'DeleteCertificate', DeleteCertificate, ({ use }) => !isOfExtension(use)),
  carried('installCertificate', 'InstallCertificate', InstallCertificate, ({ use }) => !isOfExtension(use)),
  carried(
    'listCertificates',
    'GetInstalledCertificateIds',
    GetInstalledCertificateIds,
    ({ use, uses = [] }) => !isOfExtension(use) || uses.some((one) => !isOfExtension(one)),
  ),
  carried('renewCertificate', 'TriggerMessage', TriggerMessage, ({ use }) => use === 'v2g'),
  carried('trigger', 'TriggerMessage', TriggerMessage, ({ message }) => message === 'SignV2GCertificate'),
]

const carried = <Type extends Order['type']>(
  type: Type,
  messageId: string,
  action: Action,
  isMeant: (order: Extract<Order, { readonly type: Type }>) => boolean,
): TellDialect => {
  const inner = (action[version] ?? []).find(
    (dialect): dialect is TellDialect => dialect.direction === 'tell' && dialect.type === type,
  )
  if (inner === undefined) throw new Error(`${messageId} has no order ${type}`)
  return {
    direction: 'tell',
    type,
    request: 'DataTransferRequest',
    response: 'DataTransferResponse',
    tell(order, context) {
      if (!isMeant(order)) return { otherwise: true }
      const wording = inner.tell(order, context)
      if (!('payload' in wording)) return wording
      const checked = check(version, inner.request, wording.payload, 'strict')
      if (!checked.ok) return { unsupported: checked.refusal.description }
      const data = JSON.stringify(wording.payload)
      return { ...wording, payload: { vendorId: plugAndChargeVendor, messageId, data } }
    },
    told: (answer: Answer, order: never, context: OrderContext) => toldOf(inner, answer, [order, context]),
  }
}

interface Answer {
  readonly status: string
  readonly data?: string
}

const toldOf = (inner: TellDialect, { status, data }: Answer, about: readonly [never, OrderContext]): Told => {
  if (status === 'UnknownVendorId' || status === 'UnknownMessageId')
    return unsupported('the charge point does not speak Plug & Charge')
  if (status !== 'Accepted') return rejected(status)
  const payload = parsed(data)
  if (!check(version, inner.response, payload, 'texts').ok) return failed('its answer carries no message of OCPP 2.0.1')
  return inner.told(payload as never, ...about)
}
