import type { GetConfigurationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { isSecretName } from '../mask.ts'
import { accepted, type Action, order, type Told } from '../dialect.ts'

const told = ({ configurationKey = [], unknownKey = [] }: GetConfigurationResponse, complete: boolean): Told =>
  accepted(undefined, [
    {
      type: 'configuration',
      entries: configurationKey.map(({ key, value, readonly }) => ({
        key: clean(key, 50),
        readonly,
        ...(value !== undefined && !isSecretName(key) && { value: clean(value, 2_048) }),
      })),
      unknown: unknownKey.map((key) => clean(key, 50)),
      complete,
    },
  ])

/** GetConfiguration — read configuration keys; none named means all. OCPP 1.6 §5.8. What it says is kept as the mirror, but for secrets. */
export const GetConfiguration: Action = {
  'ocpp1.6': [
    order('getConfig', {
      action: 'GetConfiguration',
      tell: ({ keys }) => ({ payload: keys === undefined ? {} : { key: keys } }),
      told: (response: GetConfigurationResponse, { keys }) => told(response, keys === undefined),
    }),
    // all that a station of 1.6 can tell of itself
    order('refreshInventory', {
      action: 'GetConfiguration',
      tell: () => ({ payload: {} }),
      told: (response: GetConfigurationResponse) => told(response, true),
    }),
  ],
}
