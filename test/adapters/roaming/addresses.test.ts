import { describe, expect, it } from 'vitest'
import { guarded } from '../../../adapters/plug-and-charge/addresses.ts'
import { moduleCaller } from '../../../adapters/roaming/ocpi/call.ts'
import { reachOver } from '../../../adapters/roaming/reach.ts'
import { network, operator, type Platform, platform, said } from '../../support/roaming-platforms.ts'

const ref = { tenant: 'default', partner: 'emp' }

/** A platform that calls over real sockets, to whom names lead where they lead for an attacker. */
const ours = (leads: string): { readonly us: Platform; readonly net: ReturnType<typeof network> } => {
  const net = network()
  const us = platform(net, { host: 'cpo.example', role: 'CPO' })
  const find = async () => [{ address: leads, family: leads.includes(':') ? 6 : 4 }]
  Object.assign(us.parts, { reach: reachOver(guarded([], find)) })
  return { us, net }
}

const places = [
  ['loopback', '127.0.0.1', 'https://127.0.0.1/x'],
  ['loopback of IPv6', '::1', 'https://[::1]/x'],
  ['loopback of IPv4 in IPv6', '::ffff:127.0.0.1', 'https://[::ffff:127.0.0.1]/x'],
  ['our own network', '10.0.0.7', 'https://10.0.0.7/x'],
  ['another private one', '192.168.1.1', 'https://192.168.1.1/x'],
  ['what clouds tell their machines', '169.254.169.254', 'https://169.254.169.254/latest/meta-data/'],
  ['loopback as one number', '127.0.0.1', 'https://2130706433/x'],
] as const

describe('an address that a partner has chosen, and that leads into our own network (BI-55)', () => {
  it.each(
    places.flatMap(([what, leads, literal]) => [
      [`${what}, as it is`, leads, literal],
      [`${what}, behind a name`, leads, 'https://innocent.example/x'],
    ]),
  )('registers nobody, and is logged: %s', async (_, leads, url) => {
    const { us, net } = ours(leads)
    await us.knows('emp')
    const given = await us.desk.invite(ref, operator)
    if (typeof given === 'string') throw new Error(given)
    const body = {
      token: 'theirs',
      url,
      roles: [{ role: 'EMSP', country_code: 'NL', party_id: 'EMP', business_details: { name: 'E' } }],
    }
    const authorization = `Token ${Buffer.from(given.token).toString('base64')}`
    const credentials = 'https://cpo.example/ocpi/default/2.2.1/credentials'
    const answer = await said(net, credentials, { method: 'POST', authorization, body })
    const { state } = await us.partner('emp')
    expect([answer.code, state, us.log.some((line) => line.includes('is not on the internet'))]).toEqual([
      3001,
      'invited',
      true,
    ])
  })

  it.each(places)('is not told the result of a command: %s', async (_, leads, url) => {
    const { us } = ours(leads)
    const noted: unknown[] = []
    Object.assign(us.parts, { ledger: { note: (line: unknown) => void noted.push(line) } })
    await us.knows('emp')
    const partner = {
      ...(await us.partner('emp')),
      state: 'registered',
      version: '2.2.1',
      token: us.parts.sealer.seal('theirs'),
    } as const
    const call = { module: 'commands', role: 'SENDER', method: 'POST', kind: 'ask', url, body: {} } as const
    const reply = await moduleCaller(us.parts)(partner, call)
    expect([reply, noted]).toEqual([
      { type: 'failed', reason: expect.stringContaining('is not on the internet') },
      [expect.objectContaining({ result: 'failed', detail: expect.stringContaining('is not on the internet') })],
    ])
  })

  it.each(['http://emp.example/result', 'ftp://emp.example/', 'https://me:secret@emp.example/', 'javascript:1'])(
    'is not even looked for where it is no address that one may have: %s',
    async (url) => {
      const { us, net } = ours('8.8.8.8')
      await us.knows('emp')
      const partner = { ...(await us.partner('emp')), state: 'registered', token: us.parts.sealer.seal('x') } as const
      const reply = await moduleCaller(us.parts)(partner, {
        module: 'commands',
        role: 'SENDER',
        method: 'POST',
        kind: 'ask',
        url,
      })
      expect([reply.type, net.asked]).toEqual(['absent', []])
    },
  )
})
