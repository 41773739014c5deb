import type { GetLocalListVersionResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, type Told, unsupported } from '../dialect.ts'

const notKept = -1

const versionIn = ({ listVersion }: GetLocalListVersionResponse): Told =>
  listVersion === notKept
    ? unsupported('the charge point keeps no local list')
    : accepted(listVersion === 0 ? 'its list is empty' : `version ${listVersion}`)

/**
 * GetLocalListVersion — which list the station has. OCPP 1.6 §5.10; −1: it keeps none, 0: it is empty. It is asked before
 * a list is sent too: an answer that was lost shows here, and a list that the station has lost.
 */
export const GetLocalListVersion: Action = {
  'ocpp1.6': [
    order('getLocalListVersion', {
      action: 'GetLocalListVersion',
      tell: () => ({ payload: {} }),
      told: (response: GetLocalListVersionResponse) => versionIn(response),
    }),
    order('syncLocalList', {
      action: 'GetLocalListVersion',
      tell: (_, { localList }) => (localList?.reported === undefined ? { payload: {} } : { otherwise: true }),
      told: (response: GetLocalListVersionResponse, _, { localList }) => {
        const said = versionIn(response)
        if (!said.accepted || localList === undefined) return said
        const reported = response.listVersion
        const { uncertain, ...sure } = localList
        const arrived = uncertain?.version === reported
        return {
          ...said,
          again: { localList: { ...sure, reported, ...(arrived && { known: uncertain }) } },
          ...(arrived && { learnt: [{ type: 'localList.taken', list: uncertain }] }),
        }
      },
    }),
  ],
}
