import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AskedCommand, RoamingCommand } from '../../core/domain/roaming-command.ts'
import type { AskedCommandStore, RoamingCommandStore } from '../../core/ports/roaming-commands.ts'
import { operator } from '../support/roaming-platforms.ts'

interface Place {
  readonly taken: RoamingCommandStore
  readonly asked: AskedCommandStore
  readonly close: () => Promise<void>
}

const at = Date.UTC(2026, 10, 24, 12)
const about = { label: 'EMP', shown: {} }
const day = 86_400_000

/** What every store of commands between partners does. */
export const commandContract = (name: string, open: () => Promise<Place>) =>
  describe(`commands between partners ${name}`, () => {
    let place: Place
    let serial = 0
    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place?.close())

    const uuid = (): string => `01930000-0000-7000-8000-${String(++serial).padStart(12, '0')}`
    const command = (more: Partial<RoamingCommand> = {}): RoamingCommand => ({
      tenant: 'default',
      id: uuid(),
      partner: 'emp',
      type: 'START_SESSION',
      version: '2.2.1',
      responseUrl: 'https://emp.example/answers/1',
      state: 'waiting',
      order: uuid(),
      chargePoint: 'CP-1',
      due: at + 30_000,
      attempts: 0,
      createdAt: at,
      changedAt: at,
      ...more,
    })
    const whole = (): RoamingCommand =>
      command({
        from: { country: 'DE', party: 'EMP' },
        to: { country: 'NL', party: 'CPO' },
        session: 's-1',
        reservation: 'R-1',
      })
    const asked = (more: Partial<AskedCommand> = {}): AskedCommand => ({
      tenant: 'default',
      id: uuid(),
      partner: 'cpo',
      type: 'STOP_SESSION',
      body: { session_id: 's-1' },
      addressHash: String(++serial).padStart(64, '0'),
      state: 'asking',
      deadline: at + 30_000,
      createdAt: at,
      changedAt: at,
      ...more,
    })

    it('are kept as they are', async () => {
      const one = whole()
      await place.taken.create(one, about)
      const sending: RoamingCommand = {
        ...one,
        state: 'sending',
        result: { result: 'ACCEPTED' },
        settledAt: at + 1,
        attempts: 1,
        nextAt: at + 2,
        reason: 'nobody is there',
        changedAt: at + 3,
      }
      expect([await place.taken.find(one), await place.taken.change(one, () => sending)]).toEqual([one, sending])
      expect(await place.taken.find(one)).toEqual(sending)
    })

    it('are not taken twice under one id of a request, but after a day, or from another partner', async () => {
      const request = 'r-1'
      const created = []
      for (const more of [
        { request },
        { request, createdAt: at + day - 1 },
        { request, partner: 'another' },
        { request, createdAt: at + day },
        {},
        {},
      ])
        created.push(await place.taken.create(command(more), about))
      expect(created).toEqual([true, false, true, true, true, true])
    })

    it('are taken once where one request comes twice at once', async () => {
      const created = await Promise.all(
        [command({ request: 'r-2' }), command({ request: 'r-2' })].map((one) => place.taken.create(one, about)),
      )
      expect(created.filter(Boolean).length).toBe(1)
    })

    it('are changed by one at a time', async () => {
      const one = command()
      await place.taken.create(one, about)
      const counted = (before: RoamingCommand): RoamingCommand => ({ ...before, attempts: before.attempts + 1 })
      await Promise.all([1, 2, 3, 4].map(() => place.taken.change(one, counted)))
      expect((await place.taken.find(one))?.attempts).toBe(4)
      expect(await place.taken.change(one, () => undefined)).toBeUndefined()
    })

    it('are due when their time has come', async () => {
      const [soon, later] = [command({ due: at, tenant: 'default' }), command({ due: at, tenant: 'default' })]
      for (const one of [soon, later]) {
        await place.taken.create(one, about)
        await place.taken.change(one, (before) => ({
          ...before,
          state: 'due',
          nextAt: one === soon ? at : at + 60_000,
        }))
      }
      const due = (await place.taken.due(at + 1, 1_000)).map(({ id }) => id)
      expect([due.includes(soon.id), due.includes(later.id)]).toEqual([true, false])
    })

    it('are found by what their partner calls a reservation, the newest one, and by session and order', async () => {
      const reserve = (more: Partial<RoamingCommand>) => command({ type: 'RESERVE_NOW', ...more })
      const [first, second] = [reserve({ reservation: 'Q' }), reserve({ reservation: 'q', createdAt: at + 1 })]
      const other = reserve({ reservation: 'Q', partner: 'another' })
      const stop = command({ type: 'STOP_SESSION', session: 's-7' })
      for (const one of [first, second, other, stop]) await place.taken.create(one, about)
      expect([
        (await place.taken.reserved('default', 'emp', 'Q'))?.id,
        (await place.taken.reserved('default', 'another', 'q'))?.id,
        await place.taken.cancelled('default', 'emp', 'Q'),
        (await place.taken.underWay('default', 's-7', 'STOP_SESSION'))?.id,
        await place.taken.underWay('default', 's-7', 'SET_PROFILE'),
        await place.taken.partnerOf('default', other.order),
        await place.taken.partnerOf('default', 'no uuid'),
      ]).toEqual([second.id, other.id, undefined, stop.id, undefined, 'another', undefined])
    })

    it('of ours are kept, found by the address of their result, listed, and overdue in their time', async () => {
      const [one, two] = [asked({ partner: 'list' }), asked({ partner: 'list', from: { country: 'DE', party: 'EMP' } })]
      await place.asked.create(one, operator)
      await place.asked.create(two, operator)
      const done: AskedCommand = { ...two, state: 'done', response: 'ACCEPTED', result: 'TIMEOUT', reason: 'why' }
      await place.asked.change(two, () => done)
      const first = await place.asked.list('default', 'list', { limit: 1 })
      const rest = await place.asked.list('default', 'list', { limit: 1, cursor: first.next ?? '' })
      expect([
        await place.asked.find(one),
        await place.asked.at('default', two.addressHash),
        await place.asked.at('another', two.addressHash),
        [...first.items, ...rest.items].map(({ id }) => id),
        rest.next,
        (await place.asked.overdue(at + 30_000, 100)).map(({ id }) => id),
        await place.asked.overdue(at + 29_999, 100),
      ]).toEqual([one, done, undefined, [two.id, one.id], null, [one.id], []])
    })
  })
