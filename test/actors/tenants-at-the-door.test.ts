import { describe, expect, it } from 'vitest'
import type { AdmittedSeat } from '../../actors/admission.ts'
import { door, secret } from '../support/door.ts'
import { settled } from '../support/clock.ts'
import { utf8 } from '../support/worker.ts'

const proxy = { peer: '10.0.0.1' }

/** The charge point CP-1 of three tenants; two of them have a host. */
const tenants = (closed: ReadonlySet<string> = new Set()) => {
  const hosts = new Map([
    ['north.example', 'north'],
    ['south.example', 'south'],
  ])
  const test = door(
    {},
    { tenants: { tenantAt: (host) => hosts.get(host ?? ''), isClosed: (tenant) => closed.has(tenant) } },
  )
  for (const tenant of ['north', 'south']) test.register('CP-1', utf8(secret), { tenant })
  const tenantOf = async (...args: Parameters<typeof test.knock>): Promise<string | number> => {
    const admission = await test.knock(...args)
    if (!admission.admitted) return admission.status
    return (admission.seat as AdmittedSeat).ref.tenant
  }
  return { ...test, tenantOf }
}

describe('whose charge point it is that comes', () => {
  it.each([
    ['north.example', 'north'],
    ['NORTH.example.:443', 'north'],
    ['south.example:80', 'south'],
    ['elsewhere.example', 'default'],
    ['127.0.0.1:8080', 'default'],
    ['north.example, south.example', 'default'],
  ])('at %s it is one of %s, where its address names no tenant', async (host, tenant) => {
    expect(await tenants().tenantOf('/ocpp/CP-1', { host })).toBe(tenant)
  })

  it('a tenant that the address names goes before: a CPO that moves keeps its stations', async () => {
    expect(await tenants().tenantOf('/ocpp/south/CP-1', { host: 'north.example' })).toBe('south')
  })

  it('BI-17: what a proxy was asked for counts where the proxy is trusted, and nowhere else', async () => {
    const { tenantOf } = tenants()
    const headers = { host: 'inner.example', 'x-forwarded-host': 'north.example' }
    expect([await tenantOf('/ocpp/CP-1', headers, proxy), await tenantOf('/ocpp/CP-1', headers)]).toEqual([
      'north',
      'default',
    ])
  })

  it('that of a closed tenant is refused and told why, once it has shown that it is one', async () => {
    const { knock } = tenants(new Set(['north']))
    const headers = { host: 'north.example' }
    expect(await knock('/ocpp/CP-1', headers)).toMatchObject({ status: 403, reason: 'its operator is closed' })
    expect(await knock('/ocpp/CP-1', { ...headers, authorization: 'Basic eDp5' })).toMatchObject({ status: 401 })
    expect(await knock('/ocpp/south/CP-1', headers)).toMatchObject({ admitted: true })
  })

  it('when a tenant is closed its sockets are, and no other', async () => {
    const { worker, knock } = tenants()
    const closed: string[] = []
    for (const host of ['north.example', 'south.example']) {
      const admission = await knock('/ocpp/CP-1', { host })
      if (!admission.admitted) throw new Error(admission.reason)
      worker.gateway.opened(admission.seat as never, {
        send: () => 0,
        ping: () => {},
        close: (code, reason) => void closed.push(`${host} ${code} ${reason}`),
        terminate: () => {},
      })
    }
    worker.tenantsClosed(['north'])
    await settled()
    expect(closed).toEqual(['north.example 1008 its operator is closed'])
  })
})
