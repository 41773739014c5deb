import type { TokenType } from '../../domain/token.ts'
import type { CdrToken } from '../model.ts'
import { typeOfPartner } from '../token-type.ts'
import { forms } from './forms.ts'
import { evcoIdOf, uidOf } from './identifiers.ts'
import { object, optional, type Read, required, text } from './message.ts'

/** What a driver has shown, as OICP says it: exactly one of these (IdentificationType). */
export type Identification =
  | { readonly RFIDMifareFamilyIdentification: { readonly UID: string } }
  | { readonly RFIDIdentification: { readonly UID: string; readonly RFID: RfidType; readonly EvcoID?: string } }
  /** The PIN goes in the clear: the hub keeps a hash of it, and a hash of a hash is refused. */
  | { readonly QRCodeIdentification: { readonly EvcoID: string; readonly PIN: string } }
  | { readonly PlugAndChargeIdentification: { readonly EvcoID: string } }
  | { readonly RemoteIdentification: { readonly EvcoID: string } }

const rfidTypes = ['mifareCls', 'mifareDes', 'calypso', 'nfc', 'mifareFamily'] as const
type RfidType = (typeof rfidTypes)[number]

/** What was shown to a station; undefined where OICP has no form for it: the hub would find no EMP. */
export const identificationOf = (type: TokenType, uid: string, contract?: string): Identification | undefined => {
  if (type === 'RFID' || type === 'OTHER') {
    const plain = uidOf(uid)
    return plain === undefined ? undefined : { RFIDMifareFamilyIdentification: { UID: plain } }
  }
  const evco = evcoIdOf(contract ?? uid) ?? evcoIdOf(uid)
  if (evco === undefined) return undefined
  if (type === 'EVCO') return { PlugAndChargeIdentification: { EvcoID: evco } }
  return type === 'APP' ? { RemoteIdentification: { EvcoID: evco } } : undefined
}

/** Of what a session was started with. */
export const identificationOfCdr = ({ type, uid, contract_id }: CdrToken): Identification | undefined => {
  const ours = typeOfPartner(type)
  return ours === undefined ? undefined : identificationOf(ours, uid, contract_id)
}

const evco = object({ EvcoID: required(text({ like: forms.evcoId })) })

const options = object({
  RFIDMifareFamilyIdentification: optional(object({ UID: required(text({ longest: 50 })) })),
  RFIDIdentification: optional(
    object({ UID: required(text({ longest: 50 })), EvcoID: optional(text({ like: forms.evcoId })) }),
  ),
  QRCodeIdentification: optional(evco),
  PlugAndChargeIdentification: optional(evco),
  RemoteIdentification: optional(evco),
})

/** What the hub says of a driver: how we know it again, and whose contract it is where it says so. */
export interface Shown {
  readonly type: TokenType
  readonly uid: string
  readonly contract?: string
  readonly identification: Identification
}

/** Hubs say UIDs in capitals whatever was sent. One of the five must be there; of several the most telling counts. */
export const shownBy: Read<Shown> = (value, pointer, faults) => {
  const said = options(value, pointer, faults)
  if (said === undefined) return undefined
  const shown = shownIn(said)
  if (shown === undefined) faults.push({ pointer, detail: 'names none that can be known again' })
  return shown
}

const shownIn = (said: ObjectOfOptions): Shown | undefined => {
  const { RemoteIdentification, PlugAndChargeIdentification, QRCodeIdentification } = said
  const remote = RemoteIdentification ?? QRCodeIdentification
  if (remote !== undefined) return ofContract('APP', remote.EvcoID, { RemoteIdentification: { EvcoID: remote.EvcoID } })
  if (PlugAndChargeIdentification !== undefined)
    return ofContract('EVCO', PlugAndChargeIdentification.EvcoID, { PlugAndChargeIdentification })
  const card = said.RFIDMifareFamilyIdentification ?? said.RFIDIdentification
  const uid = card && uidOf(card.UID)
  if (uid === undefined) return undefined
  const contract = said.RFIDIdentification?.EvcoID
  return {
    type: 'RFID',
    uid,
    ...(contract !== undefined && { contract }),
    identification: { RFIDMifareFamilyIdentification: { UID: uid } },
  }
}

const ofContract = (type: TokenType, contract: string, identification: Identification): Shown => ({
  type,
  uid: contract,
  contract,
  identification,
})

type ObjectOfOptions = typeof options extends Read<infer Value> ? Value : never
