import { describe, expect, it } from 'vitest'
import { orderBody } from '../../adapters/http/order-body.ts'
import { orderContexts } from '../../adapters/order-contexts.ts'
import type { Command } from '../../core/domain/command.ts'
import { longestList } from '../../core/domain/local-list.ts'
import { TestClock } from '../support/clock.ts'

const ref = { tenant: 'default', identity: 'CP-1' }
const listing = (number: number): Command => ({
  ...ref,
  id: `c${number}`,
  number,
  order: { type: 'syncLocalList' },
  state: 'queued',
  waits: false,
  createdAt: 0,
  deadline: 60_000,
  history: [],
})

/** What an order to bring the list up to date is given, where so many tokens may charge. */
const contextOf = (tokens: number, more: { readonly room?: string; readonly open?: readonly Command[] } = {}) => {
  const uids = Array.from({ length: tokens }, (_, i) => ({
    uid: `C${i}`,
    issuer: '',
    type: 'RFID',
    status: 'Accepted',
  }))
  const store = {
    chargePoints: { find: async () => undefined },
    mirrors: {
      localList: async () => undefined,
      configuration: async () =>
        more.room === undefined
          ? []
          : [{ key: 'LocalAuthListMaxLength', value: more.room, readonly: true, known: true }],
    },
    tokens: { accepted: async () => uids },
    commands: { open: async () => more.open ?? [] },
  }
  return orderContexts({
    store: store as never,
    tickets: {} as never,
    authority: {} as never,
    clock: new TestClock(),
    prices: {} as never,
  }).of(listing(1))
}

describe('an order to bring a list up to date', () => {
  it('is refused where the list would be too long, and says how long it may be', async () => {
    expect(await contextOf(longestList + 1)).toEqual({
      impossible: 'its list would have 5001 tokens: at most 5000 are kept at a station',
    })
    expect(await contextOf(longestList)).toMatchObject({ localList: { most: 100 } })
    expect(await contextOf(longestList + 1, { room: '250' })).toMatchObject({
      localList: { wanted: { length: 250 } },
    })
  })

  it('is refused while an earlier one is on its way: the story of two at once that gave one version to two lists, so that a revoked token stayed', async () => {
    expect(await contextOf(1, { open: [listing(1), listing(2)] })).toMatchObject({ localList: { most: 100 } })
    expect(await contextOf(1, { open: [listing(0), listing(1)] })).toEqual({
      impossible: 'another list is on its way to it: order c0',
    })
  })

  it('takes no more tokens by name than a list may have', () => {
    const given = (count: number) =>
      orderBody.safeParse({ type: 'syncLocalList', tokens: Array.from({ length: count }, (_, i) => `C${i}`) }).success
    expect([given(longestList), given(longestList + 1)]).toEqual([true, false])
  })
})

describe('an order that names many things', () => {
  const said: Readonly<Record<string, string>> = {
    'devicedatactrlr.itemspermessage[setvariables]': '4',
    'devicedatactrlr.bytespermessage[setvariables]': '800',
    'devicedatactrlr.itemspermessage[getvariables]': 'many',
    'monitoringctrlr.itemspermessage[clearvariablemonitoring]': '2',
    'ocppcommctrlr.networkconfigurationpriority': '1,2',
  }
  const items = async (_: unknown, { kind, prefix = '' }: { kind: string; prefix?: string }) => ({
    items:
      kind === 'networkProfile'
        ? [{ key: '2', body: { securityProfile: 3 } }]
        : Object.entries(said).flatMap(([key, value]) => (key.startsWith(prefix) ? [{ key, body: { value } }] : [])),
    next: null,
  })
  const given = (order: Command['order']) =>
    orderContexts({
      store: { mirrors: { items } } as never,
      tickets: {} as never,
      authority: {} as never,
      clock: new TestClock(),
      prices: {} as never,
    }).of({ ...listing(1), order })

  it('knows how much its station takes in one message, by what that has said of itself', async () => {
    expect(await given({ type: 'setVariables', variables: [] })).toEqual({
      batch: { most: 4, bytes: 800 },
      slots: { 2: 3 },
      priority: '1,2',
    })
    expect(await given({ type: 'getVariables', variables: [] })).toEqual({ batch: {} })
    expect(await given({ type: 'clearMonitors', ids: [] })).toEqual({ batch: { most: 2 } })
  })
})
