import type {
  GetLocalListVersionResponse,
  SendLocalListRequest,
  SendLocalListResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { type Reply, status } from './reply.ts'

/** Where there is no list (OCPP 1.6 §5.10). */
const noList = -1

export const localList = {
  SendLocalList({ cards, configuration }: Charger, request: SendLocalListRequest): Reply<SendLocalListResponse> {
    if (!configuration.isOn('LocalAuthListEnabled')) return status('NotSupported')
    const perMessage = configuration.number('SendLocalListMaxLength')
    const entries = configuration.number('LocalAuthListMaxLength')
    return status(cards.list.update(request, { perMessage, entries }))
  },

  GetLocalListVersion: ({ cards, configuration }: Charger): Reply<GetLocalListVersionResponse> => ({
    answer: { listVersion: configuration.isOn('LocalAuthListEnabled') ? cards.list.version : noList },
  }),
}
