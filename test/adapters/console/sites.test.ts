import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Row {
  readonly site: string
  readonly operator: string
  readonly station: string
  readonly evses: readonly { readonly name: string; readonly status: string; readonly errorCode: string }[]
}

it('a row of the console is a charging station with its EVSEs as their plugs stand; a site without one has a row too', async () => {
  // a script of the page, which no type is known of
  const script = join(import.meta.dirname, '../../../adapters/console/sites.js')
  const { stationRows } = (await import(script)) as { stationRows: (of: object) => readonly Row[] }
  const connector = (status: string, errorCode = 'NoError') => ({ status, errorCode })
  const points = new Map([
    [
      'CP-1',
      {
        online: true,
        evses: [
          { id: 1, connectors: [connector('unavailable'), connector('charging')] },
          { id: 2, connectors: [connector('faulted', 'GroundFailure')] },
        ],
      },
    ],
    ['CP-2', { online: false, evses: [{ id: 1, connectors: [connector('available')] }] }],
  ])
  const evse = (uid: string, more: object = {}) => ({
    uid,
    station: 'n1',
    state: 'active',
    evseId: null,
    plug: null,
    ...more,
  })
  const rows = stationRows({
    points,
    sites: [
      { id: 'empty', name: 'Empty', address: { city: 'Wien', country: 'AT' }, operator: null },
      { id: 'north', name: 'North', address: { city: 'Berlin', country: 'DE' }, operator: { party: 'site-cpo' } },
    ],
    stations: [{ id: 'n1', site: 'north', name: null, operator: { party: 'cpo' } }],
    evses: [
      evse('1', { evseId: 'DE*ABC*E1', plug: { chargePoint: 'CP-1', evse: 1 } }),
      evse('2', { plug: { chargePoint: 'CP-1', evse: 2 } }),
      evse('3', { plug: { chargePoint: 'CP-2', evse: 1 } }),
      evse('4', { state: 'planned' }),
      evse('5', { state: 'removed' }),
      evse('6', { state: 'removed', station: null }),
    ],
  })
  expect(rows).toEqual([
    { site: 'Empty', town: 'Wien, AT', operator: '–', station: '–', evses: [] },
    {
      site: 'North',
      town: 'Berlin, DE',
      operator: 'cpo',
      station: 'n1',
      evses: [
        { name: 'DE*ABC*E1', status: 'charging', errorCode: 'NoError' },
        { name: '2', status: 'faulted', errorCode: 'GroundFailure' },
        { name: '3', status: 'unknown', errorCode: 'NoError' },
        { name: '4', status: 'planned', errorCode: 'NoError' },
      ],
    },
  ])
})
