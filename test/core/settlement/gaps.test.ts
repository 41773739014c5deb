import { describe, expect, it } from 'vitest'
import { type Agreed, gapsOf } from '../../../core/settlement/gaps.ts'
import { siteContract } from '../../support/settlement.ts'

const year = { from: '2026-01-01', until: '2027-01-01' }
const owner = (party: string, more: object = {}) => ({ role: 'owner' as const, party, ...more })
const station = (id: string, more: Partial<Agreed['stations'][number]> = {}) => ({
  id,
  tenures: [],
  contracts: [],
  ...more,
})
const mall = (more: Partial<Agreed> = {}): Agreed => ({
  site: 'mall',
  tenures: [owner('s')],
  contracts: [],
  stations: [station('m1'), station('m2')],
  ...more,
})

describe('days without a contract', () => {
  it('are all of them where there is none', () => {
    expect(gapsOf(mall(), year)).toEqual([{ site: 'mall', owner: 's', ...year }])
  })

  it('are none where the site has one, or nobody owns it, or its owner operates it', () => {
    expect(gapsOf(mall({ contracts: [siteContract()] }), year)).toEqual([])
    expect(gapsOf(mall({ tenures: [] }), year)).toEqual([])
    expect(gapsOf(mall({ tenures: [owner('s'), { role: 'operator', party: 's' }] }), year)).toEqual([])
  })

  it('are those before, between and after contracts', () => {
    const contracts = [
      siteContract({ id: 'a', from: '2026-02-01', until: '2026-03-01' }),
      siteContract({ id: 'b', from: '2026-03-01', until: '2026-05-01' }),
      siteContract({ id: 'c', from: '2026-06-01', until: '2026-12-31' }),
    ]
    expect(gapsOf(mall({ contracts }), year).map(({ from, until }) => [from, until])).toEqual([
      ['2026-01-01', '2026-02-01'],
      ['2026-05-01', '2026-06-01'],
      ['2026-12-31', '2027-01-01'],
    ])
  })

  it('are those of some stations where others have their own', () => {
    const stations = [
      station('m1', { contracts: [siteContract({ subject: { kind: 'station', id: 'm1' } })] }),
      station('m2'),
    ]
    expect(gapsOf(mall({ stations }), year)).toEqual([{ site: 'mall', stations: ['m2'], owner: 's', ...year }])
  })

  it('are those on which the contract is with somebody else, by name', () => {
    const tenures = [owner('s', { until: '2026-07-01' }), owner('heirs', { from: '2026-07-01' })]
    expect(gapsOf(mall({ tenures, contracts: [siteContract()] }), year)).toEqual([
      { site: 'mall', owner: 'heirs', contract: 'mall-2026', from: '2026-07-01', until: '2027-01-01' },
    ])
  })

  it('of a station with another owner than its site go by the station', () => {
    const stations = [station('m1', { tenures: [owner('other')] }), station('m2')]
    expect(gapsOf(mall({ stations, contracts: [siteContract()] }), year)).toEqual([
      { site: 'mall', stations: ['m1'], owner: 'other', contract: 'mall-2026', ...year },
    ])
  })

  it('of a site without stations are its own', () => {
    expect(gapsOf(mall({ stations: [] }), year)).toEqual([{ site: 'mall', owner: 's', ...year }])
  })
})
