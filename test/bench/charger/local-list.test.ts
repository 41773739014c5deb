import { describe, expect, it } from 'vitest'
import { plugIn } from '../../../bench/charger/arrival.ts'
import { inS, keepsToTheSchemas, type Simulated, simulated } from '../../support/simulated.ts'

keepsToTheSchemas()

const accepted = { status: 'Accepted' }
const send = (
  { server }: Simulated,
  listVersion: number,
  updateType: string,
  entries: object[] = [],
): Promise<unknown> => server.order('SendLocalList', { listVersion, updateType, localAuthorizationList: entries })
const version = ({ server }: Simulated): Promise<unknown> => server.order('GetLocalListVersion', {})

describe('the list of cards in the simulated charge point', () => {
  it('is empty, is replaced, is changed card by card', async () => {
    const station = await simulated()
    expect(await version(station)).toEqual({ listVersion: 0 })
    expect(
      await send(station, 3, 'Full', [
        { idTag: 'A', idTagInfo: accepted },
        { idTag: 'B', idTagInfo: accepted },
      ]),
    ).toEqual(accepted)
    expect(await version(station)).toEqual({ listVersion: 3 })
    expect(
      await send(station, 4, 'Differential', [{ idTag: 'a' }, { idTag: 'C', idTagInfo: { status: 'Blocked' } }]),
    ).toEqual(accepted)
    const { list } = station.charger.cards
    expect([list.find('A'), list.find('b'), list.find('C')]).toEqual([undefined, accepted, { status: 'Blocked' }])
    expect(await send(station, 9, 'Full')).toEqual(accepted)
    expect(await version(station)).toEqual({ listVersion: 0 })
  })

  it('takes no change to an older version, and all of an update or nothing of it', async () => {
    const station = await simulated()
    await send(station, 5, 'Full', [{ idTag: 'A', idTagInfo: accepted }])
    expect(await send(station, 5, 'Differential', [{ idTag: 'B', idTagInfo: accepted }])).toEqual({
      status: 'VersionMismatch',
    })
    for (const [listVersion, updateType, entries] of [
      [0, 'Full', []],
      [6, 'Full', [{ idTag: 'B' }]],
      [
        6,
        'Differential',
        [
          { idTag: 'B', idTagInfo: accepted },
          { idTag: 'b', idTagInfo: accepted },
        ],
      ],
      [6, 'Full', Array.from({ length: 101 }, (_, i) => ({ idTag: `T${i}`, idTagInfo: accepted }))],
    ] as const)
      expect(await send(station, listVersion, updateType, [...entries])).toEqual({ status: 'Failed' })
    expect(await version(station)).toEqual({ listVersion: 5 })
    expect(station.charger.cards.list.find('B')).toBeUndefined()
  })

  it('is not there where it is switched off', async () => {
    const station = await simulated()
    await station.server.order('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'false' })
    expect(await send(station, 1, 'Full')).toEqual({ status: 'NotSupported' })
    expect(await version(station)).toEqual({ listVersion: -1 })
  })

  it('decides while the network is away: before what is remembered, and with its times', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    await server.order('ChangeConfiguration', { key: 'AllowOfflineTxForUnknownId', value: 'false' })
    await send(station, 1, 'Full', [
      { idTag: 'GOOD', idTagInfo: { status: 'Accepted', expiryDate: inS(station, 60) } },
      { idTag: 'BAD', idTagInfo: { status: 'Blocked' } },
    ])
    charger.cards.learn('KNOWN', { status: 'Accepted' })
    charger.line.breakOff(3_600_000)
    const begins = (idTag: string): boolean => {
      const before = charger.sessions.length
      plugIn(charger, plug, idTag)
      plug.session = undefined
      plug.status = 'Available'
      return charger.sessions.length > before
    }
    expect([begins('good'), begins('BAD'), begins('KNOWN'), begins('STRANGER')]).toEqual([true, false, true, false])
    await clock.pass(61_000)
    expect(begins('GOOD')).toBe(false)
  })

  it('starts at once with a card it knows, where it is set up so; the server’s word is remembered until the cache is cleared', async () => {
    const { charger, server, clock, plug } = await simulated()
    await server.order('ChangeConfiguration', { key: 'LocalPreAuthorize', value: 'true' })
    charger.cards.learn('CARD1', { status: 'Accepted' })
    plugIn(charger, plug, 'CARD1')
    await clock.pass(100)
    expect([server.of('Authorize').length, server.of('StartTransaction').length]).toEqual([0, 1])
    expect(await server.order('ClearCache', {})).toEqual({ status: 'Accepted' })
    expect(charger.cards.find('CARD1')).toBeUndefined()
    await server.order('ChangeConfiguration', { key: 'AuthorizationCacheEnabled', value: 'false' })
    expect(await server.order('ClearCache', {})).toEqual({ status: 'Rejected' })
  })

  it('says so when the server thinks otherwise of a card than its own list does', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    await send(station, 1, 'Full', [{ idTag: 'CARD1', idTagInfo: { status: 'Accepted' } }])
    server.answers['Authorize'] = () => ({ idTagInfo: { status: 'Blocked' } })
    plugIn(charger, plug, 'CARD1')
    await clock.pass(100)
    expect(server.of('StatusNotification')).toContainEqual(
      expect.objectContaining({ connectorId: 0, errorCode: 'LocalListConflict' }),
    )
  })
})
