import type {
  ClearCacheResponse,
  GetLocalListVersionResponse,
  SendLocalListRequest,
  SendLocalListResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Blocks C and D: what a station remembers of tokens, and the list that the server keeps in it. */
export const authorisation = {
  ClearCache: ({ tokens }: Station): Reply<ClearCacheResponse> => status(tokens.clear() ? 'Accepted' : 'Rejected'),

  SendLocalList: ({ tokens }: Station, request: SendLocalListRequest): Reply<SendLocalListResponse> => ({
    answer: tokens.update(request),
  }),

  GetLocalListVersion: ({ tokens, model }: Station): Reply<GetLocalListVersionResponse> => ({
    answer: { versionNumber: model.isOn('LocalAuthListCtrlr/Enabled') ? tokens.list.version : 0 },
  }),
}
