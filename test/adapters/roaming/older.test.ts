import { describe, expect, it } from 'vitest'
import { moduleCaller } from '../../../adapters/roaming/ocpi/call.ts'
import { success } from '../../../adapters/roaming/ocpi/envelope.ts'
import type { ModuleRequest } from '../../../adapters/roaming/ocpi/module.ts'
import { noQuirks, type PartnerRole, type Side } from '../../../core/domain/roaming-partner.ts'
import { olderPeer, type OlderPeer } from '../../support/older-peer.ts'
import { network, type Network, operator, type Platform, platform } from '../../support/roaming-platforms.ts'

interface Two {
  readonly net: Network
  readonly us: Platform
  readonly peer: OlderPeer
  /** Requests to our modules, as they got there. */
  readonly asked: ModuleRequest[]
}

const ref = { tenant: 'default', partner: 'old' }
const cpo = { role: 'CPO', code: { country: 'DE', party: 'ABC' }, name: 'Ours' } as const
const emp = { ...cpo, role: 'EMSP' } as const

const both = async (side: Side, roles: readonly PartnerRole[] = [cpo, emp]): Promise<Two> => {
  const net = network()
  const asked: ModuleRequest[] = []
  const ours = platform(net, { host: 'us.example', role: 'CPO' })
  const modules = (['CPO', 'EMSP'] as const).flatMap((as) =>
    ['locations', 'tokens', 'commands', 'chargingprofiles'].map((module) => ({
      module,
      role: (module === 'locations') === (as === 'CPO') ? ('SENDER' as const) : ('RECEIVER' as const),
      as,
      answer: async (request: ModuleRequest) => {
        asked.push(request)
        return success()
      },
    })),
  )
  Object.assign(ours.parts, { modules, rolesOf: async () => roles })
  const peer = olderPeer(net, { host: 'old.example', side })
  return { net, us: ours, peer, asked }
}

const invited = async ({ us, peer }: Two): Promise<string> => {
  const given = await us.desk.invite(ref, operator)
  if (typeof given === 'string') throw new Error(given)
  peer.shows = given.token
  return given.url
}

const at = (path: string): string => `https://us.example/ocpi/default${path}`

describe('a partner that speaks 2.1.1', () => {
  it.each([
    ['an EMP at our address for EMPs', 'EMSP', '/cpo'],
    ['an operator of stations at our address for those', 'CPO', '/emsp'],
  ] as const)('registers itself: %s', async (_, side, address) => {
    const two = await both(side)
    await two.us.knows('old')
    await invited(two)
    const answer = await two.peer.register(at(`${address}/versions`))
    const partner = await two.us.partner('old')
    expect({
      answer: [answer.http, answer.code, answer.data],
      partner: [partner.state, partner.version, partner.roles],
      endpoints: partner.endpoints.map(({ module, role }) => `${module} ${role}`),
      faults: two.peer.faults,
    }).toEqual({
      answer: [
        200,
        1000,
        {
          token: expect.stringMatching(/^[\w-]{43}$/),
          url: at(`${address}/versions`),
          country_code: 'DE',
          party_id: 'ABC',
          business_details: { name: 'Ours' },
        },
      ],
      partner: ['registered', '2.1.1', [{ role: side, code: { country: 'NL', party: 'OLD' }, name: 'Old & Co' }]],
      endpoints:
        side === 'CPO'
          ? [
              'credentials SENDER',
              'cdrs SENDER',
              'commands RECEIVER',
              'locations SENDER',
              'sessions SENDER',
              'tariffs SENDER',
              'tokens RECEIVER',
            ]
          : [
              'credentials SENDER',
              'cdrs RECEIVER',
              'locations RECEIVER',
              'sessions RECEIVER',
              'tariffs RECEIVER',
              'tokens SENDER',
            ],
      faults: [],
    })
  })

  it.each(['CPO', 'EMSP'] as const)('is registered with, as %s', async (side) => {
    const two = await both(side)
    await two.us.knows('old', { version: '2.1.1' })
    const end = await two.us.desk.connect(ref, { url: two.peer.url, token: two.peer.wants }, operator)
    const shown = await two.peer.ask(at(`/${side === 'CPO' ? 'emsp' : 'cpo'}/2.1.1/tokens`))
    expect([
      typeof end === 'object' && [end.state, end.version, end.checks.at(-1)],
      shown.http,
      two.peer.faults,
    ]).toEqual([['registered', '2.1.1', expect.objectContaining({ step: 'credentials', passed: true })], 200, []])
  })

  it('is told so where its token would be wanted raw', async () => {
    const two = await both('EMSP')
    await two.us.knows('old')
    const end = await two.us.desk.connect(ref, { url: two.peer.url, token: two.peer.wants }, operator)
    expect(typeof end === 'object' && end.checks.at(-1)?.detail).toMatch(/401.*2\.1\.1/)
  })

  it('has new tokens when it is time, written as they are', async () => {
    const two = await both('EMSP')
    await two.us.knows('old')
    await invited(two)
    await two.peer.register(at('/cpo/versions'))
    const before = two.peer.shows
    const end = await two.us.desk.rotate(ref)
    expect([typeof end === 'object' && end.state, two.peer.shows === before, two.peer.faults]).toEqual([
      'registered',
      false,
      [],
    ])
  })

  it('finds the side that is for it from the usual address too, and only what 2.1.1 has', async () => {
    const two = await both('CPO')
    await two.us.knows('old', { tokenIn: 'raw', party: { role: 'EMSP', code: emp.code } })
    const { data } = await two.peer.ask(await invited(two))
    const details = await two.peer.ask(at('/emsp/2.1.1'))
    expect([data, details.data]).toEqual([
      [
        { version: '2.1.1', url: at('/emsp/2.1.1') },
        { version: '2.2.1', url: at('/2.2.1') },
        { version: '2.3.0', url: at('/2.3.0') },
      ],
      {
        version: '2.1.1',
        endpoints: ['credentials', 'locations', 'tokens', 'commands'].map((identifier) => ({
          identifier,
          url: at(`/emsp/2.1.1/${identifier}`),
        })),
      },
    ])
  })

  it('finds nothing of 2.1.1 where the newer versions are, nor the other way round', async () => {
    const two = await both('EMSP')
    await two.us.knows('old')
    await invited(two)
    await two.peer.register(at('/cpo/versions'))
    const paths = [
      '/2.1.1',
      '/2.1.1/credentials',
      '/cpo/2.2.1',
      '/cpo/2.1.1/chargingprofiles',
      '/cpo/2.1.1/sender/locations',
    ]
    expect(await Promise.all(paths.map(async (path) => (await two.peer.ask(at(path))).http))).toEqual([
      404, 404, 404, 404, 404,
    ])
  })

  it('speaks for its only party, to the party that was chosen for it', async () => {
    const second = { ...cpo, code: { country: 'DE', party: 'XYZ' } }
    const two = await both('EMSP', [cpo, second])
    await two.us.knows('old', { party: { role: 'CPO', code: second.code } })
    await invited(two)
    const told = (await two.peer.register(at('/cpo/versions'))).data
    await two.peer.ask(at('/cpo/2.1.1/tokens/NL/OLD/T%201'), { method: 'PUT', body: {} })
    const [{ routing, path, base, version, partner } = {}] = two.asked as Partial<ModuleRequest>[]
    expect([told, routing, path, base, version, partner?.version]).toEqual([
      expect.objectContaining({ party_id: 'XYZ' }),
      { from: { country: 'NL', party: 'OLD' }, to: second.code },
      ['NL', 'OLD', 'T 1'],
      at('/cpo/2.1.1/tokens'),
      '2.1.1',
      '2.1.1',
    ])
  })

  it('is not registered while nobody has said which of several parties speaks with it', async () => {
    const two = await both('EMSP', [cpo, { ...cpo, code: { country: 'DE', party: 'XYZ' } }])
    await two.us.knows('old', { version: '2.1.1' })
    const url = await invited(two)
    const inwards = await two.peer.register(at('/cpo/versions'))
    const end = await two.us.desk.connect(ref, { url: two.peer.url, token: two.peer.wants }, operator)
    expect([url, inwards.code, typeof end === 'object' && [end.state, end.checks.at(-1)?.step]]).toEqual([
      at('/versions'),
      3000,
      ['failed', 'parties'],
    ])
  })

  it('is called at its modules without anything that came later', async () => {
    const two = await both('EMSP')
    await two.us.knows('old')
    await invited(two)
    await two.peer.register(at('/cpo/versions'))
    const reply = await moduleCaller(two.us.parts)(await two.us.partner('old'), {
      module: 'locations',
      role: 'RECEIVER',
      method: 'PUT',
      path: ['DE', 'ABC', 'L1'],
      body: { id: 'L1' },
      from: cpo.code,
      to: { country: 'NL', party: 'OLD' },
      kind: 'push',
    })
    expect([reply.type, two.peer.heard, two.peer.faults]).toEqual([
      'done',
      [{ method: 'PUT', path: '/2.1.1/locations/DE/ABC/L1', body: { id: 'L1' } }],
      [],
    ])
  })

  it('gets no header of a newer version back, but one to ask about', async () => {
    const two = await both('EMSP')
    await two.us.knows('old')
    await invited(two)
    await two.peer.register(at('/cpo/versions'))
    const { headers } = await two.peer.ask(at('/cpo/2.1.1/locations'))
    expect([headers.get('ocpi-from-party-id'), headers.get('x-request-id')]).toEqual([
      null,
      expect.stringMatching(/.{36}/),
    ])
  })
})

describe('a partner that has spoken 2.1.1', () => {
  it('sends its credentials to a newer version, and speaks that from then on', async () => {
    const net = network()
    const us = platform(net, { host: 'ours.example', role: 'CPO' })
    const them = platform(net, { host: 'them.example', role: 'EMSP' })
    await us.knows('them')
    await them.knows('us', { version: '2.1.1' })
    const given = await us.desk.invite({ tenant: 'default', partner: 'them' }, operator)
    if (typeof given === 'string') throw new Error(given)
    const old = { ...given, url: 'https://ours.example/ocpi/default/cpo/versions' }
    await them.desk.connect({ tenant: 'default', partner: 'us' }, old, operator)
    const before = (await us.partner('them')).version
    const { partners } = them.parts
    const newer = { tenant: 'default', partner: 'us' }
    await partners.change(newer, (partner) => ({ partner: { ...partner, quirks: noQuirks } }), { at: them.clock.now() })
    const end = await them.desk.rotate(newer)
    const [theirs, ours] = [await us.partner('them'), await them.partner('us')]
    expect([before, typeof end === 'object' && end.state, theirs.version, ours.version]).toEqual([
      '2.1.1',
      'registered',
      '2.3.0',
      '2.3.0',
    ])
    expect([theirs.endpoints, ours.endpoints].flat().filter(({ url }) => url.includes('2.1.1'))).toEqual([])
  })
})
