import { describe, expect, it } from 'vitest'
import { moduleCaller } from '../../../adapters/roaming/ocpi/call.ts'
import { success } from '../../../adapters/roaming/ocpi/envelope.ts'
import { pullClients } from '../../../adapters/roaming/ocpi/hub-clients.ts'
import type { ModuleRequest } from '../../../adapters/roaming/ocpi/module.ts'
import { hubClientInfoReceiver } from '../../../adapters/roaming/ocpi/modules/hubclientinfo-receiver.ts'
import { isReachable } from '../../../core/domain/hub-client.ts'
import type { OcpiVersion } from '../../../core/domain/roaming-partner.ts'
import type { ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import { hub, type Hub } from '../../support/hub.ts'
import { network, operator, type Platform, platform } from '../../support/roaming-platforms.ts'

const emps = ['NLAAA', 'NLBBB']
const ref = { tenant: 'default', partner: 'hub' }
const own = [
  { role: 'CPO', code: { country: 'DE', party: 'ABC' }, name: 'Ours' },
  { role: 'CPO', code: { country: 'DE', party: 'XYZ' }, name: 'Another of ours, on the same platform' },
]
const [abc, xyz] = [own[0]?.code, own[1]?.code]
const nlaaa = { country: 'NL', party: 'AAA' }

interface Three {
  readonly us: Platform
  readonly hub: Hub
  readonly asked: ModuleRequest[]
  call(call: Partial<ModuleCall>): Promise<ModuleReply>
  tell(client: object, path?: string): ReturnType<Hub['say']>
  at(path: string): string
}

const client = (party: string, status: string, at = '2026-11-24T12:00:00Z') => ({
  party_id: party.slice(2),
  country_code: party.slice(0, 2),
  role: 'EMSP',
  status,
  last_updated: at,
})

const connected = async (version: OcpiVersion = '2.2.1'): Promise<Three> => {
  const net = network()
  const us = platform(net, { host: 'us.example', role: 'CPO' })
  const between = hub(net, { version, emps })
  const asked: ModuleRequest[] = []
  const commands = {
    module: 'commands',
    role: 'RECEIVER' as const,
    as: 'CPO' as const,
    answer: async (request: ModuleRequest) => {
      asked.push(request)
      return success()
    },
  }
  Object.assign(us.parts, { rolesOf: async () => own, modules: [commands, hubClientInfoReceiver(us.parts)] })
  await us.knows('hub')
  const end = await us.desk.connect(ref, { url: between.url, token: 'first' }, operator)
  if (typeof end === 'string' || end.state !== 'registered') throw new Error(JSON.stringify(end))
  const at = (path: string): string => `https://us.example/ocpi/default/${version}${path}`
  return {
    us,
    hub: between,
    asked,
    at,
    call: async (call) =>
      moduleCaller(us.parts)(await us.partner('hub'), {
        module: 'locations',
        role: 'RECEIVER',
        method: 'PUT',
        kind: 'push',
        ...(abc !== undefined && { from: abc }),
        ...call,
      }),
    tell: (body, path = '/receiver/hubclientinfo/NL/AAA') =>
      between.say({ from: '', method: 'PUT', url: at(path), body }),
  }
}

const statuses = async ({ us }: Three): Promise<readonly string[]> =>
  (await us.partner('hub')).roles.map(
    ({ role, code, client: of }) => `${role} ${code.country}${code.party} ${of?.status ?? '-'}`,
  )

describe('a hub', () => {
  it('of 2.2.1 is a role of its own, and its parties are those that it tells of', async () => {
    const three = await connected('2.2.1')
    three.hub.clients = emps.map((emp) => client(emp, 'CONNECTED'))
    await pullClients({ ...three.us.parts, call: moduleCaller(three.us.parts), timers: three.us.clock })
    expect([(await three.us.partner('hub')).hub, await statuses(three), three.hub.faults]).toEqual([
      'NLHUB',
      ['HUB NLHUB -', 'EMSP NLAAA CONNECTED', 'EMSP NLBBB CONNECTED'],
      [],
    ])
  })

  it('of 2.3.0 has all of its parties in its credentials', async () => {
    const three = await connected('2.3.0')
    expect([(await three.us.partner('hub')).hub, await statuses(three)]).toEqual([
      'NLHUB',
      ['EMSP NLAAA -', 'EMSP NLBBB -'],
    ])
  })

  it('that no longer lists a party has it no more, but for those that its credentials name', async () => {
    const three = await connected('2.3.0')
    const pull = () => pullClients({ ...three.us.parts, call: moduleCaller(three.us.parts), timers: three.us.clock })
    three.hub.clients = [client('NLAAA', 'OFFLINE'), client('NLCCC', 'PLANNED')]
    await pull()
    const first = await statuses(three)
    three.hub.clients = []
    await pull()
    expect([first, await statuses(three)]).toEqual([
      ['EMSP NLAAA OFFLINE', 'EMSP NLBBB -', 'EMSP NLCCC PLANNED'],
      ['EMSP NLAAA -', 'EMSP NLBBB -'],
    ])
  })

  it('keeps what it has told of its parties when it has new tokens', async () => {
    const three = await connected('2.2.1')
    await three.tell(client('NLAAA', 'SUSPENDED'))
    await three.us.desk.rotate(ref)
    expect(await statuses(three)).toEqual(['HUB NLHUB -', 'EMSP NLAAA SUSPENDED'])
  })

  it.each([
    ['a new party', client('NLAAA', 'CONNECTED'), undefined, [201, 1000]],
    ['of one what another path says', client('NLBBB', 'CONNECTED'), undefined, [200, 2001]],
    ['no status that there is', client('NLAAA', 'ASLEEP'), undefined, [200, 2001]],
    ['at a path that is none', client('NLAAA', 'CONNECTED'), '/receiver/hubclientinfo/NL', [404, 2000]],
  ])('tells of a party: %s', async (_, body, path, expected) => {
    const three = await connected()
    const { http, code } = await three.tell(body, path)
    expect([http, code]).toEqual(expected)
  })

  it('that tells what is older than what it told changes nothing', async () => {
    const three = await connected()
    await three.tell(client('NLAAA', 'OFFLINE', '2026-11-24T12:00:01Z'))
    await three.tell(client('NLAAA', 'CONNECTED', '2026-11-24T12:00:00Z'))
    expect(await statuses(three)).toEqual(['HUB NLHUB -', 'EMSP NLAAA OFFLINE'])
  })

  it('can read back what it has told', async () => {
    const three = await connected()
    const url = three.at('/receiver/hubclientinfo/NL/AAA')
    const before = await three.hub.say({ from: '', method: 'GET', url })
    await three.tell(client('NLAAA', 'OFFLINE'))
    const after = await three.hub.say({ from: '', method: 'GET', url })
    expect([before.http, after.http, after.code]).toEqual([404, 200, 1000])
  })
})

describe('what goes through a hub', () => {
  it('is for all of its parties where it is pushed to none of them: a broadcast', async () => {
    const three = await connected()
    await three.call({ path: ['DE', 'ABC', 'L1'] })
    expect([three.hub.delivered, three.hub.faults]).toEqual([
      emps.map((to) => ({ to, from: 'DEABC', what: 'PUT locations/DE/ABC/L1' })),
      [],
    ])
  })

  it.each(['sessions', 'cdrs'])('is never for all where it is of one: %s', async (module) => {
    const three = await connected()
    await three.call({ module, method: module === 'cdrs' ? 'POST' : 'PUT', to: nlaaa })
    await three.call({ module, method: module === 'cdrs' ? 'POST' : 'PUT' })
    expect([three.hub.delivered.map(({ to }) => to), three.hub.faults]).toEqual([['NLAAA', 'NLAAA'], []])
  })

  it('asks all parties for a list, and the hub alone knows of whom one object is', async () => {
    const three = await connected()
    await three.call({ module: 'tokens', role: 'SENDER', method: 'GET', kind: 'pull' })
    await three.call({ method: 'GET', path: ['DE', 'ABC', 'L1'] })
    expect([three.hub.delivered.map(({ to, what }) => `${what} ${to}`), three.hub.faults]).toEqual([
      ['GET tokens NLAAA', 'GET tokens NLBBB', 'GET locations/DE/ABC/L1 NLAAA'],
      [],
    ])
  })

  it('comes from the party whose it is, of several on one platform', async () => {
    const three = await connected()
    await three.call({ path: ['DE', 'XYZ', 'L2'], ...(xyz !== undefined && { from: xyz }), to: nlaaa })
    expect([three.hub.delivered, three.hub.faults]).toEqual([
      [{ to: 'NLAAA', from: 'DEXYZ', what: 'PUT locations/DE/XYZ/L2' }],
      [],
    ])
  })

  it.each([
    ['CONNECTED', 'done', 1],
    ['OFFLINE', 'absent', 0],
    ['PLANNED', 'absent', 0],
    ['SUSPENDED', 'absent', 0],
  ] as const)('is sent to a party only while it is connected: %s', async (status, type, sent) => {
    const three = await connected()
    await three.tell(client('NLAAA', status))
    const reply = await three.call({ path: ['DE', 'ABC', 'L1'], to: nlaaa })
    const partner = await three.us.partner('hub')
    expect([reply.type, three.hub.delivered.length, isReachable(partner, nlaaa)]).toEqual([type, sent, sent === 1])
  })

  it('is an account that has to arrive: who is away gets it later', async () => {
    const three = await connected()
    await three.tell(client('NLAAA', 'OFFLINE'))
    const reply = await three.call({ module: 'cdrs', method: 'POST', to: nlaaa })
    expect([reply.type, three.hub.delivered]).toEqual(['failed', []])
  })

  it('comes to the party of ours that it is for, and the answer goes back', async () => {
    const three = await connected()
    await three.tell(client('NLAAA', 'CONNECTED'))
    const url = three.at('/receiver/commands/START_SESSION')
    const answer = await three.hub.say({ from: 'NLAAA', to: 'DEXYZ', method: 'POST', url, body: {} })
    expect([answer, three.asked.map(({ routing }) => routing)]).toEqual([
      { http: 200, code: 1000, from: 'DEXYZ', to: 'NLAAA' },
      [{ from: nlaaa, to: xyz }],
    ])
  })

  it.each([
    ['from a party that is not behind it', 'NLCCC', 'DEABC', [401, 2000]],
    ['to a party that is not here', 'NLAAA', 'DENON', [404, 4001]],
    ['to nobody: open routing', 'NLAAA', undefined, [200, 1000]],
    ['to the hub itself: not to us, but taken as for whoever it concerns', 'NLAAA', 'NLHUB', [200, 1000]],
  ])('%s', async (_, from, to, expected) => {
    const three = await connected()
    await three.tell(client('NLAAA', 'CONNECTED'))
    const url = three.at('/receiver/commands/START_SESSION')
    const { http, code } = await three.hub.say({ from, method: 'POST', url, body: {}, ...(to !== undefined && { to }) })
    expect([http, code]).toEqual(expected)
  })
})

it('whoever is no hub tells of no parties', async () => {
  const net = network()
  const us = platform(net, { host: 'us.example', role: 'CPO' })
  const module = hubClientInfoReceiver(us.parts)
  await us.knows('emp')
  const partner = await us.partner('emp')
  const answer = await module.answer({
    partner: { ...partner, version: '2.2.1' },
    version: '2.2.1',
    method: 'PUT',
    path: ['NL', 'AAA'],
    routing: {},
    base: '',
    query: new URLSearchParams(),
    headers: new Headers(),
    body: JSON.stringify(client('NLAAA', 'CONNECTED')),
  })
  expect([answer.http, (await us.partner('emp')).roles]).toEqual([404, []])
})
