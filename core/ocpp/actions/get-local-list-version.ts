import type { GetLocalListVersionResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { GetLocalListVersionResponse as GetLocalListVersionResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, type LocalListContext, order, type Told, two, unsupported } from '../dialect.ts'

const notKept = -1

const versionIn = (version: number): Told =>
  version === notKept
    ? unsupported('the charge point keeps no local list')
    : accepted(version === 0 ? 'its list is empty' : `version ${version}`)

/** Before a list is sent its version is asked for: one whose answer was lost may have arrived. */
const began = (reported: number, localList: LocalListContext | undefined): Told => {
  const said = versionIn(reported)
  if (!said.accepted || localList === undefined) return said
  const { uncertain, ...sure } = localList
  const arrived = uncertain?.version === reported
  return {
    ...said,
    again: { localList: { ...sure, reported, ...(arrived && { known: uncertain }) } },
    ...(arrived && { learnt: [{ type: 'localList.taken', list: uncertain }] }),
  }
}

/**
 * GetLocalListVersion — which list the station has. OCPP 1.6 §5.10; −1: it keeps none, 0: it is empty. It is asked before
 * a list is sent too: an answer that was lost shows here, and a list that the station has lost.
 */
export const GetLocalListVersion: Action = {
  'ocpp1.6': [
    order('getLocalListVersion', {
      action: 'GetLocalListVersion',
      tell: () => ({ payload: {} }),
      told: ({ listVersion }: GetLocalListVersionResponse) => versionIn(listVersion),
    }),
    order('syncLocalList', {
      action: 'GetLocalListVersion',
      tell: (_, { localList }) => (localList?.reported === undefined ? { payload: {} } : { otherwise: true }),
      told: ({ listVersion }: GetLocalListVersionResponse, _, { localList }) => began(listVersion, localList),
    }),
  ],
  // 0 may also mean that the station keeps none (2.0.1 D02): it says so when it is sent one
  ...two(
    order('getLocalListVersion', {
      action: 'GetLocalListVersion',
      tell: () => ({ payload: {} }),
      told: ({ versionNumber }: GetLocalListVersionResponse2) => versionIn(versionNumber),
    }),
    order('syncLocalList', {
      action: 'GetLocalListVersion',
      tell: (_, { localList }) => (localList?.reported === undefined ? { payload: {} } : { otherwise: true }),
      told: ({ versionNumber }: GetLocalListVersionResponse2, _, { localList }) => began(versionNumber, localList),
    }),
  ),
}
