import type { ChangeConfigurationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import { accepted, type Action, byStatus, order } from '../dialect.ts'
import { byRotation, isKey, learntAs, passwordKey } from './password.ts'

const profileKey = 'SecurityProfile'

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
      told: ({ status }: ChangeConfigurationResponse, _, { sealed }) => learntAs(status, sealed),
    }),
  ],
}
