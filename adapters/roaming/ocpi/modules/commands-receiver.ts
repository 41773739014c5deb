import { commandTypes, type RoamingCommandType } from '../../../../core/domain/roaming-command.ts'
import { clean } from '../../../../core/domain/text.ts'
import type { Granted, Wish, Wisher } from '../../../../core/ports/roaming-commands.ts'
import type { CommandResponse } from '../../../../core/roaming/model.ts'
import { toWire } from '../../../../core/roaming/wire.ts'
import { type Answer, codes, notAllowed, refusal, success } from '../envelope.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { read } from './read.ts'

const kinds = {
  START_SESSION: 'startSession',
  STOP_SESSION: 'stopSession',
  RESERVE_NOW: 'reserveNow',
  CANCEL_RESERVATION: 'cancelReservation',
  UNLOCK_CONNECTOR: 'unlockConnector',
} as const satisfies Readonly<Record<RoamingCommandType, string>>

const isKnown = (text: string): text is RoamingCommandType => commandTypes.some((one) => one === text)

/** Our charging stations do what EMPs want for their drivers (OCPI 2.2.1 and 2.3.0 mod_commands, receiver). */
export const commandsReceiver = ({ commands, mayCall }: Pick<ModuleParts, 'commands' | 'mayCall'>): OcpiModule => ({
  module: 'commands',
  role: 'RECEIVER',
  as: 'CPO',
  async answer(asked) {
    const { method, path, version, body } = asked
    const [name = '', ...more] = path
    if (more.length > 0 || name === '') return refusal(codes.clientError, 'there is nothing at this path', 404)
    if (method !== 'POST') return notAllowed(['POST'], `${method} is not possible here`)
    const type = name.toUpperCase()
    // others may have commands that we have never heard of
    if (!isKnown(type)) return responseTo({ result: 'NOT_SUPPORTED', timeout: 0 }, asked)
    const said = read(body, kinds[type], version)
    if ('refused' in said) return said.refused
    const fault = await mayCall(said.object.response_url)
    if (fault !== undefined) return refusal(codes.invalid, `/response_url: ${fault}`)
    const wish = { type, ...said.object } as Wish
    return answerTo(await commands.take(wish, wisherOf(asked)), (response) => responseTo(response, asked))
  },
})

export const wisherOf = ({ partner, version, routing, headers }: ModuleRequest): Wisher => {
  const request = clean(headers.get('x-request-id') ?? '', 64)
  return { partner, version, ...routing, ...(request !== '' && { request }) }
}

type Answered = Extract<Granted, { readonly type: 'answered' }>

interface Said {
  readonly result: Answered['result']
  readonly timeout: number
  readonly why?: string
}

/** What was granted, as the envelope says it. */
export const answerTo = (granted: Granted, respond: (said: Said) => Answer): Answer => {
  switch (granted.type) {
    case 'answered': {
      const { result, timeoutS: timeout, why } = granted
      return respond({ result, timeout, ...(why !== undefined && { why }) })
    }
    case 'unknownLocation':
      return refusal(codes.unknownLocation, granted.why)
    case 'incomplete':
      return refusal(codes.invalid, granted.why)
    case 'replayed':
      return refusal(codes.clientError, 'a request of this X-Request-ID was taken already')
  }
}

const responseTo = ({ result, timeout, why }: Said, { version }: Pick<ModuleRequest, 'version'>): Answer => {
  const response: CommandResponse = {
    result: result === 'TOO_OFTEN' ? 'REJECTED' : result,
    timeout,
    ...(why !== undefined && { message: [{ language: 'en', text: why }] }),
  }
  return success(toWire(response, { kind: 'commandResponse', version }).body)
}
