import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Grant, keyRoles, refusalOf } from '../../../core/domain/access.ts'
import type { Permission } from '../../../core/domain/permission.ts'
import { refusedStatement } from '../../support/closed-statements.ts'
import { administrator, apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { simulatedIccid } from '../../support/sims.ts'
import { furnish, makePlace, makeTenant, type Place, type TenantIds } from '../../support/two-places.ts'
import { operationsOf } from './operations.ts'

interface Route {
  readonly method: string
  readonly path: string
  readonly permission: Permission
}

/** A caller of the matrix: what its key is good for, of which tenant. */
interface Caller extends Grant {
  readonly name: string
  readonly tenant: 'default' | 'other'
  readonly key: string
}

const month = new Date().toISOString().slice(0, 7)
const [year = 0, which = 0] = month.split('-').map(Number)
const lastMonth = new Date(Date.UTC(year, which - 2)).toISOString().slice(0, 7)
const atNorth = { sites: ['NORTH'], stations: [], chargePoints: [] }
const limited = ['operator', 'support', 'auditor', 'installer'] as const

/** Bodies with which a request gets as far as looking for what its path names; a PUT names what it makes, and is stopped by its body. */
const bodies: readonly (readonly [RegExp, unknown])[] = [
  [/charge-points\/\{identity\}\/commands$/, { type: 'clearCache' }],
  [/sims\/\{iccid\}\/commands$/, { type: 'look' }],
  [/\/release$/, { as: 'measured', note: 'not mine' }],
  [/\/try$/, { minutes: 1, kWh: '1' }],
  [/\/what-if$/, { month: '2026-10' }],
  [/\/connect$/, { url: 'https://emp.example/', token: 'x' }],
  [/\/resolve$/, { note: 'not mine' }],
  [/\/replay$/, { fromNumber: 1, toNumber: 1 }],
  [/\/web-payments$/, { evse: 1, totp: 'x' }],
  [/\/roaming-partners\/\{id\}\/commands$/, { type: 'STOP_SESSION', session: 'x' }],
  [/\/move$/, { reseller: null, day: '2099-01-01' }],
  [/./, {}],
]

describe('every route × every role × ids that are not theirs', () => {
  let test: TestServer
  let routes: readonly Route[]
  let north: Place
  let south: Place
  let tenant: TenantIds
  let statement = ''
  const callers: Caller[] = []

  const keyOf = async (grant: Grant, of: Caller['tenant'], name: string = grant.role): Promise<void> => {
    const { role, scope, party } = grant
    const made = await test.api('POST', '/api/v1/api-keys', { label: name, role, scope, party }, { 'sm-tenant': of })
    expect([name, of, made.status]).toEqual([name, of, 201])
    callers.push({ ...grant, name, tenant: of, key: (made.body as { key: string }).key })
  }
  const callerOf = (name: string, of: Caller['tenant'] = 'default'): Caller => {
    const caller = callers.find((one) => one.name === name && one.tenant === of)
    if (caller === undefined) throw new Error(`there is no caller ${name}`)
    return caller
  }

  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    routes = (await operationsOf(test)).map(({ method, path, operation }) => ({
      method,
      path,
      permission: (operation as unknown as { 'x-permission': Permission })['x-permission'],
    }))
    north = await makePlace(test, 'NORTH', 'DE*NTH')
    south = await makePlace(test, 'SOUTH', 'DE*STH')
    tenant = await makeTenant(test, 'NORTH')
    const picture = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    await test.api('PUT', '/api/v1/brand/logo', picture, { 'content-type': 'image/svg+xml' })
    await furnish(test, 'ELSEWHERE', { emp: 'DE*ELS', headers: { 'sm-tenant': 'other' } })
    await test.api('POST', '/api/v1/settlement-runs', { month: lastMonth })
    for (const name of ['NORTH', 'SOUTH'])
      await until('what was posted', async () => {
        const { status } = await test.api('GET', `/api/v1/settlement/${month}/parties/emp:EMP${name}`)
        return status === 200
      })
    statement = await refusedStatement(test, 'NORTH')
    for (const of of ['default', 'other'] as const) {
      const place = of === 'default' ? 'NORTH' : 'ELSEWHERE'
      for (const role of keyRoles.filter((role) => role !== 'platform')) {
        const party = { siteOwner: place, emp: `EMP${place}` }[role as string]
        await keyOf({ role, scope: 'tenant', ...(party !== undefined && { party }) }, of)
      }
      // the platform is everywhere: its foreign tenant is the one that it does not name
      callers.push({ name: 'platform', role: 'platform', scope: 'tenant', tenant: of, key: test.key })
    }
    for (const role of limited) await keyOf({ role, scope: atNorth }, 'default', `${role} at NORTH`)
  }, 60_000)
  afterAll(async () => {
    for (const place of [north, south]) await place?.station.close()
    await test?.stop()
  })

  const pathOf = ({ path }: Pick<Route, 'path'>, name: 'NORTH' | 'SOUTH'): string => {
    const { ids } = name === 'NORTH' ? north : south
    const named: readonly (readonly [RegExp, string])[] = [
      [/(tariffs\/)\{id\}/, `$1DAY${name}`],
      [/(tariff-assignments\/)\{id\}/, `$1ALL${name}`],
      [/(contracts\/)\{id\}/, `$1CONTRACT${name}`],
      [/(tokens\/)\{uid\}/, `$1CARD${name}`],
      [/(what-ifs\/)\{id\}/, `$1${tenant.whatIf}`],
      [/(campaigns\/)\{id\}/, `$1${tenant.campaign}`],
      [/(files\/)\{id\}/, `$1${tenant.file}`],
      [/(api-keys\/)\{id\}/, `$1${tenant.apiKey}`],
      [/(sessions\/)\{id\}/, `$1${ids.session}`],
      [/(commands\/)\{id\}/, `$1${ids.command}`],
      [/(cdrs\/)\{id\}/, `$1${ids.cdr}`],
      [/(reservations\/)\{id\}/, `$1${ids.reservation}`],
      [/(roaming-partners\/)\{id\}(\/oicp)/, `$1HUB${name}$2`],
      [/(tenants\/)\{tenant\}/, '$1default'],
      [/(parents\/)\{from\}/, '$1always'],
      [/(resale\/)\{month\}/, `$1${month}`],
      [/\{month\}\/\{role\}\/\{party\}/, `${month}/emp/EMP${name}`],
      [/\{month\}\/parties\/\{party\}/, `${month}/parties/emp:EMP${name}`],
      [/(settlement-runs\/)\{month\}/, `$1${lastMonth}`],
      [/\{month\}/, month],
      [/(roaming\/cdrs\/)\{country\}\/\{party\}\/\{id\}/, `$1DE/CPO/${name}`],
      [/\{module\}\/\{country\}\/\{party\}\/\{id\}/, `locations/DE/CPO/${name}`],
      [/\{module\}/, 'locations'],
      [/(sims\/)\{iccid\}/, `$1${simulatedIccid}`],
      [/(sims\/\d+\/commands\/)\{command\}/, `$1${tenant.simCommand}`],
      [/\{command\}/, tenant.roamingCommand],
      [/(statement-deliveries\/\{target\}\/)\{document\}/, `$1${statement}`],
      [/\{document\}/, tenant.filed],
      [/\{number\}/, String(ids.document)],
      [/\{version\}/, '1'],
      [/\{role\}/, 'owner'],
      [/\{kind\}/, 'variable'],
      [/\{action\}/, 'ClearCache'],
      [/\{key\}/, 'K'],
      [/\{text\}/, 'DE-8AA-001234567-0'],
      [/\{[^}]+\}/g, name],
    ]
    return named.reduce((path, [placeholder, value]) => path.replace(placeholder, value), path)
  }

  /** What tells whose an answer is: names that carry the place, and ids that we gave. */
  const marksOf = (name: 'NORTH' | 'SOUTH'): readonly string[] => {
    const { ids } = name === 'NORTH' ? north : south
    return [name, ids.session, ids.cdr, ids.command]
  }
  const everything = (): readonly string[] => [
    ...marksOf('NORTH'),
    ...marksOf('SOUTH'),
    ...Object.values(tenant as unknown as Record<string, string>),
    statement,
  ]

  let tried = 0
  const call = async (caller: Caller, route: Route, name: 'NORTH' | 'SOUTH') => {
    tried++
    const path = pathOf(route, name)
    const raw = route.path.startsWith('/api/v1/imports/') || path === '/api/v1/files'
    const body = bodies.find(([pattern]) => pattern.test(route.path))?.[1]
    const response = await fetch(new URL(path, test.url), {
      method: route.method,
      headers: {
        authorization: `Bearer ${caller.key}`,
        'content-type': raw ? 'application/octet-stream' : 'application/json',
        ...(caller.role === 'platform' && { 'sm-tenant': caller.tenant }),
      },
      ...(route.method !== 'GET' && { body: route.method === 'PUT' ? '{"no such field": 1}' : JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  }
  /** Eight requests at a time, in the order of the routes; answers what is wrong. */
  const faultsOf = async (
    cases: readonly (readonly [Caller, Route, 'NORTH' | 'SOUTH'])[],
    faultOf: (caller: Caller, route: Route, answer: { status: number; text: string }) => string | undefined,
  ): Promise<readonly string[]> => {
    const faults: string[] = []
    const waiting = cases.values()
    const work = async (): Promise<void> => {
      for (const [caller, route, name] of waiting) {
        const answer = await call(caller, route, name)
        const fault = faultOf(caller, route, answer)
        if (fault !== undefined)
          faults.push(
            `${caller.name} of ${caller.tenant}: ${route.method} ${pathOf(route, name)}: ${answer.status} ${fault}`,
          )
      }
    }
    await Promise.all(Array.from({ length: 8 }, work))
    return faults
  }
  const shown = (text: string, marks: readonly string[]): string | undefined => {
    const mark = marks.find((one) => text.includes(one))
    return mark === undefined ? undefined : `shows ${mark}`
  }
  const isStream = ({ path }: Route): boolean => path === '/api/v1/events'
  /** What any text is, and what is theirs whoever they are, names nobody. */
  const namesSomething = ({ path }: Route): boolean =>
    path.includes('{') &&
    !/identifiers\/\{text\}$|roaming\/\{module\}$|resale\/\{month\}$|\{month\}\/parties$/.test(path)
  /** The platform keeps them all. */
  const isPlatforms = ({ role }: Caller, { path }: Route): boolean =>
    role === 'platform' && path.startsWith('/api/v1/tenants/')

  it('S-17: every route declares a permission that there is', () => {
    expect(routes.length).toBeGreaterThan(130)
    expect(routes.filter(({ permission }) => !/^[a-zA-Z]+\.(read|write|operate)$/.test(permission ?? ''))).toEqual([])
  })

  it('BI-52: a role that lacks the permission is told which, on every route, and nothing is done', async () => {
    const cases = callers.flatMap((caller) =>
      routes
        .filter(({ permission }) => refusalOf(caller, permission) !== undefined)
        .map((route) => [caller, route, 'NORTH'] as const),
    )
    const faults = await faultsOf(cases, (_, { permission }, { status, text }) =>
      status === 403 && text.includes(permission) ? shown(text, everything()) : `instead of 403 ${text}`,
    )
    expect(faults).toEqual([])
    expect(cases.length).toBeGreaterThan(1_000)
  }, 60_000)

  it("BI-51: another tenant's ids are not there for any role, and no list shows anything of it", async () => {
    const cases = callers
      .filter((caller) => caller.tenant === 'other')
      .flatMap((caller) =>
        routes
          .filter((route) => !isStream(route) && refusalOf(caller, route.permission) === undefined)
          .filter((route) => !isPlatforms(caller, route))
          // what makes things of one's own names nobody's
          .filter((route) => namesSomething(route) || route.method === 'GET')
          .map((route) => [caller, route, 'NORTH'] as const),
      )
    const faults = await faultsOf(cases, (_, route, { status, text }) => {
      if (!namesSomething(route)) return status === 200 || status === 404 ? shown(text, everything()) : 'is no list'
      if (route.method !== 'PUT' && status !== 404) return `instead of 404 ${text}`
      return status < 400
        ? 'was done'
        : shown(
            text,
            everything().filter((mark) => !pathOf(route, 'NORTH').includes(mark)),
          )
    })
    expect(faults).toEqual([])
    expect(cases.length).toBeGreaterThan(500)
  }, 60_000)

  it('what is theirs is there: so that the others’ not being there says something', async () => {
    const cases = ['platform', 'operator', 'auditor'].flatMap((name) =>
      routes
        .filter((route) => route.method === 'GET' && !isStream(route) && !route.path.includes('/versions/'))
        .map((route) => [callerOf(name), route, 'NORTH'] as const),
    )
    expect(
      await faultsOf(cases, (caller, route, { status }) => {
        if (status === 200) return undefined
        // no permission, which has been looked at; and a secret, which none but those who write get to read
        return refusalOf(caller, route.permission) === undefined ? 'is not shown to its own' : undefined
      }),
    ).toEqual([])
  }, 60_000)

  it('BI-51: of another site nothing is there for a key that is limited to one, or is a party’s; and lists show none of it', async () => {
    const held = callers.filter(
      ({ tenant: of, scope, role }) =>
        of === 'default' && (scope !== 'tenant' || role === 'siteOwner' || role === 'emp'),
    )
    expect(held.length).toBe(limited.length + 2)
    const cases = held.flatMap((caller) =>
      routes
        .filter((route) => !isStream(route) && refusalOf(caller, route.permission) === undefined)
        .filter((route) => namesSomething(route) || route.method === 'GET')
        .map((route) => [caller, route, 'SOUTH'] as const),
    )
    const faults = await faultsOf(cases, (_, route, { status, text }) => {
      if (!namesSomething(route)) return status === 200 ? shown(text, marksOf('SOUTH')) : 'is no list'
      if (route.method !== 'PUT' && status !== 404) return `instead of 404 ${text}`
      return status < 400
        ? 'was done'
        : shown(
            text,
            marksOf('SOUTH').filter((mark) => !pathOf(route, 'SOUTH').includes(mark)),
          )
    })
    expect(faults).toEqual([])
    expect(cases.length).toBeGreaterThan(100)
  }, 60_000)

  it('and of their own site what they may see is there, and nothing of the other beside it', async () => {
    const wanted: Readonly<Record<string, readonly string[]>> = {
      'operator at NORTH': ['charge-points', 'sessions', 'cdrs', 'sites', 'charging-stations', 'evses', 'reservations'],
      'installer at NORTH': ['charge-points', 'sites', 'evses', 'charge-points/NORTH/commands'],
      siteOwner: ['sites', 'charging-stations', 'evses', 'sessions', 'statements', 'parties'],
      emp: ['sessions', 'cdrs', 'contracts', 'tokens', 'statements'],
    }
    for (const [name, lists] of Object.entries(wanted))
      for (const list of lists) {
        const { status, body } = await apiOf(test.url, callerOf(name).key)('GET', `/api/v1/${list}`)
        const { items } = body as { readonly items: readonly unknown[] }
        const most = list.includes('/') ? items.length : 1
        expect([name, list, status, items.length]).toEqual([name, list, 200, Math.max(1, most)])
        expect([name, list, shown(JSON.stringify(body), marksOf('SOUTH'))]).toEqual([name, list, undefined])
      }
  })

  it('S-20: a site owner sees sessions and statements at its site, and nothing that tells who has charged', async () => {
    const owner = apiOf(test.url, callerOf('siteOwner').key)
    const telling = ['CARDNORTH', 'CONTRACTNORTH', 'EMPNORTH']
    for (const path of [
      'sessions',
      `sessions/${north.ids.session}`,
      `sessions/${north.ids.session}/samples`,
      'statements',
      `statements/${month}/site-owner/NORTH`,
      `statements/${month}/site-owner/NORTH?as=csv`,
      `statements/${month}/site-owner/NORTH?as=html`,
      'sites/NORTH',
      'evses/NORTH',
    ]) {
      const { status, body } = await owner('GET', `/api/v1/${path}`)
      const text = typeof body === 'string' ? (body as string) : JSON.stringify(body)
      expect([path, status, shown(text, telling)]).toEqual([path, 200, undefined])
    }
    const { body } = await owner('GET', `/api/v1/statements/${month}/site-owner/NORTH`)
    expect((body as { items: readonly object[] }).items).toHaveLength(1)
    // and the operator is told all of it
    const whole = await test.api('GET', `/api/v1/sessions/${north.ids.session}`)
    expect(shown(JSON.stringify(whole.body), ['CARDNORTH'])).toBe('shows CARDNORTH')
  })

  it('what a limited key writes stays within its scope, and what is in the way outside of it is not told', async () => {
    const operator = apiOf(test.url, callerOf('operator at NORTH').key)
    const body = { station: 'NORTH', connectors: [] }
    const [mine, theirs, taken, nowhere] = [
      await operator('PUT', '/api/v1/charge-points/NORTH', { blocked: false }),
      await operator('PUT', '/api/v1/charge-points/SOUTH', { blocked: true }),
      await operator('PUT', '/api/v1/evses/SOUTH', body),
      await operator('PUT', '/api/v1/charge-points/NOWHERE', {}),
    ]
    expect([mine, theirs, taken, nowhere].map(({ status }) => status)).toEqual([200, 404, 404, 404])
    expect(theirs.body).toEqual(nowhere.body)
    const { body: south } = await test.api('GET', '/api/v1/charge-points/SOUTH')
    expect((south as { blocked: boolean }).blocked).toBe(false)
    const installer = await test.api('POST', '/api/v1/api-keys', {
      label: 'one station',
      role: 'installer',
      scope: { chargePoints: ['NEW'], sites: ['NORTH'] },
    })
    const at = apiOf(test.url, (installer.body as { key: string }).key)
    const evse = { station: 'NORTH', connectors: [], plug: { chargePoint: 'NEW', evse: 1 } }
    expect((await at('PUT', '/api/v1/charge-points/NEW', {})).status).toBe(201)
    expect((await at('PUT', '/api/v1/evses/NEW', evse)).status).toBe(201)
    expect((await at('GET', '/api/v1/charge-points/NEW')).status).toBe(200)
    expect((await at('PUT', '/api/v1/evses/NEW', { ...evse, station: 'SOUTH' })).status).toBe(422)
    for (const path of ['evses/NEW', 'charge-points/NEW']) await at('DELETE', `/api/v1/${path}`)
  })

  const wrongKeys: readonly (readonly [string, object, number, string])[] = [
    ['operator', { role: 'reseller' }, 403, '/role'],
    ['operator', { role: 'platform' }, 403, '/role'],
    ['platform', { role: 'admin' }, 422, '/role'],
    ['platform', { role: 'siteOwner' }, 422, '/party'],
    ['platform', { role: 'siteOwner', party: 'EMPNORTH' }, 422, '/party'],
    ['platform', { role: 'emp', party: 'nobody' }, 422, '/party'],
    ['platform', { role: 'emp', party: 'DE*XYZ', scope: atNorth }, 422, '/scope'],
    ['platform', { role: 'operator', party: 'NORTH' }, 422, '/party'],
    ['platform', { role: 'platform', scope: atNorth }, 422, '/scope'],
    ['platform', { scope: { sites: 'NORTH' } }, 422, '/scope'],
  ]
  it.each(wrongKeys)('BI-53: %s makes no key that is %j', async (name, body, status, pointer) => {
    const answer = await apiOf(test.url, callerOf(name).key)('POST', '/api/v1/api-keys', { label: 'x', ...body })
    expect([answer.status, (answer.body as { pointer: string }).pointer]).toEqual([status, pointer])
  })

  it('an EMP of ours is named as the market names it, and one that is not by its code', async () => {
    const parties: unknown[] = []
    for (const party of ['EMPNORTH', 'de-xyz']) {
      const { body } = await test.api('POST', '/api/v1/api-keys', { label: 'x', role: 'emp', party })
      parties.push((body as { party: string }).party)
    }
    expect(parties).toEqual(['EMPNORTH', 'DE*XYZ'])
  })

  it('the cookie of a limited key opens as much as the key', async () => {
    const signedIn = await fetch(new URL('/session', test.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: callerOf('operator at NORTH').key }),
    })
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';')
    const statuses: number[] = []
    for (const path of ['charge-points/NORTH', 'charge-points/SOUTH', 'tariffs'])
      statuses.push((await fetch(new URL(`/api/v1/${path}`, test.url), { headers: { cookie } })).status)
    expect(statuses).toEqual([200, 404, 403])
  })

  it('BI-50: the cookie of a platform key that is revoked dies with the key', async () => {
    const made = await test.api('POST', '/api/v1/api-keys', { label: 'x', role: 'platform' })
    const { id, key, tenant: of } = made.body as { id: string; key: string; tenant: null }
    const signedIn = await fetch(new URL('/session', test.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';')
    const status = async (): Promise<number> =>
      (await fetch(new URL('/api/v1/tariffs', test.url), { headers: { cookie } })).status
    expect([of, await status()]).toEqual([null, 200])
    expect((await test.api('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204)
    await until('the end of the session', async () => (await status()) === 401, 4_000)
  })

  it('INV-17: what one key was answered is no answer to another key', async () => {
    const headers = { 'idempotency-key': 'of both' }
    const first = await apiOf(test.url, callerOf('operator').key)('POST', '/api/v1/api-keys', { label: 'x' }, headers)
    const second = await apiOf(test.url, callerOf('support').key)('POST', '/api/v1/api-keys', { label: 'x' }, headers)
    expect([first.status, second.status]).toEqual([201, 403])
    expect(JSON.stringify(second.body)).not.toContain((first.body as { id: string }).id)
  })

  it('BI-51: a tenant that is another’s and one that there is not are refused alike', async () => {
    for (const name of ['reseller', 'operator']) {
      const enter = (tenantNamed: string) =>
        apiOf(test.url, callerOf(name).key)('GET', '/api/v1/tokens', undefined, { 'sm-tenant': tenantNamed })
      const [theirs, nobodys] = [await enter('other'), await enter('nobody')]
      expect([name, theirs.status, theirs.body]).toEqual([name, 403, nobodys.body])
    }
  })

  it('BI-51: a stream of events tells what its reader may see, from the first event on', async () => {
    const heardBy = async (caller: Caller): Promise<string> => {
      const left = new AbortController()
      const response = await fetch(new URL('/api/v1/events?after=0-0', test.url), {
        headers: { authorization: `Bearer ${caller.key}` },
        signal: left.signal,
      })
      expect([caller.name, response.status]).toEqual([caller.name, 200])
      let heard = ''
      const read = async (): Promise<void> => {
        for await (const chunk of response.body ?? []) heard += new TextDecoder().decode(chunk)
      }
      void read().catch(() => {})
      for (const { station } of [north, south])
        await station.call('MeterValues', {
          connectorId: 1,
          meterValue: [{ timestamp: new Date().toISOString(), sampledValue: [{ value: '1' }] }],
        })
      await new Promise((go) => setTimeout(go, 700))
      left.abort()
      return heard
    }
    const [whole, placed, foreign] = await Promise.all(
      [callerOf('operator'), callerOf('operator at NORTH'), callerOf('operator', 'other')].map(heardBy),
    )
    expect([shown(whole ?? '', ['SOUTH']), shown(whole ?? '', ['NORTH'])]).toEqual(['shows SOUTH', 'shows NORTH'])
    expect([shown(placed ?? '', marksOf('SOUTH')), shown(placed ?? '', ['NORTH'])]).toEqual([undefined, 'shows NORTH'])
    expect(placed).toContain('event: cdr.issued')
    expect(placed).not.toMatch(/event: (?:token|tariff|campaign|api-key)\./)
    expect(foreign).toContain('event: hello')
    expect(shown(foreign ?? '', everything())).toBeUndefined()
  })

  it('S-20: neither the log nor the metrics tell of anybody', async () => {
    const metrics = await (await fetch(new URL('/metrics', test.opsUrl))).text()
    expect(metrics.length).toBeGreaterThan(1_000)
    expect(shown(metrics, everything())).toBeUndefined()
    expect(shown(test.log.join('\n'), ['CARDNORTH', 'CARDSOUTH', 'CONTRACTNORTH', 'CONTRACTSOUTH'])).toBeUndefined()
  })

  describe('row-level security by itself, asked by a forged query', () => {
    interface Table {
      readonly name: string
      readonly secured: boolean
      readonly policies: readonly string[]
    }
    let tables: readonly Table[]
    let admin: ReturnType<typeof administrator>
    beforeAll(async () => {
      admin = administrator(test.server.target, test.data)
      tables = await admin<Table[]>`select c.relname as name, c.relrowsecurity as secured,
          array(select p.polname::text from pg_policy p where p.polrelid = c.oid and 'sm_app'::regrole = any(p.polroles) order by 1) as policies
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`
    })
    afterAll(() => admin?.end({ timeout: 1 }))

    /** Everything that the role of the API is shown of every table, with these settings. */
    const seen = async (tenantNamed: string, scope: string): Promise<ReadonlyMap<string, string>> =>
      admin.begin(async (tx) => {
        await tx`select set_config('sm.tenant', ${tenantNamed}, true), set_config('sm.scope', ${scope}, true)`
        await tx`set local role sm_app`
        const found = new Map<string, string>()
        for (const { name } of tables) {
          const [may] = await tx<{ may: boolean }[]>`select has_table_privilege('sm_app', ${name}, 'select') as may`
          if (may?.may !== true) continue
          const [row] = await tx<{ all: string | null }[]>`select string_agg(t::text, ' ') as all from ${tx(name)} t`
          if (row?.all != null) found.set(name, row.all)
        }
        return found
      })
    const showing = (all: ReadonlyMap<string, string>, marks: readonly string[]): readonly string[] =>
      [...all].filter(([, rows]) => shown(rows, marks) !== undefined).map(([name]) => name)

    it('D-14: every table with a tenant has row-level security, and says what a limited key sees of it', () => {
      expect(tables.length).toBeGreaterThan(60)
      expect(tables.filter(({ secured }) => !secured).map(({ name }) => name)).toEqual([])
      expect(
        tables.filter(({ policies }) => policies.length > 0 && !policies.includes('scope')).map(({ name }) => name),
      ).toEqual([])
    })

    it('S-18: another tenant is shown no row of ours in any table; ours is shown rows of more than thirty', async () => {
      expect(showing(await seen('default', ''), everything()).length).toBeGreaterThan(30)
      expect(showing(await seen('other', ''), everything())).toEqual([])
      expect((await seen('', '')).size).toBe(0)
    })

    it.each([
      ['a site', { sites: ['NORTH'], stations: [], chargePoints: [] }],
      ['a charging station', { sites: [], stations: ['NORTH'], chargePoints: [] }],
      ['a charge point, however it is spelt', { sites: [], stations: [], chargePoints: ['north'] }],
      ['a site owner', { owner: 'NORTH' }],
      ['an EMP', { emp: 'EMPNORTH' }],
      ['an EMP by its code', { emp: 'DE*NTH' }],
    ])('S-18: within the scope of %s there is no row of another in any table', async (_, scope) => {
      const all = await seen('default', JSON.stringify(scope))
      expect(showing(all, marksOf('SOUTH'))).toEqual([])
      expect(showing(all, marksOf('NORTH'))).toEqual(expect.arrayContaining(['cdrs', 'documents', 'sessions']))
    })

    it.each([
      ['places that there are not', { sites: ['x'], stations: ['x'], chargePoints: ['x'] }],
      ['no places', { sites: [], stations: [], chargePoints: [] }],
      ['nobody', { owner: '' }],
      ['an EMP without a name', { emp: '' }],
      ['nothing that we know', {}],
    ])('default deny: in the scope of %s there is nothing but the name of the tenant', async (_, scope) => {
      expect([...(await seen('default', JSON.stringify(scope))).keys()]).toEqual(['tenants'])
    })

    /** What is shown when something else is so: done as superuser, seen as the API, and undone. */
    const sessionsOnce = async (change: string, scope: object): Promise<readonly string[]> => {
      const undone = new Error('undone')
      let found: readonly string[] = []
      const work = admin.begin(async (tx) => {
        await tx.unsafe(change)
        await tx`select set_config('sm.tenant', 'default', true), set_config('sm.scope', ${JSON.stringify(scope)}, true)`
        await tx`set local role sm_app`
        const rows = await tx<
          { of: string }[]
        >`select identity as of from sessions union all select identity || ' now' from charge_points`
        found = rows.map(({ of }) => of).toSorted()
        throw undone
      })
      await expect(work).rejects.toBe(undone)
      return found
    }
    const moved = `update evse_plugs set until_at = now() where uid = 'SOUTH';
      update evse_plugs set until_at = now() where uid = 'NORTH';
      insert into evse_plugs (tenant, uid, identity, evse, from_at) values ('default', 'NORTH', 'SOUTH', 1, now())`

    it('a charge point that moves is seen where it is now, and what it did before where it was then', async () => {
      expect(await sessionsOnce('select 1', atNorth)).toEqual(['NORTH', 'NORTH now'])
      expect(await sessionsOnce(moved, atNorth)).toEqual(['NORTH', 'SOUTH now'])
      expect(await sessionsOnce(moved, { ...atNorth, sites: ['SOUTH'] })).toEqual(['SOUTH'])
    })

    it('a site owner sees what was there while it was the owner', async () => {
      const tenure = (of: string): string => `update market_roles set ${of} where subject = 'NORTH' and role = 'owner'`
      expect(await sessionsOnce('select 1', { owner: 'NORTH' })).toEqual(['NORTH', 'NORTH now'])
      expect(await sessionsOnce(tenure('from_day = current_date + 2'), { owner: 'NORTH' })).toEqual([])
      expect(await sessionsOnce(tenure('until_day = current_date - 2'), { owner: 'NORTH' })).toEqual([])
      expect(await sessionsOnce(tenure("party = 'SOUTH'"), { owner: 'NORTH' })).toEqual([])
    })

    it('an EMP sees what emp_of says is its own, however a contract is named: by set as row by row', async () => {
      const undone = new Error('undone')
      const names = [
        'CONTRACTNORTH',
        'DE-NTH-C12345678',
        'DE*NTH*C12345678*X',
        'DENTHC12345678',
        'DE-NTH-C99999999',
        'DE-STH-C12345678',
        'DE-NTH-TAKEN0001',
        'NTH',
        '',
      ]
      const work = admin.begin(async (tx) => {
        await tx`update contracts set evco_id = 'DE-NTH-C12345678', evco_key = 'DENTHC12345678' where id = 'CONTRACTNORTH'`
        // the code of one EMP, and the contract of another
        await tx`update contracts set evco_id = 'DE-NTH-TAKEN0001', evco_key = 'DENTHTAKEN0001' where id = 'CONTRACTSOUTH'`
        await tx`insert into contracts (tenant, id, emp, valid_from, state, created_at, changed_at) values ('default', 'DE-NTH-C99999999', 'DE*STH', now(), 'active', now(), now())`
        for (const [i, name] of names.entries())
          await tx`insert into tokens (tenant, issuer, type, uid, status, contract) values ('default', 'of names', 'OTHER', ${String(i)}, 'Accepted', ${name})`
        await tx`select set_config('sm.tenant', 'default', true)`
        for (const emp of ['EMPNORTH', 'EMPSOUTH', 'DE*NTH']) {
          const whose = emp === 'DE*NTH' ? 'EMPNORTH' : emp
          await tx`select set_config('sm.scope', ${JSON.stringify({ emp })}, true)`
          const rows = await tx<{ contract: string }[]>`
            select contract from tokens where issuer = 'of names' and emp_of('default', contract) = ${whose} order by uid`
          await tx`set local role sm_app`
          const seenBySet = await tx<
            { contract: string }[]
          >`select contract from tokens where issuer = 'of names' order by uid`
          const asked = await tx<
            { contract: string }[]
          >`select w as contract from unnest(${names}::text[]) w where scope_emp(w)`
          await tx`reset role`
          const contracts = (of: readonly { contract: string }[]): readonly string[] =>
            of.map(({ contract }) => contract)
          expect([emp, contracts(seenBySet)]).toEqual([emp, contracts(rows)])
          expect([emp, contracts(asked)]).toEqual([emp, contracts(rows)])
          expect(rows.length).toBeGreaterThan(1)
        }
        throw undone
      })
      await expect(work).rejects.toBe(undone)
    })

    it('S-18: a forged write reaches no row outside, and makes none there', async () => {
      const forged = (statement: string): Promise<number> =>
        admin.begin(async (tx) => {
          await tx`select set_config('sm.tenant', 'default', true), set_config('sm.scope', ${JSON.stringify(atNorth)}, true)`
          await tx`set local role sm_app`
          return (await tx.unsafe(statement)).count
        })
      expect(await forged('update charge_points set blocked = false')).toBe(1)
      expect(await forged("delete from commands where identity = 'SOUTH'")).toBe(0)
      expect(await forged("delete from tokens where uid like 'CARD%'")).toBe(0)
      for (const statement of [
        "insert into charge_points (tenant, identity) values ('default', 'ELSE')",
        "insert into evse_plugs (tenant, uid, identity, evse, from_at) values ('default', 'SOUTH', 'NORTH', 2, now())",
        "insert into tokens (tenant, type, uid, status) values ('default', 'RFID', 'x', 'Accepted')",
        "insert into market_roles (tenant, kind, subject, role, party) values ('default', 'site', 'SOUTH', 'owner', 'NORTH')",
      ])
        await expect(forged(statement)).rejects.toThrow(/row-level security/)
    })
  })

  it('they were all tried', () => {
    expect(tried).toBeGreaterThan(2_000)
    process.stdout.write(`permission matrix: ${routes.length} routes, ${callers.length} keys, ${tried} requests\n`)
  })
})
