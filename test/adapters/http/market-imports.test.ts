import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

interface Report {
  readonly dryRun: boolean
  readonly lines: number
  readonly valid: number
  readonly created: number
  readonly changed: number
  readonly invalid: readonly { readonly line: number; readonly pointer: string; readonly problem: string }[]
}

const sites = `id,name,street,postalCode,city,country,latitude,longitude,timeZone,published
north,"North, left",Road 1,10827,Berlin,DE,52.52000,13.40000,europe/berlin,
south,South,Road 2,,Paris,FR,48.85660,2.35220,Europe/Paris,false
`
const stations = 'id,site,name\nn1,north,Left\nn2,north,\ns1,south,\n'
const evses = `uid,station,evseId,chargePoint,evse,connector,number,standard,format,powerType,maxVolts,maxAmps,maxWatts
1,n1,DE*ABC*E1,CP-1,1,,,IEC_62196_T2,SOCKET,AC_3_PHASE,230,32,
2,n1,DE*ABC*E2,CP-1,2,ccs,1,IEC_62196_T2_COMBO,CABLE,DC,920,500,150000
2,n1,DE*ABC*E2,CP-1,2,chademo,2,CHADEMO,CABLE,DC,500,125,
3,s1,,,,,,DOMESTIC_E,SOCKET,AC_1_PHASE,230,16,
`

describe('the market from tables', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/CP-1', {})
  })
  afterAll(() => test?.stop())

  const send = async (what: string, text: string, dryRun = false, type = 'text/csv'): Promise<Report> =>
    (await test.api('POST', `/api/v1/imports/${what}?dryRun=${dryRun}`, text, { 'content-type': type })).body
  const get = async (path: string): Promise<Record<string, unknown>> => (await test.api('GET', `/api/v1/${path}`)).body

  it('is looked at first, then there: sites, their stations, and EVSEs with their connectors', async () => {
    expect(await send('sites', sites, true)).toMatchObject({
      dryRun: true,
      lines: 2,
      valid: 2,
      created: 0,
      invalid: [],
    })
    expect((await get('sites'))['items']).toEqual([])
    expect(await send('sites', sites)).toMatchObject({ created: 2, changed: 0, invalid: [] })
    expect(await send('charging-stations', stations)).toMatchObject({ created: 3, invalid: [] })
    expect(await send('evses', evses)).toMatchObject({ lines: 4, valid: 3, created: 3, invalid: [] })
    expect(await send('evses', evses)).toMatchObject({ created: 0, changed: 3 })
    expect(await get('sites/north')).toMatchObject({ name: 'North, left', timeZone: 'Europe/Berlin', published: true })
    expect(await get('sites/south')).toMatchObject({ published: false, address: { postalCode: null } })
    expect(await get('evses/2')).toMatchObject({
      evseId: 'DE*ABC*E2',
      plug: { chargePoint: 'CP-1', evse: 2 },
      connectors: [
        { id: 'ccs', number: 1, maxWatts: 150_000 },
        { id: 'chademo', number: 2, maxWatts: 62_500 },
      ],
    })
  })

  it('takes JSON lines as well', async () => {
    const lines = [
      {
        id: 'json',
        name: 'J',
        street: 'S 1',
        city: 'Wien',
        country: 'AT',
        latitude: '48.20820',
        longitude: '16.37380',
      },
    ].map((line) => JSON.stringify({ ...line, timeZone: 'Europe/Vienna', openingTimes: { always: true } }))
    expect(await send('sites', lines.join('\n'), false, 'application/x-ndjson')).toMatchObject({ created: 1 })
    expect(await get('sites/json')).toMatchObject({ openingTimes: { always: true } })
  })

  it('is all there or not at all, and every line that is wrong is named, also in what is only looked at', async () => {
    const lines = ['id,site,name', 'x1,north,', 'x2,nowhere,', 'x 3,north,', 'X1,north,', 'N1,north,'].join('\n')
    const wrong = [
      { line: 3, pointer: '/site', problem: 'there is no such site' },
      { line: 4, pointer: '/id', problem: expect.stringContaining('36') as unknown },
      { line: 5, pointer: '/', problem: 'x1 is in this file twice' },
      { line: 6, pointer: '/id', problem: 'there is n1, which differs by case alone' },
    ]
    expect(await send('charging-stations', lines, true)).toMatchObject({ valid: 1, invalid: wrong })
    expect(await send('charging-stations', lines)).toMatchObject({ created: 0, invalid: wrong })
    expect((await test.api('GET', '/api/v1/charging-stations/x1')).status).toBe(404)
  })

  it('is refused where lines of one EVSE contradict each other or those before them', async () => {
    const [head = ''] = evses.split('\n')
    const type2 = 'IEC_62196_T2,SOCKET,AC_3_PHASE,230,32,'
    const lines = [
      head,
      `8,n1,DE*ABC*E8,,,1,1,${type2}`,
      `8,n2,DE*ABC*E8,,,2,2,${type2}`,
      `9,n1,DEABCE8,,,,,${type2}`,
      `10,n1,,CP-9,1,,,${type2}`,
      `11,n1,,CP-1,,,,${type2}`,
      `12,n1,,CP-1,2,,,${type2}`,
      `13,n1,,,,,,IEC_62196_T2,SOCKET,AC_3_PHASE,230,32,99999`,
    ]
    const { invalid } = await send('evses', lines.join('\n'))
    expect(invalid.map(({ line, pointer }) => [line, pointer])).toEqual([
      [3, '/uid'],
      [4, '/evseId'],
      [5, '/chargePoint'],
      [6, '/evse'],
      [7, '/chargePoint'],
      [8, '/connector'],
    ])
    expect((await test.api('GET', '/api/v1/evses/8')).status).toBe(404)
  })
})
