import { describe, expect, it } from 'vitest'
import {
  commonVersion,
  givesWay,
  handshakeMs,
  isRegistered,
  missingEndpoints,
  moved,
  noQuirks,
  ocpiVersions,
  type RegistrationEvent,
  type RegistrationState,
  registrationStates,
  stateAt,
} from '../../../core/domain/roaming-partner.ts'

const events: Readonly<Record<RegistrationEvent, true>> = {
  invite: true,
  connect: true,
  offer: true,
  renew: true,
  confirm: true,
  fail: true,
  accept: true,
  replace: true,
  end: true,
}
const everyEvent = Object.keys(events) as readonly RegistrationEvent[]

const after = (...heard: readonly RegistrationEvent[]): RegistrationState | undefined => {
  let state: RegistrationState | undefined = 'known'
  for (const event of heard) state = state && moved({ state, since: 0 }, event, 0)
  return state
}

describe('the registration of a roaming partner', () => {
  it('is made by us, or by the partner', () => {
    expect([after('connect', 'offer', 'confirm'), after('invite', 'accept')]).toEqual(['registered', 'registered'])
  })

  it('is made once where both begin, whoever comes through first', () => {
    expect([
      after('invite', 'connect', 'accept'),
      after('invite', 'connect', 'offer', 'accept'),
      after('invite', 'connect', 'offer', 'accept', 'confirm'),
      after('invite', 'connect', 'accept', 'offer'),
    ]).toEqual(['registered', 'registered', 'registered', undefined])
  })

  it('is kept while it is renewed, also where that fails', () => {
    const renewed = ['connect', 'offer', 'confirm', 'renew'] as const
    expect([
      after(...renewed),
      after(...renewed, 'fail'),
      after(...renewed, 'confirm'),
      after(...renewed, 'replace'),
    ]).toEqual(['renewing', 'registered', 'registered', undefined])
  })

  it('comes into every state, and hears every event in some', () => {
    const reached = new Set<RegistrationState>(['known'])
    const heard = new Set<RegistrationEvent>()
    for (let size = 0; size !== reached.size;) {
      size = reached.size
      for (const state of reached)
        for (const event of everyEvent) {
          const next = moved({ state, since: 0 }, event, 0)
          if (next === undefined) continue
          heard.add(event)
          reached.add(next)
        }
    }
    expect([[...reached].sort(), [...heard].sort()]).toEqual([[...registrationStates].sort(), [...everyEvent].sort()])
  })

  it('over OICP has no handshake: it can only be ended', () => {
    const possible = everyEvent.filter(
      (event) => moved({ state: 'registered', since: 0, protocol: 'oicp' }, event, 0) !== undefined,
    )
    expect(possible).toEqual(['end'])
  })

  it('that nobody has ended in time has failed, and only one of those', () => {
    const states = registrationStates.map((state) => [state, stateAt({ state, since: 0 }, handshakeMs + 1)])
    expect(states.filter(([before, now]) => before !== now)).toEqual([
      ['connecting', 'failed'],
      ['offering', 'failed'],
      ['renewing', 'registered'],
    ])
  })

  it('lets modules be used in the two states in which it stands', () => {
    expect(registrationStates.filter((state) => isRegistered({ state }))).toEqual(['registered', 'renewing'])
  })
})

it('of two who have begun at once one gives way, and both find the same', () => {
  const [a, b] = ['https://a.example/versions', 'https://b.example/versions']
  expect([givesWay(a, b), givesWay(b, a)]).toEqual([true, false])
})

describe('the version that is spoken', () => {
  it.each([
    [['2.2.1', '2.3.0'], undefined, '2.3.0'],
    [['2.3.0', '2.2.1', '2.1.1'], undefined, '2.3.0'],
    [['2.1.1', '2.2', '2.2.1'], undefined, '2.2.1'],
    [['2.2.1', '2.3.0'], '2.2.1', '2.2.1'],
    [['2.3.0'], '2.2.1', undefined],
    [['2.1.1', '2.2'], undefined, undefined],
    [['3.0'], undefined, undefined],
    [[], undefined, undefined],
  ] as const)('of %j, pinned %s, is %s', (theirs, pinned, version) => {
    expect(commonVersion(['2.2.1', '2.3.0'], theirs, pinned)).toBe(version)
  })

  it('is one that we know', () => {
    expect(commonVersion(ocpiVersions, ['2.1.1'])).toBe('2.1.1')
  })
})

describe('what a platform lacks', () => {
  const credentials = { module: 'credentials', role: 'SENDER' } as const
  const tokens = { module: 'tokens', role: 'SENDER' } as const
  const locations = { module: 'locations', role: 'SENDER' } as const
  it.each([
    ['nothing, of an EMP for a CPO', ['CPO'], [credentials, tokens], [], []],
    ['the side that counts', ['CPO'], [credentials, { ...tokens, role: 'RECEIVER' }], [], ['tokens (SENDER)']],
    ['nothing, where it is of use to one of us', ['CPO', 'EMSP'], [credentials, locations], [], []],
    ['what the nearest role needs', ['CPO', 'EMSP'], [credentials], [], ['tokens (SENDER)']],
    ['nothing that nobody insists on', ['CPO'], [credentials], ['tokens'], []],
    ['credentials, without which there is nothing', ['CPO'], [tokens], ['credentials'], ['credentials']],
    ['nothing else for a role that needs nothing', ['NSP'], [credentials], [], []],
  ] as const)('is %s', (_, ours, endpoints, lacks, missing) => {
    expect(
      missingEndpoints(
        ours.map((role) => ({ role })),
        endpoints,
        { ...noQuirks, lacks },
      ),
    ).toEqual(missing)
  })
})
