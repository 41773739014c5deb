import type { AuthorizeRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { idTagInfo } from './id-tag-info.ts'

/** Authorize — may this token charge? OCPP 1.6 §4.1. Over-long tokens come from readers that add bytes (handbook §9.3). */
export const Authorize: Action = {
  'ocpp1.6': [
    dialect('authorize', {
      request: 'AuthorizeRequest',
      leniency: 'texts',
      ask: (request: AuthorizeRequest) => ({ type: 'authorize', token: clean(request.idTag) }),
      answer: (authorization) => ({ idTagInfo: idTagInfo(authorization) }),
    }),
  ],
}
