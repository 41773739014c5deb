import { describe, expect, it } from 'vitest'
import { RoamingCommands } from '../../../actors/roaming-commands.ts'
import { memoryRoamingCommands } from '../../../adapters/memory/roaming-commands.ts'
import { sessionsSender } from '../../../adapters/roaming/ocpi/modules/sessions-sender.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Command } from '../../../core/domain/command.ts'
import type { Order } from '../../../core/domain/order.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { ChargePointView } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { ask, cpo } from '../../support/received.ts'

const emp: RoamingPartner = {
  ...cpo(),
  id: 'emp',
  roles: [{ role: 'EMSP', code: { country: 'DE', party: 'EMP' }, name: 'EMP' }],
}

const session = (more: Partial<Session> = {}): Session => ({
  tenant: 'default',
  identity: 'CP-1',
  id: 's-1',
  day: '2026-11-24',
  startKey: 'k',
  evse: 1,
  connector: 1,
  token: 'THEIRS',
  flags: [],
  state: 'open',
  version: 1,
  ...more,
})

/** A station of this protocol, on which a driver of the EMP charges. */
const charging = ({ protocol = 'ocpp2.1', now = session() }: { protocol?: string; now?: Session } = {}) => {
  const orders: Order[] = []
  const commands = new RoamingCommands({
    commands: memoryRoamingCommands(),
    clock: new TestClock(),
    ids: systemIds,
    targets: { of: async () => undefined },
    grants: { grant: async () => {} },
    tokens: { keep: async () => true },
    store: {
      chargePoints: { find: async () => ({ protocol }) as ChargePointView },
      commands: { find: async () => undefined },
      reservations: { find: async () => undefined },
      sessions: { find: async (_, id) => (id === now.id ? now : undefined) },
      tokens: {
        find: async (_, uid, issuer) =>
          uid === 'THEIRS' && issuer === 'DE*EMP' ? { uid, issuer, type: 'RFID', status: 'Accepted' } : undefined,
      },
    },
    commander: {
      async order(_, order) {
        orders.push(order)
        return {} as Command
      },
    },
  })
  const published = {
    list: async () => ({ items: [], isMore: false }),
    count: async () => 0,
    find: async () => undefined,
    since: async () => [],
  }
  const module = sessionsSender({ published, commands })
  const says = async (path: string, body: unknown, { partner = emp, method = 'PUT' } = {}) => {
    const { http, code, data } = await ask(partner)(module, method, path, body)
    return [http, code, data]
  }
  return { says, orders }
}

const at = 's-1/charging_preferences'

describe('how a driver wants to charge (OCPI 2.3.0 mod_sessions, “PUT charging preferences”)', () => {
  it('ACCEPTED: fast is before all others, regular is not, and the station is told', async () => {
    const { says, orders } = charging()
    const answers = [await says(at, { profile_type: 'FAST' }), await says(at, { profile_type: 'REGULAR' })]
    expect([answers, orders]).toEqual([
      [
        [200, 1000, 'ACCEPTED'],
        [200, 1000, 'ACCEPTED'],
      ],
      [
        { type: 'usePriorityCharging', session: 's-1', activate: true },
        { type: 'usePriorityCharging', session: 's-1', activate: false },
      ],
    ])
  })

  it.each(['CHEAP', 'GREEN'])('PROFILE_TYPE_NOT_SUPPORTED: %s', async (profile_type) => {
    const { says, orders } = charging()
    expect([await says(at, { profile_type }), orders]).toEqual([[200, 1000, 'PROFILE_TYPE_NOT_SUPPORTED'], []])
  })

  it('NOT_POSSIBLE: of a session that is over', async () => {
    const { says, orders } = charging({ now: session({ state: 'closed' }) })
    expect([await says(at, { profile_type: 'FAST' }), orders]).toEqual([[200, 1000, 'NOT_POSSIBLE'], []])
  })

  it('404: there is no such session, or it is another partner’s', async () => {
    const { says, orders } = charging()
    const other = {
      ...emp,
      id: 'other',
      roles: [{ role: 'EMSP', code: { country: 'NL', party: 'TNM' }, name: 'T' }],
    } as const
    const answers = [
      await says('s-2/charging_preferences', { profile_type: 'FAST' }),
      await says(at, { profile_type: 'FAST' }, { partner: other }),
    ]
    expect([answers.map(([http]) => http), orders]).toEqual([[404, 404], []])
  })

  it.each(['ocpp1.6', 'ocpp2.0.1'])('404 and 2001: a station of %s cannot be told', async (protocol) => {
    const { says, orders } = charging({ protocol })
    expect([(await says(at, { profile_type: 'FAST' })).slice(0, 2), orders]).toEqual([[404, 2001], []])
  })

  it('2001: a body that is none; 405: any other method', async () => {
    const { says, orders } = charging()
    const bodies = [{}, '{', { profile_type: 'LUNAR' }]
    const codes: unknown[] = []
    for (const body of bodies) codes.push((await says(at, body))[1])
    const [read] = await says(at, { profile_type: 'FAST' }, { method: 'POST' })
    expect([codes, read, orders]).toEqual([[2001, 2001, 2001], 405, []])
  })
})
