import { accepted, type Action, order } from '../dialect.ts'

/** GetConfiguration — read configuration keys; none named means all. OCPP 1.6 §5.8. */
export const GetConfiguration: Action = {
  'ocpp1.6': [
    order('getConfig', {
      action: 'GetConfiguration',
      tell: ({ keys }) => ({ payload: keys === undefined ? {} : { key: keys } }),
      told: () => accepted(),
    }),
  ],
}
