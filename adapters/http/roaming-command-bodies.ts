import { z } from '@hono/zod-openapi'
import { termAt } from '../../core/domain/contract.ts'
import { formatInstant, parseInstant } from '../../core/domain/instant.ts'
import { parsePartyCode, type PartyCode } from '../../core/domain/party-code.ts'
import type { Party } from '../../core/domain/party.ts'
import type { AskedCommand, RoamingCommandType } from '../../core/domain/roaming-command.ts'
import { askedCommandStates, commandTypes } from '../../core/domain/roaming-command.ts'
import type { Token } from '../../core/domain/token.ts'
import { dateTime } from '../../core/roaming/date-time.ts'
import type { Token as TokenObject } from '../../core/roaming/model.ts'
import { tokenObject } from '../../core/roaming/token-object.ts'
import { given, instant } from './schemas.ts'

/** What is wanted of a partner's charging stations, as the API has it. */

const text = z.string().regex(/^[\u0021-\u007e]{1,36}$/, 'must be 1 to 36 printable characters without a space')
const party = z
  .string()
  .refine((code) => !('fault' in parsePartyCode(code)), 'must be the code of a party, as DE*ABC')
  .openapi({ example: 'NL*ABC' })
const parties = {
  from: party.optional().describe('which EMP of ours wants it; needed where there are several'),
  to: party
    .optional()
    .describe('which CPO of the partner’s it is for; absent: the one whose location or session it is'),
}
const location = text.describe('as the partner calls it')
const token = z.string().min(1).max(36).describe('of a driver of ours: a card, or the EVCO ID of the contract itself')
const reference = text.optional().describe('authorization_reference of the session and its CDR')

export const roamingCommandBody = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('START_SESSION'),
      ...parties,
      location,
      evse: text.optional().describe('its uid'),
      connector: text.optional(),
      token,
      reference,
    }),
    z.strictObject({ type: z.literal('STOP_SESSION'), ...parties, session: text.describe('as the partner calls it') }),
    z.strictObject({
      type: z.literal('RESERVE_NOW'),
      ...parties,
      location,
      evse: text.optional(),
      token,
      expiresAt: instant,
      reservation: text.describe('our name for it; one that is there already is replaced'),
      reference,
    }),
    z.strictObject({ type: z.literal('CANCEL_RESERVATION'), ...parties, reservation: text }),
    z.strictObject({ type: z.literal('UNLOCK_CONNECTOR'), ...parties, location, evse: text, connector: text }),
  ])
  .openapi('RoamingCommandBody')
export type RoamingCommandBody = z.infer<typeof roamingCommandBody>

export const roamingCommandSchema = z
  .object({
    id: z.string(),
    partner: z.string(),
    type: z.enum(commandTypes),
    state: z
      .enum(askedCommandStates)
      .describe(
        'waiting: the partner passes it on; done: `result` says what the station made of it; refused, failed: nothing happens; withdrawn: a reservation that the CPO has taken back',
      ),
    response: z.string().nullable().describe('what the partner answered at once'),
    result: z.string().nullable().describe('CommandResultType of OCPI'),
    reason: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    body: z.record(z.string(), z.unknown()).describe('what it was sent, in the words of OCPI 2.3.0'),
    deadline: instant.describe('until when a result is waited for'),
    createdAt: instant,
    changedAt: instant,
  })
  .openapi('RoamingCommand')

const codeText = (code: PartyCode | undefined): string | null => (code ? `${code.country}*${code.party}` : null)

export const roamingCommandView = (command: AskedCommand): z.infer<typeof roamingCommandSchema> => ({
  id: command.id,
  partner: command.partner,
  type: command.type,
  state: command.state,
  response: command.response ?? null,
  result: command.result ?? null,
  reason: command.reason ?? null,
  from: codeText(command.from),
  to: codeText(command.to),
  body: command.body,
  deadline: formatInstant(command.deadline),
  createdAt: formatInstant(command.createdAt),
  changedAt: formatInstant(command.changedAt),
})

/** A token of ours as it goes with a command; undefined where it belongs to no contract that counts now. */
export const tokenForCommand = (found: Token, emp: Party, now: number): TokenObject | undefined => {
  const { terms, contract: told } = found
  const contract = terms === undefined ? told : termAt(terms, now)?.contract
  const { code, legalName, name } = emp
  if (code === undefined || contract === undefined) return undefined
  const about = {
    code,
    issuer: legalName ?? name,
    whitelist: 'ALLOWED',
    contract,
    isValid: true,
    updatedAt: now,
  } as const
  const mapped = tokenObject(found, about)
  return 'object' in mapped ? mapped.object : undefined
}

type Body = Readonly<Record<string, unknown>>

/** The command in OCPI's words, without the address of its result. */
const words: {
  readonly [Type in RoamingCommandType]: (
    body: Extract<RoamingCommandBody, { readonly type: Type }>,
    token: TokenObject | undefined,
  ) => Body
} = {
  START_SESSION: ({ location: location_id, evse: evse_uid, connector: connector_id, reference }, presented) => ({
    token: presented,
    location_id,
    ...given({ evse_uid, connector_id, authorization_reference: reference }),
  }),
  STOP_SESSION: ({ session }) => ({ session_id: session }),
  RESERVE_NOW: ({ location: location_id, evse: evse_uid, expiresAt, reservation, reference }, presented) => ({
    token: presented,
    expiry_date: dateTime(parseInstant(expiresAt)?.ms ?? 0),
    reservation_id: reservation,
    location_id,
    ...given({ evse_uid, authorization_reference: reference }),
  }),
  CANCEL_RESERVATION: ({ reservation }) => ({ reservation_id: reservation }),
  UNLOCK_CONNECTOR: ({ location: location_id, evse: evse_uid, connector: connector_id }) => ({
    location_id,
    evse_uid,
    connector_id,
  }),
}

export const wordsOf = (body: RoamingCommandBody, presented: TokenObject | undefined): Body =>
  words[body.type](body as never, presented)
