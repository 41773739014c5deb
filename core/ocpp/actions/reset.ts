import type { ResetResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { ResetResponse as ResetResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, byStatus, order, rejected, two } from '../dialect.ts'

/** Reset — restart the station, softly or hard. OCPP 1.6 §5.14, 2.0.1 part 2 B11, B12 (when idle, at once, one EVSE). The effect is the boot that follows. */
export const Reset: Action = {
  'ocpp1.6': [
    order('reset', {
      action: 'Reset',
      tell: ({ kind, evse }) =>
        evse !== undefined || kind === 'resume'
          ? { unsupported: 'OCPP 1.6 resets whole charge points, and ends their sessions' }
          : { payload: { type: kind === 'hard' ? 'Hard' : 'Soft' }, expects: { type: 'booted' } },
      told: (response: ResetResponse) => byStatus(response),
    }),
  ],
  ...two(
    (protocol) =>
      order('reset', {
        action: 'Reset',
        tell: ({ kind, evse }) =>
          kind === 'resume' && protocol !== 'ocpp2.1'
            ? { unsupported: 'sessions go on after a reset from OCPP 2.1 on' }
            : {
                payload: { type: kinds[kind], ...(evse !== undefined && { evseId: evse }) },
                // an EVSE that is reset alone does not boot
                ...(evse === undefined && { expects: { type: 'booted' } }),
              },
        told: ({ status }: ResetResponse2) =>
          status === 'Rejected' ? rejected(status) : accepted(status === 'Scheduled' ? 'when it is idle' : undefined),
      }),
    // it goes where its first network profile leads, once nobody charges at it
    () =>
      order('moveStation', {
        action: 'Reset',
        tell: (_, { stage = 0 }) =>
          stage === 2 ? { payload: { type: kinds.soft }, expects: { type: 'booted' } } : { otherwise: true },
        told: ({ status }: ResetResponse2) =>
          status === 'Rejected' ? rejected(status) : accepted(status === 'Scheduled' ? 'when it is idle' : undefined),
      }),
  ),
}

const kinds = { hard: 'Immediate', soft: 'OnIdle', resume: 'ImmediateAndResume' } as const
