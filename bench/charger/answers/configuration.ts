import type {
  ChangeConfigurationRequest,
  ChangeConfigurationResponse,
  ClearCacheResponse,
  DataTransferRequest,
  DataTransferResponse,
  GetConfigurationRequest,
  GetConfigurationResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { vendorId } from '../vendor.ts'
import { type Reply, status } from './reply.ts'

/** Time for the answer to be on its way before the connection is made anew. */
const redialMs = 200

/** What a changed key does at once; the others are looked at when they are needed. */
const effects: Readonly<Record<string, (charger: Charger, before: string) => void>> = {
  HeartbeatInterval: ({ registration }) => registration.beat(),
  ClockAlignedDataInterval: ({ clock }) => clock.start(),
  AuthorizationKey: (charger) => {
    charger.credentials.setPassword(charger.configuration.text('AuthorizationKey'))
    charger.security.note('ReconfigurationOfSecurityParameters', 'AuthorizationKey')
    charger.after(redialMs, () => charger.line.breakOff(redialMs))
  },
  SecurityProfile: (charger, before) => {
    charger.credentials.tryProfile(before)
    charger.security.note('ReconfigurationOfSecurityParameters', 'SecurityProfile')
    charger.after(redialMs, () => charger.line.breakOff(redialMs))
  },
}

export const configuration = {
  ChangeConfiguration(
    charger: Charger,
    { key, value }: ChangeConfigurationRequest,
  ): Reply<ChangeConfigurationResponse> {
    if (key.toLowerCase() === 'securityprofile' && charger.credentials.faultOfProfile(Number(value)) !== undefined)
      return status('Rejected')
    const before = charger.configuration.text('SecurityProfile')
    const { status: word, name = '' } = charger.configuration.change(key, value)
    return status(word, () => word === 'Accepted' && effects[name]?.(charger, before))
  },

  GetConfiguration(charger: Charger, { key = [] }: GetConfigurationRequest): Reply<GetConfigurationResponse> {
    const most = charger.configuration.number('GetConfigurationMaxKeys')
    if (key.length > most) return { refusal: 'OccurenceConstraintViolation', description: `at most ${most} keys` }
    return { answer: charger.configuration.tell(key) }
  },

  /** Rejected where there is no cache (errata 3.23). */
  ClearCache: (charger: Charger): Reply<ClearCacheResponse> => status(charger.cards.clear() ? 'Accepted' : 'Rejected'),

  DataTransfer(_: Charger, { vendorId: vendor, messageId, data }: DataTransferRequest): Reply<DataTransferResponse> {
    if (vendor !== vendorId) return status('UnknownVendorId')
    if (messageId !== 'echo') return status('UnknownMessageId')
    return { answer: { status: 'Accepted', ...(data !== undefined && { data }) } }
  },
}
