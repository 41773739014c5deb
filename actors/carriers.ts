import { type ConnectorReport, type ConnectorStatus, isOddNumber } from '../core/domain/connector.ts'
import type { KnownConnector } from '../core/ports/credentials.ts'
import type { Asked, Link } from './link.ts'
import type { Registry } from './registry.ts'
import type { Worker } from './worker.ts'

/** What an effect brings with it; each has some of these. */
export interface EffectParams {
  readonly call: string
  readonly registration: 'accepted' | 'pending' | 'rejected'
  readonly deadline: 'boot'
  readonly inMs: number
  readonly code: number
  readonly reason: string
  readonly report: ConnectorReport
  readonly receivedAt: number
  readonly isFirst: boolean
  readonly before: ConnectorStatus
  readonly irregular: boolean
  readonly session: string
  readonly connector: number
  readonly event: string
  readonly because?: string
  readonly reservation: number
}

interface Carried {
  readonly link: Link
  readonly params: EffectParams
  readonly asked: Asked | undefined
  readonly worker: Worker
  readonly registry: Registry
  readonly dialogue: Worker['dialogue']
  readonly timers: Worker['timers']
}

/** Who carries out which effect; a test holds this table to the effects that the machines name. */
export const carriers: Readonly<Record<string, (carried: Carried) => void>> = {
  register: ({ link, asked, params, dialogue }) => asked && dialogue.register(link, asked, params.registration),
  handle: ({ link, asked, dialogue }) => asked && dialogue.handle(link, asked),
  refuse: ({ link, asked, dialogue }) => asked && dialogue.refuse(link, asked),
  keepAndRefuse: ({ link, asked, dialogue }) =>
    asked &&
    dialogue.quarantine(link, asked, asked.text, {
      fault: 'security',
      description: 'not accepted yet: only BootNotification is taken',
    }),
  expect: ({ link, params, timers, registry }) =>
    void timers.after(params.inMs, () => registry.due(link, params.deadline)),
  askForBoot: ({ link, worker }) =>
    void worker.caller.call(
      link,
      'TriggerMessage',
      { requestedMessage: 'BootNotification' },
      worker.clock.now() + worker.settings.callTimeoutMs,
    ),
  hangUp: ({ link, params, registry }) => registry.hungUp(link, params.code, params.reason),
  giveWay: ({ link, params, registry }) => registry.gaveWay(link, params.code, params.reason),
  leave: ({ link }) => void (link.asked = undefined),
  store: ({ link, params, worker }) => {
    const { report, receivedAt, isFirst, before } = params
    const irregular = params.irregular || isOddNumber(report.evse)
    if (irregular) worker.telemetry.count('ocpp.connector.irregular')
    worker.reporter.report({
      kind: 'status',
      ...link.seat.ref,
      epoch: link.seat.epoch,
      at: receivedAt,
      report,
      before,
      irregular,
      unchanged: isFirst && before === report.status && link.seat.connectors.some((known) => isSame(known, report)),
    })
    worker.log.info('connector status', {
      chargePoint: link.key,
      connector: report.evse,
      status: report.status,
      ...(report.errorCode !== 'NoError' && { errorCode: report.errorCode }),
    })
  },
  loseReservation: ({ link, params, worker }) =>
    worker.reporter.report({
      kind: 'reservation',
      ...link.seat.ref,
      epoch: link.seat.epoch,
      at: worker.clock.now(),
      id: params.reservation,
      reason: params.reason,
    }),
  adopt: ({ link, params, registry }) => registry.adopted(link, params.session, params.connector),
  release: ({ link, params, registry }) => registry.released(link, params.session, params.connector),
  tell: ({ link, params, worker }) =>
    worker.log.info(params.event, {
      chargePoint: link.key,
      session: params.session,
      ...(params.because !== undefined && { because: params.because }),
    }),
}

const isSame = (known: KnownConnector, { evse, connector, status, errorCode, info }: ConnectorReport): boolean =>
  known.evse === evse &&
  known.connector === connector &&
  known.status === status &&
  known.errorCode === errorCode &&
  known.info === (info ?? null)
