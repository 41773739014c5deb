import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noQuirks, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { IssuedToken, RoamingPartnerStore } from '../../core/ports/roaming-partners.ts'
import { operator } from '../support/roaming-platforms.ts'

interface Place {
  readonly store: RoamingPartnerStore
  readonly close: () => Promise<void>
}

const at = Date.UTC(2026, 10, 24, 12)
const hashOf = (letter: string): string => letter.repeat(64)
const token = (letter: string, more: Partial<IssuedToken> = {}): IssuedToken => ({
  hash: hashOf(letter),
  use: 'access',
  retires: false,
  ...more,
})

/** What every store of roaming partners does. */
export const partnerContract = (name: string, open: () => Promise<Place>) =>
  describe(`roaming partners ${name}`, () => {
    let place: Place
    let serial = 0
    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place?.close())

    const partner = (more: Partial<RoamingPartner> = {}): RoamingPartner => ({
      tenant: 'default',
      id: `p${serial++}`,
      state: 'known',
      since: at,
      roles: [],
      endpoints: [],
      quirks: noQuirks,
      checks: [],
      changedAt: at,
      ...more,
    })
    const created = async (more: Partial<RoamingPartner> = {}): Promise<RoamingPartner> => {
      const one = partner(more)
      await place.store.create(one, { at, by: operator })
      return one
    }
    const refOf = ({ tenant, id }: RoamingPartner) => ({ tenant, partner: id })
    const issue = (one: RoamingPartner, issues: IssuedToken) =>
      place.store.change(refOf(one), (before) => ({ partner: before, issues }), { at })
    const held = async (letters: string): Promise<string> => {
      const each = letters.split('')
      const found = await Promise.all(each.map((letter) => place.store.holder('default', hashOf(letter))))
      return each.filter((_, n) => found[n] !== undefined).join('')
    }

    it('are kept as they are, with all that is known of them', async () => {
      const whole = await created({
        name: 'A platform',
        state: 'registered',
        attempt: '01890a5d-ac96-774b-bcce-b302099a8057',
        versionsUrl: 'https://emp.example/versions',
        version: '2.3.0',
        token: 'sealed',
        hub: 'DEHUB',
        roles: [
          { role: 'EMSP', code: { country: 'DE', party: 'EMP' }, name: 'E', website: 'https://emp.example' },
          {
            role: 'CPO',
            code: { country: 'AT', party: 'CPO' },
            name: 'C',
            client: { status: 'OFFLINE', at, isOnly: true },
          },
        ],
        endpoints: [{ module: 'tokens', role: 'SENDER', url: 'https://emp.example/tokens' }],
        quirks: { ...noQuirks, tokenIn: 'either', version: '2.2.1', lacks: ['cdrs'] },
        checks: [{ step: 'versions', passed: false, detail: 'nobody is there', at }],
        registeredAt: at,
        exchangedAt: at,
      })
      await place.store.change(refOf(whole), (before) => ({ partner: { ...before, roles: whole.roles } }), { at })
      expect(await place.store.find(refOf(whole))).toEqual(whole)
    })

    it('that are hubs are found, as long as they are registered', async () => {
      const hub = await created({ state: 'registered', hub: 'NLHUB' })
      await created({ state: 'registered' })
      await created({ state: 'ended', hub: 'NLHUB' })
      const found = await place.store.hubs()
      expect(found.filter(({ partner: id }) => Number(id.slice(1)) >= Number(hub.id.slice(1)))).toEqual([refOf(hub)])
    })

    it('have their parties anew when only those have changed', async () => {
      const hub = await created({ hub: 'NLHUB', roles: [] })
      const roles = [
        {
          role: 'EMSP',
          code: { country: 'NL', party: 'AAA' },
          name: 'A',
          client: { status: 'CONNECTED', at, isOnly: true },
        },
      ] as const
      await place.store.change(refOf(hub), (before) => ({ partner: { ...before, roles } }), { at })
      expect((await place.store.find(refOf(hub)))?.roles).toEqual(roles)
    })

    it('are made once, and nobody else finds them', async () => {
      const one = await created()
      expect([
        await place.store.create({ ...one, id: one.id.toUpperCase() }, { at, by: operator }),
        await place.store.find({ tenant: 'other', partner: one.id }),
        await place.store.find({ tenant: 'default', partner: 'nobody' }),
      ]).toEqual([false, undefined, undefined])
    })

    it('lose what is said no more', async () => {
      const one = await created({
        name: 'x',
        hub: 'DEHUB',
        roles: [{ role: 'CPO', code: { country: 'DE', party: 'ABC' }, name: 'C' }],
      })
      const changed = await place.store.change(
        refOf(one),
        (before) => {
          const { name: _, hub: __, ...rest } = before
          return { partner: { ...rest, roles: [] } }
        },
        { at },
      )
      const { name: _, hub: __, ...rest } = one
      expect([changed, await place.store.find(refOf(one))]).toEqual([
        { ...rest, roles: [] },
        { ...rest, roles: [] },
      ])
    })

    it('stay as they are where a change makes no sense', async () => {
      const one = await created()
      expect([
        await place.store.change(refOf(one), () => undefined, { at }),
        await place.store.change({ tenant: 'default', partner: 'nobody' }, () => undefined, { at }),
        await place.store.find(refOf(one)),
      ]).toEqual(['senseless', 'missing', one])
    })

    it('are changed one after the other, however many come at once', async () => {
      const one = await created({ name: '' })
      await Promise.all(
        Array.from({ length: 8 }, () =>
          place.store.change(refOf(one), (before) => ({ partner: { ...before, name: `${before.name}x` } }), { at }),
        ),
      )
      expect((await place.store.find(refOf(one)))?.name).toBe('xxxxxxxx')
    })

    it('are found by their tokens, in their tenant alone', async () => {
      const one = await created()
      await issue(one, token('a', { use: 'invitation' }))
      expect([
        await place.store.holder('default', hashOf('a')),
        await place.store.holder('other', hashOf('a')),
      ]).toEqual([{ partner: one, issued: token('a', { use: 'invitation' }) }, undefined])
    })

    it('have the tokens of before until they show the one that retires them, and the later ones still', async () => {
      const one = await created()
      const other = await created()
      await issue(other, token('0'))
      for (const letter of ['1', '2']) await issue(one, token(letter))
      await issue(one, token('3', { retires: true }))
      await issue(one, token('4'))
      await place.store.shown('default', hashOf('2'), at)
      const before = await held('01234')
      await place.store.shown('default', hashOf('3'), at)
      const after = await held('01234')
      await place.store.shown('default', hashOf('3'), at)
      expect([
        before,
        after,
        await held('01234'),
        (await place.store.holder('default', hashOf('3')))?.issued.retires,
      ]).toEqual(['01234', '034', '034', false])
    })

    it('have a token that is armed later retire the ones before it', async () => {
      const one = await created()
      for (const letter of ['5', '6']) await issue(one, token(letter))
      await place.store.change(refOf(one), (before) => ({ partner: before, arms: hashOf('6') }), { at })
      await place.store.shown('default', hashOf('6'), at)
      expect(await held('56')).toBe('6')
    })

    it('lose one token, their invitations, or all of them', async () => {
      const one = await created()
      for (const letter of ['7', '8']) await issue(one, token(letter))
      await issue(one, token('9', { use: 'invitation' }))
      const drop = async (drops: 'invitations' | 'all' | { readonly hash: string }): Promise<string> => {
        await place.store.change(refOf(one), (before) => ({ partner: before, drops }), { at })
        return held('789')
      }
      expect([await drop({ hash: hashOf('7') }), await drop('invitations'), await drop('all')]).toEqual(['89', '8', ''])
    })

    it('are gone with their tokens', async () => {
      const one = await created()
      await issue(one, token('b'))
      expect([
        await place.store.remove(refOf(one), { at, by: operator }),
        await place.store.remove(refOf(one), { at, by: operator }),
        await held('b'),
      ]).toEqual([true, false, ''])
    })

    it('are due when their tokens are old and nobody has tried since', async () => {
      const day = 86_400_000
      const made = [
        await created({ state: 'registered', exchangedAt: at - 40 * day, since: at - 40 * day }),
        await created({ state: 'registered', exchangedAt: at - 40 * day, since: at }),
        await created({ state: 'registered', exchangedAt: at - 20 * day, since: at - 20 * day }),
        await created({ state: 'ended', exchangedAt: at - 40 * day, since: at - 40 * day }),
      ]
      expect(await place.store.due(at - 30 * day, at - day)).toEqual([refOf(made[0] as RoamingPartner)])
    })
  })
