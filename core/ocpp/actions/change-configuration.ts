import type { ChangeConfigurationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import { accepted, type Action, byStatus, order, rejected, unsupported } from '../dialect.ts'

const passwordKey = 'AuthorizationKey'
const profileKey = 'SecurityProfile'

const isKey = (key: unknown, wanted: string): boolean =>
  typeof key === 'string' && key.trim().toLowerCase() === wanted.toLowerCase()
const byRotation = 'the password is changed by rotatePassword, or with the charge point’s record'

/** Why this CALL is not sent as it is, or nothing: with a password that we do not know the station would be locked out. */
export const passwordFault = (action: string, payload: unknown): string | undefined =>
  action === 'ChangeConfiguration' &&
  typeof payload === 'object' &&
  payload !== null &&
  'key' in payload &&
  isKey(payload.key, passwordKey)
    ? byRotation
    : undefined

/**
 * ChangeConfiguration — set one configuration key. OCPP 1.6 §5.3. RebootRequired: taken, and in force after a reboot.
 * The password is set by an order of its own, which knows what to do when its answer is lost (S-04).
 */
export const ChangeConfiguration: Action = {
  'ocpp1.6': [
    order('setConfig', {
      action: 'ChangeConfiguration',
      tell: ({ key, value }) => (isKey(key, passwordKey) ? { unsupported: byRotation } : { payload: { key, value } }),
      told: (response: ChangeConfigurationResponse, { key, value }) => {
        const afterBoot = response.status === 'RebootRequired'
        if (response.status !== 'Accepted' && !afterBoot) return byStatus(response)
        const profile = isKey(key, profileKey) && /^[0-3]$/.test(value) ? Number(value) : undefined
        const learnt: readonly MirrorChange[] = [
          { type: 'configuration.set', key, value, afterBoot },
          ...(profile === undefined ? [] : [{ type: 'securityProfile' as const, profile }]),
        ]
        return accepted(afterBoot ? 'in force after a reboot' : undefined, learnt)
      },
    }),
    order('rotatePassword', {
      action: 'ChangeConfiguration',
      tell: (_, { secret }) =>
        secret === undefined ? { unsupported: 'no key was made' } : { payload: { key: passwordKey, value: secret } },
      told: ({ status }: ChangeConfigurationResponse, _, { sealed: hash }) => {
        const learntAs = (became: 'current' | 'nothing' | 'next'): readonly MirrorChange[] =>
          hash === undefined ? [] : [{ type: 'password', hash, became }]
        if (status === 'Accepted') return accepted(undefined, learntAs('current'))
        if (status === 'RebootRequired')
          return accepted('in force after a reboot; until then both keys count', learntAs('next'))
        const learnt = learntAs('nothing')
        return status === 'NotSupported' ? { ...unsupported(status), learnt } : rejected(status, learnt)
      },
    }),
  ],
}
