import { describe, expect, it } from 'vitest'
import { rotateOld } from '../../../adapters/roaming/ocpi/rotation.ts'
import { ocpiServer } from '../../../adapters/roaming/ocpi/server.ts'
import { handshakeMs, stateAt } from '../../../core/domain/roaming-partner.ts'
import { network, operator, type Network, type Platform, platform, said } from '../../support/roaming-platforms.ts'

interface Two {
  readonly net: Network
  readonly cpo: Platform
  readonly emp: Platform
}

const two = async (): Promise<Two> => {
  const net = network()
  const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
  const emp = platform(net, { host: 'emp.example', role: 'EMSP' })
  await cpo.knows('emp')
  await emp.knows('cpo')
  return { net, cpo, emp }
}

const atCpo = { tenant: 'default', partner: 'emp' }
const atEmp = { tenant: 'default', partner: 'cpo' }

const invitation = async (from: Platform, ref = atCpo): Promise<{ readonly url: string; readonly token: string }> => {
  const given = await from.desk.invite(ref, operator)
  if (typeof given === 'string') throw new Error(given)
  return given
}

/** The CPO gives the EMP a token, and the EMP registers itself. */
const registered = async (): Promise<Two> => {
  const both = await two()
  await both.emp.desk.connect(atEmp, await invitation(both.cpo), operator)
  return both
}

const ok = { type: 'answered', status: 200, text: '', isWhole: true } as const
const answered = (envelope: object) => ({ ...ok, text: JSON.stringify(envelope) })

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const shows = (token: string): string => `Token ${base64(token)}`
const locations = 'https://cpo.example/ocpi/default/2.3.0/sender/locations'
const tokens = 'https://emp.example/ocpi/default/2.3.0/sender/tokens'
const credentials = 'https://cpo.example/ocpi/default/2.3.0/credentials'

/** Whether each finds the other's module with the token that it shows to it. */
const reachesBoth = async ({ net, cpo, emp }: Two): Promise<readonly number[]> => [
  (await said(net, locations, { authorization: shows(await emp.tokenFor('cpo')) })).http,
  (await said(net, tokens, { authorization: shows(await cpo.tokenFor('emp')) })).http,
]

const ofEmp = (token: string, more: object = {}): object => ({
  token,
  url: 'https://emp.example/ocpi/default/versions',
  roles: [{ role: 'EMSP', country_code: 'DE', party_id: 'EMP', business_details: { name: 'EMP' } }],
  ...more,
})

describe('two platforms that shake hands', () => {
  it('are registered with each other, whoever was invited', async () => {
    const both = await registered()
    const [atTheCpo, atTheEmp] = [await both.cpo.partner('emp'), await both.emp.partner('cpo')]
    expect({
      states: [atTheCpo.state, atTheEmp.state],
      versions: [atTheCpo.version, atTheEmp.version],
      roles: [atTheCpo.roles, atTheEmp.roles].map(([first]) => first),
      reach: await reachesBoth(both),
    }).toEqual({
      states: ['registered', 'registered'],
      versions: ['2.3.0', '2.3.0'],
      roles: [
        { role: 'EMSP', code: { country: 'DE', party: 'EMP' }, name: 'emp.example' },
        { role: 'CPO', code: { country: 'DE', party: 'CPO' }, name: 'cpo.example' },
      ],
      reach: [200, 200],
    })
  })

  it('are so too where the CPO registers itself with the EMP', async () => {
    const both = await two()
    await both.cpo.desk.connect(atCpo, await invitation(both.emp, atEmp), operator)
    expect(await reachesBoth(both)).toEqual([200, 200])
  })

  it('keep every check that was made, and no token in it or in the log (S-25)', async () => {
    const both = await registered()
    const { checks, token } = await both.emp.partner('cpo')
    const secrets = [await both.emp.tokenFor('cpo'), await both.cpo.tokenFor('emp')]
    const kept = JSON.stringify([checks, token, both.emp.log, both.cpo.log, await both.cpo.partner('emp')])
    expect({
      steps: checks.map(({ step, passed }) => (passed ? step : `${step}!`)),
      leaks: secrets.filter((secret) => kept.includes(secret) || kept.includes(base64(secret))),
    }).toEqual({ steps: ['versions', 'version', 'details', 'endpoints', 'credentials'], leaks: [] })
  })

  it('are registered once where both begin at the same time', async () => {
    const both = await two()
    const [forEmp, forCpo] = [await invitation(both.cpo), await invitation(both.emp, atEmp)]
    let open = 0
    let letGo = (): void => {}
    const bothAreOpen = new Promise<void>((go) => (letGo = go))
    both.net.meddle = async ({ method }, forward) => {
      if (method === 'POST' && ++open === 2) letGo()
      if (method === 'POST') await bothAreOpen
      return forward()
    }
    await Promise.all([both.emp.desk.connect(atEmp, forEmp, operator), both.cpo.desk.connect(atCpo, forCpo, operator)])
    expect({
      states: [(await both.cpo.partner('emp')).state, (await both.emp.partner('cpo')).state],
      reach: await reachesBoth(both),
      again: await reachesBoth(both),
    }).toEqual({ states: ['registered', 'registered'], reach: [200, 200], again: [200, 200] })
  })

  it('keep both tokens where a partner takes our credentials and sends its own before it says so', async () => {
    const both = await two()
    const [forEmp, forCpo] = [await invitation(both.cpo), await invitation(both.emp, atEmp)]
    let offered = ''
    both.net.meddle = async ({ method, url, body }, forward) => {
      if (method !== 'POST' || !url.startsWith('https://emp.example')) return forward()
      offered = (JSON.parse(new TextDecoder().decode(body)) as { token: string }).token
      await both.emp.desk.connect(atEmp, forEmp, operator)
      return answered({ status_code: 1000, data: ofEmp('said-last') })
    }
    const end = await both.cpo.desk.connect(atCpo, forCpo, operator)
    const given = await both.emp.tokenFor('cpo')
    const good = [given, offered, given].map((token) => said(both.net, locations, { authorization: shows(token) }))
    expect([
      typeof end === 'object' && end.state,
      await both.cpo.tokenFor('emp'),
      given === offered,
      (await Promise.all(good)).map(({ http }) => http),
    ]).toEqual(['registered', 'said-last', false, [200, 200, 200]])
  })

  it('speak the version that is pinned', async () => {
    const both = await two()
    await both.emp.knows('pinned', { version: '2.2.1' })
    const ref = { tenant: 'default', partner: 'pinned' }
    await both.emp.desk.connect(ref, await invitation(both.cpo), operator)
    expect([(await both.emp.partner('pinned')).version, (await both.cpo.partner('emp')).version]).toEqual([
      '2.2.1',
      '2.2.1',
    ])
  })
})

describe('a token to register with (S-25, BI-54)', () => {
  it('opens no module, and nothing at all once it was used', async () => {
    const both = await two()
    const { url, token } = await invitation(both.cpo)
    const authorization = shows(token)
    const before = [await said(both.net, url, { authorization }), await said(both.net, locations, { authorization })]
    await both.emp.desk.connect(atEmp, { url, token }, operator)
    const after = [await said(both.net, url, { authorization }), await said(both.net, credentials, { authorization })]
    expect([...before, ...after].map(({ http, code }) => [http, code])).toEqual([
      [200, 1000],
      [401, 2000],
      [401, 2000],
      [401, 2000],
    ])
  })

  it('is no more when another one was given', async () => {
    const both = await two()
    const first = await invitation(both.cpo)
    await invitation(both.cpo)
    expect((await said(both.net, first.url, { authorization: shows(first.token) })).http).toBe(401)
  })

  it('registers one of two who come with it at once', async () => {
    const both = await two()
    const authorization = shows((await invitation(both.cpo)).token)
    const post = (): Promise<{ http: number }> =>
      said(both.net, credentials, { method: 'POST', authorization, body: ofEmp('b-token') })
    both.net.meddle = async ({ url }) => ({
      type: 'answered',
      status: 200,
      isWhole: true,
      text: JSON.stringify({
        status_code: 1000,
        timestamp: '2026-11-24T12:00:00Z',
        data: url.endsWith('versions')
          ? [{ version: '2.3.0', url: 'https://emp.example/2.3.0' }]
          : {
              endpoints: ['credentials', 'tokens'].map((identifier) => ({
                identifier,
                role: 'SENDER',
                url: `https://emp.example/${identifier}`,
              })),
            },
      }),
    })
    const answers = await Promise.all([post(), post()])
    expect(answers.map(({ http }) => http).toSorted((a, b) => a - b)).toEqual([200, 405])
  })
})

describe('the header of a partner (BI-54)', () => {
  const withForms = async (tokenIn: 'base64' | 'raw' | 'either', write: (token: string) => string): Promise<number> => {
    const net = network()
    const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
    await cpo.knows('emp', { tokenIn })
    const { url, token } = await invitation(cpo)
    return (await said(net, url, { authorization: write(token) })).http
  }

  it.each([
    ['base64, as from 2.2 on', 'base64', (token: string) => `Token ${base64(token)}`, 200],
    [
      'base64 of a token with a line break behind it',
      'base64',
      (token: string) => `Token ${base64(`${token}\n`)}`,
      200,
    ],
    ['in whatever case', 'base64', (token: string) => `tOKEN   ${base64(token)}`, 200],
    ['raw, from who is said to do so', 'raw', (token: string) => `Token ${token}`, 200],
    ['raw, from who does now so and now so', 'either', (token: string) => `Token ${token}`, 200],
    ['raw, from who is not said to do so', 'base64', (token: string) => `Token ${token}`, 401],
    ['base64, from who is said to write it raw', 'raw', (token: string) => `Token ${base64(token)}`, 401],
    ['without the scheme', 'either', (token: string) => token, 401],
    ['as another scheme', 'either', (token: string) => `Bearer ${token}`, 401],
    ['something else', 'either', () => 'Token AAAA', 401],
    ['nothing', 'either', () => '', 401],
  ] as const)('%s', async (_, tokenIn, write, http) => {
    expect(await withForms(tokenIn, write)).toBe(http)
  })
})

describe('a partner that does otherwise than others', () => {
  it('shows and wants its tokens raw', async () => {
    const net = network()
    const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
    const emp = platform(net, { host: 'emp.example', role: 'EMSP' })
    await cpo.knows('emp', { tokenIn: 'raw', tokenOut: 'raw' })
    await emp.knows('cpo', { tokenIn: 'raw', tokenOut: 'raw' })
    const end = await emp.desk.connect(atEmp, await invitation(cpo), operator)
    expect(typeof end === 'object' && end.state).toBe('registered')
  })

  it('needs a slash at the end of its addresses', async () => {
    const both = await two()
    await both.emp.knows('slashed', { trailingSlash: true })
    const ref = { tenant: 'default', partner: 'slashed' }
    const end = await both.emp.desk.connect(ref, await invitation(both.cpo), operator)
    const asked = both.net.asked.filter((one) => one.includes('cpo.example'))
    expect([typeof end === 'object' && end.state, asked]).toEqual([
      'registered',
      [
        'GET https://cpo.example/ocpi/default/versions/',
        'GET https://cpo.example/ocpi/default/2.3.0/',
        'POST https://cpo.example/ocpi/default/2.3.0/credentials/',
      ],
    ])
  })

  it('puts one object into a list', async () => {
    const both = await two()
    await both.emp.knows('listing', { dataAsList: true })
    both.net.meddle = async ({ url }, forward) => {
      const reached = await forward()
      if (reached.type !== 'answered' || !url.includes('cpo.example')) return reached
      const { data, ...rest } = JSON.parse(reached.text) as { readonly data: readonly unknown[] | object }
      // its only version stands in a list too, as it should
      return answered({ ...rest, data: Array.isArray(data) ? data.slice(1) : [data] })
    }
    const ref = { tenant: 'default', partner: 'listing' }
    const end = await both.emp.desk.connect(ref, await invitation(both.cpo), operator)
    expect(typeof end === 'object' && end.state).toBe('registered')
  })
})

describe('the credentials module', () => {
  it('refuses what makes no sense as it stands with 405, and says what does (BI-54)', async () => {
    const both = await two()
    const invited = shows((await invitation(both.cpo)).token)
    const unregistered = await Promise.all(
      ['PUT', 'DELETE', 'PATCH'].map((method) =>
        said(both.net, credentials, { method, authorization: invited, body: ofEmp('x') }),
      ),
    )
    const again = await registered()
    const authorization = shows(await again.emp.tokenFor('cpo'))
    const twice = await said(again.net, credentials, { method: 'POST', authorization, body: ofEmp('x') })
    expect([...unregistered, twice].map(({ http, code, headers }) => [http, code, headers.get('allow')])).toEqual([
      [405, 2000, 'GET, POST'],
      [405, 2000, 'GET, POST'],
      [405, 2000, 'GET, POST, PUT, DELETE'],
      [405, 2000, 'GET, PUT, DELETE'],
    ])
  })

  it('answers in an envelope whatever is asked', async () => {
    const { net } = await two()
    const answers = await Promise.all(
      ['', '/default', '/default/2.3.0/x', '/default/2.9', '/NO TENANT/versions', '/default/versions'].map((path) =>
        said(net, `https://cpo.example/ocpi${path}`),
      ),
    )
    expect(answers.map(({ http, code }) => [http, code])).toEqual([
      [404, 2000],
      [404, 2000],
      [401, 2000],
      [401, 2000],
      [404, 2000],
      [401, 2000],
    ])
  })

  it.each([
    ['{', 400, 2001],
    [[], 200, 2001],
    [ofEmp('with a space'), 200, 2001],
    [ofEmp('x'.repeat(65)), 200, 2001],
    [ofEmp(''), 200, 2001],
    [ofEmp('x\r\nx: y'), 200, 2001],
    [ofEmp('x', { url: 1 }), 200, 2001],
    [ofEmp('x', { roles: [] }), 200, 2001],
    [ofEmp('x', { roles: [null] }), 200, 2001],
    [ofEmp('x', { roles: [{ role: 'EMSP', country_code: 'D3', party_id: 'EMP' }] }), 200, 2001],
    [ofEmp('x', { url: 'http://emp.example/versions' }), 200, 3001],
    [ofEmp('x', { url: 'file:///etc/passwd' }), 200, 3001],
    [ofEmp('x', { url: 'https://me:secret@emp.example/' }), 200, 3001],
    [ofEmp('x', { url: `https://emp.example/${'a'.repeat(255)}` }), 200, 3001],
    [ofEmp('x', { url: 'https://nobody.example/' }), 200, 3001],
  ])('refuses %j', async (body, http, code) => {
    const both = await two()
    const authorization = shows((await invitation(both.cpo)).token)
    const answer = await said(both.net, credentials, { method: 'POST', authorization, body })
    expect([answer.http, answer.code, (await both.cpo.partner('emp')).state]).toEqual([http, code, 'invited'])
  })

  it('takes party ids in whatever case, and the same party only once', async () => {
    const role = { role: 'emsp', country_code: 'de', party_id: 'emp', business_details: { name: 'E' } }
    const both = await two()
    const token = (await invitation(both.cpo)).token
    const refused = await said(both.net, credentials, {
      method: 'POST',
      authorization: shows(token),
      body: ofEmp('x', { roles: [role, { ...role, party_id: 'EMP', role: 'EMSP' }] }),
    })
    expect(refused.code).toBe(2001)
  })

  it('tells the token that was shown, for it knows no other', async () => {
    const both = await registered()
    const token = await both.emp.tokenFor('cpo')
    const { data } = await said(both.net, credentials, { authorization: shows(token) })
    expect(data).toEqual({
      token,
      url: 'https://cpo.example/ocpi/default/versions',
      roles: [{ role: 'CPO', country_code: 'DE', party_id: 'CPO', business_details: { name: 'cpo.example' } }],
    })
  })
})

describe('a handshake that cannot be', () => {
  it('ends with 3002 where the partner does not speak the version it registers for', async () => {
    const both = await two()
    both.net.meddle = async ({ url }, forward) =>
      url.startsWith('https://emp.example') && url.endsWith('versions')
        ? answered({ status_code: 1000, data: [{ version: '2.1.1', url: 'https://emp.example/2.1.1' }] })
        : forward()
    const end = await both.emp.desk.connect(atEmp, await invitation(both.cpo), operator)
    expect(lastCheck(end)).toMatch(/^credentials: it answered 3002: no common version/)
  })

  it('ends with 3003 where the one that is called finds an endpoint missing, and without a POST where the caller does', async () => {
    const net = network()
    const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
    const emp = platform(net, { host: 'emp.example', role: 'EMSP', modules: [] })
    await cpo.knows('emp')
    await emp.knows('cpo')
    const called = await emp.desk.connect(atEmp, await invitation(cpo), operator)
    net.asked.length = 0
    const caller = await cpo.desk.connect(atCpo, await invitation(emp, atEmp), operator)
    expect([lastCheck(called), lastCheck(caller), net.asked.filter((one) => one.startsWith('POST'))]).toEqual([
      'credentials: it answered 3003: it lacks tokens (SENDER)',
      'endpoints: it lacks tokens (SENDER)',
      [],
    ])
  })

  it('goes on where that is a quirk of the partner', async () => {
    const net = network()
    const cpo = platform(net, { host: 'cpo.example', role: 'CPO' })
    const emp = platform(net, { host: 'emp.example', role: 'EMSP', modules: [] })
    await cpo.knows('emp', { lacks: ['tokens'] })
    await emp.knows('cpo')
    const end = await emp.desk.connect(atEmp, await invitation(cpo), operator)
    expect(typeof end === 'object' && end.state).toBe('registered')
  })

  it.each([
    ['nobody is there', { type: 'unreached', reason: 'connection refused' }, 'versions: connection refused'],
    ['a page instead', { ...ok, text: '<html>' }, 'versions: it answered 200, and nothing that is of OCPI'],
    ['a redirect', { ...ok, status: 302, text: '' }, 'versions: it answered 302'],
    ['too much', { ...ok, isWhole: false }, 'versions: its answer broke off, or was too long'],
    ['no data', { ...ok, text: '{"status_code":1000}' }, 'versions: it is no list'],
    ['a code of its own', { ...ok, text: '{"status_code":3900}' }, 'versions: it answered 3900'],
    [
      'a number that is none',
      { ...ok, text: '{"status_code":"1000"}' },
      'versions: it answered 200, and nothing that is of OCPI',
    ],
  ] as const)('because of %s', async (_, reached, why) => {
    const both = await two()
    both.net.meddle = async () => reached
    const end = await both.emp.desk.connect(atEmp, await invitation(both.cpo), operator)
    expect([lastCheck(end), typeof end === 'object' && end.state]).toEqual([`versions: ${why}`, 'failed'])
  })

  it('leaves no token behind', async () => {
    const both = await two()
    let offered = ''
    both.net.meddle = async ({ method, body }, forward) => {
      if (method !== 'POST') return forward()
      offered = (JSON.parse(new TextDecoder().decode(body)) as { token: string }).token
      return answered({ status_code: 2001 })
    }
    await both.emp.desk.connect(atEmp, await invitation(both.cpo), operator)
    expect((await said(both.net, both.emp.url, { authorization: shows(offered) })).http).toBe(401)
  })

  it('can be begun again when it was left in the middle, and the one that comes back late changes nothing', async () => {
    const both = await two()
    let goOn = (): void => {}
    both.net.meddle = async (_, forward) => {
      await new Promise<void>((go) => (goOn = go))
      return forward()
    }
    const given = await invitation(both.cpo)
    const late = both.emp.desk.connect(atEmp, given, operator)
    await new Promise(setImmediate)
    both.net.meddle = (_, forward) => forward()
    const now = await both.emp.desk.connect(atEmp, given, operator)
    await both.emp.clock.pass(handshakeMs + 1)
    const abandoned = stateAt(await both.emp.partner('cpo'), both.emp.clock.now())
    const again = await both.emp.desk.connect(atEmp, given, operator)
    goOn()
    await late
    expect([now, abandoned, typeof again === 'object' && again.state, await reachesBoth(both)]).toEqual([
      'senseless',
      'failed',
      'registered',
      [200, 200],
    ])
  })
})

it('who was here before is looked for in memory alone (D-20)', async () => {
  const both = await registered()
  await reachesBoth(both)
  const before = both.cpo.looks()
  for (let n = 0; n < 100; n++) await reachesBoth(both)
  expect(both.cpo.looks()).toBe(before)
})

describe('whoever asks too much', () => {
  it('is not looked for any more after 60 tokens that are none of ours, and who was here before is', async () => {
    const both = await registered()
    await reachesBoth(both)
    const statuses = new Set<number>()
    for (let n = 0; n < 60; n++) {
      const { http } = await said(both.net, both.cpo.url, { authorization: shows(`${n}`.padStart(43, 'x')) })
      statuses.add(http)
    }
    const more = await said(both.net, both.cpo.url, { authorization: shows('y'.repeat(43)) })
    const known = await said(both.net, locations, { authorization: shows(await both.emp.tokenFor('cpo')) })
    await both.cpo.clock.pass(1_000)
    const later = await said(both.net, both.cpo.url, { authorization: shows('y'.repeat(43)) })
    expect([[...statuses], more.http, more.code, known.http, later.http]).toEqual([[401], 429, 2000, 200, 401])
  })

  it('waits, though it is a partner', async () => {
    const both = await registered()
    const authorization = shows(await both.emp.tokenFor('cpo'))
    const statuses: number[] = []
    for (let n = 0; n < 601; n++) statuses.push((await said(both.net, locations, { authorization })).http)
    expect([statuses.filter((http) => http === 200).length > 590, statuses.at(-1)]).toEqual([true, 429])
  })
})

describe('new credentials', () => {
  it('leave the old token good until the new one is used', async () => {
    const both = await registered()
    const old = shows(await both.emp.tokenFor('cpo'))
    await both.cpo.desk.rotate(atCpo, operator)
    const before = (await said(both.net, locations, { authorization: old })).http
    const reach = await reachesBoth(both)
    const after = (await said(both.net, locations, { authorization: old })).http
    expect([before, reach, after]).toEqual([200, [200, 200], 401])
  })

  it('are due after 30 days, and tried again a day after they failed (S-25)', async () => {
    const both = await registered()
    const day = 86_400_000
    const rotatedIn = async (days: number): Promise<number> => {
      await both.cpo.clock.pass(days * day)
      return rotateOld(both.cpo.parts, both.cpo.desk)
    }
    const soon = await rotatedIn(29)
    const due = await rotatedIn(2)
    both.net.meddle = async () => ({ type: 'unreached', reason: 'gone' })
    const failing = [await rotatedIn(31), await rotatedIn(0.5), await rotatedIn(1)]
    both.net.meddle = (_, forward) => forward()
    expect([soon, due, failing, await reachesBoth(both)]).toEqual([0, 1, [1, 0, 1], [200, 200]])
  })

  it('may come from either side, again and again', async () => {
    const both = await registered()
    for (const turn of ['emp', 'cpo', 'cpo', 'emp'])
      await (turn === 'emp' ? both.emp.desk.rotate(atEmp, operator) : both.cpo.desk.rotate(atCpo, operator))
    expect(await reachesBoth(both)).toEqual([200, 200])
  })

  it('that the partner refuses after it has called back leave everything as it was', async () => {
    const both = await registered()
    const whole = both.net.hosts.get('emp.example') ?? (async () => new Response())
    both.net.hosts.set('emp.example', ocpiServer({ ...both.emp.parts, modules: [] }))
    const refused = await both.emp.desk.rotate(atEmp, operator)
    both.net.hosts.set('emp.example', whole)
    expect([lastCheck(refused), (await both.emp.partner('cpo')).state, await reachesBoth(both)]).toEqual([
      'credentials: it answered 3003: it lacks tokens (SENDER)',
      'registered',
      [200, 200],
    ])
  })

  it('whose answer is lost leave both tokens good', async () => {
    const both = await registered()
    both.net.meddle = async ({ method }, forward) => {
      const answer = await forward()
      return method === 'PUT' ? { type: 'unclear', reason: 'it hung up' } : answer
    }
    const lost = await both.emp.desk.rotate(atEmp, operator)
    both.net.meddle = (_, forward) => forward()
    expect([lastCheck(lost), await reachesBoth(both)]).toEqual(['credentials: it hung up', [200, 200]])
  })
})

describe('the end of a registration', () => {
  it.each(['emp', 'cpo'])('is the end for both, begun by the %s', async (side) => {
    const both = await registered()
    const shown = [shows(await both.emp.tokenFor('cpo')), shows(await both.cpo.tokenFor('emp'))]
    await (side === 'emp' ? both.emp.desk.unregister(atEmp, operator) : both.cpo.desk.unregister(atCpo, operator))
    const [there, here] = [await both.cpo.partner('emp'), await both.emp.partner('cpo')]
    expect([
      [there.state, there.token, here.state, here.token],
      (await said(both.net, locations, { authorization: shown[0] ?? '' })).http,
      (await said(both.net, tokens, { authorization: shown[1] ?? '' })).http,
    ]).toEqual([['ended', undefined, 'ended', undefined], 401, 401])
  })

  it('does not wait for a partner that is gone', async () => {
    const both = await registered()
    both.net.meddle = async () => ({ type: 'unreached', reason: 'gone' })
    const end = await both.cpo.desk.unregister(atCpo, operator)
    expect([typeof end === 'object' && end.state, lastCheck(end)]).toEqual(['ended', 'credentials: gone'])
  })
})

const lastCheck = (end: unknown): string | undefined => {
  const checks = (end as { readonly checks?: readonly { readonly step: string; readonly detail: string }[] }).checks
  const last = checks?.at(-1)
  return last && `${last.step}: ${last.detail}`
}
