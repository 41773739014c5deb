import { describe, expect } from 'vitest'
import { boot, call, error, meter, type Row, rows, start, started, status, stop } from '../support/field.ts'

const today = Date.UTC(2026, 10, 24, 12)
const utc = (text: string): number => Date.parse(text)

describe('what stations say (handbook §9.3)', () => {
  rows('time: ', [
    [
      'Growatt THOR, evcc 10399: no zone',
      [start({ timestamp: '2026-11-24T11:00:00', reservationId: 0 })],
      [started()],
      {
        sessions: [
          {
            startedAt: utc('2026-11-24T11:00:00Z'),
            flags: [expect.stringContaining('date-time') as string, 'timestamp without zone'],
          },
        ],
      },
    ],
    [
      'Growatt THOR: no zone in a status, of a make that nobody knows',
      [status({ timestamp: '2026-11-24T11:00:00' })],
      [error('n', 'PropertyConstraintViolation')],
    ],
    [
      'Monta, ocpp-emulator 5: an offset without minutes',
      [start({ timestamp: '2026-11-24T13:00:00+02' }), status({ timestamp: '2026-11-24T13:00:00.123+02' })],
      [started(), [3, 'n', {}]],
      { sessions: [{ startedAt: utc('2026-11-24T11:00:00Z'), flags: [] }] },
    ],
    [
      'Chago, steve 136: local time that is called Z',
      [start({ timestamp: '2026-11-24T13:00:00Z' }), stop({ timestamp: '2026-11-24T14:00:00Z' })],
      [started(), [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
    [
      'MicroOcpp 311: 1970 until it has been told the time',
      [start({ timestamp: '1970-01-01T00:00:07Z' }), stop()],
      [started(), [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000, flags: ['clock is off by more than a year'] }] },
    ],
    [
      'libocpp 808: a text of no length',
      [start({ timestamp: '' })],
      [started()],
      { sessions: [{ startedAt: today, flags: expect.arrayContaining(['timestamp cannot be read']) as string[] }] },
    ],
    [
      'Sigen, lbbrhzn 1803: a stop that is three weeks old',
      [start({ timestamp: '2026-11-03T09:00:00Z' }), stop({ timestamp: '2026-11-03T10:23:58Z' })],
      [started(), [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000, flags: [] }] },
    ],
    [
      'any: nine digits of a second, a blank for the T, a small z',
      [start({ timestamp: '2026-11-24 11:00:00.123456789z' })],
      [started()],
      { sessions: [{ startedAt: utc('2026-11-24T11:00:00.123Z') }] },
    ],
  ])

  rows('inventory: ', [
    [
      'Schneider EVlink, mobilityhouse 123: serials of 26 and 34 characters',
      [boot({ chargePointSerialNumber: '3'.repeat(26), chargeBoxSerialNumber: 'E'.repeat(34) })],
      [[3, 'b', expect.objectContaining({ status: 'Accepted' })]],
      { inventory: { serial: '3'.repeat(26) } },
    ],
    [
      'Grizzl-E, lbbrhzn 899 and 176: a model of 22 characters, and how well it hears for an ICCID',
      [boot({ chargePointModel: 'Grizzl-E Smart Connect', iccid: '-67' })],
      [[3, 'b', expect.objectContaining({ status: 'Accepted' })]],
      { inventory: { model: 'Grizzl-E Smart Connect', iccid: '-67' } },
    ],
    [
      'Wallbox, lbbrhzn 1414: texts of no length',
      [boot({ meterSerialNumber: '', iccid: '', imsi: '' })],
      [[3, 'b', expect.objectContaining({ status: 'Accepted' })]],
      { inventory: { meterSerial: '' } },
    ],
    [
      'Huawei, evcc 32170: a vendor of no length',
      [boot({ chargePointVendor: '', chargePointModel: 'ACChargePoint' })],
      [[3, 'b', expect.objectContaining({ status: 'Accepted' })]],
      { inventory: { vendor: '', model: 'ACChargePoint' } },
    ],
    [
      'EN+, lbbrhzn 987: more in an info than there is room for',
      [status({ status: 'Faulted', errorCode: 'OtherError', info: `{"reason":"${'faults'.repeat(20)}"}` })],
      [[3, 'n', {}]],
      { status: ['faulted'] },
    ],
    [
      'ABB, ev-server: Finishing, and an error with it',
      [status({ status: 'Finishing', errorCode: 'EVCommunicationError', info: 'null', vendorErrorCode: '0x00' })],
      [[3, 'n', {}]],
      { status: ['finishing'] },
    ],
    [
      'Legrand, lbbrhzn 1248: an errorCode that there is not, of a make that nobody knows',
      [status({ status: 'Faulted', errorCode: 'Error' })],
      [error('n', 'PropertyConstraintViolation')],
    ],
  ])

  rows('token: ', [
    [
      'Ocular, lbbrhzn 2030: two characters more than there is room for, in a stop of a make that nobody knows: it counts',
      [start(), stop({ idTag: 'BA86I250X5G6MOD5DLKD\u0010\u000e', reason: 'EVDisconnected' })],
      [started(), [3, 't', { idTagInfo: { status: 'Invalid' } }]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
    [
      'Sigen, lbbrhzn 1803: the same with a hyphen',
      [start(), stop({ idTag: 'X16WG99J2QIEGCC0MCJ5-' })],
      [started(), [3, 't', { idTagInfo: { status: 'Invalid' } }]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
    [
      'MicroOcpp 73, citrineos f677adff: spaces around it, and small letters',
      [call('a', 'Authorize', { idTag: ' card1' }), start({ idTag: 'Card1 ' })],
      [[3, 'a', { idTagInfo: { status: 'Accepted' } }], started()],
    ],
    [
      'ocpp-go 277: free vend, a token of no length',
      [start({ idTag: '' }), stop()],
      [started('Invalid'), [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000, token: '' }] },
    ],
    [
      'any: its end is about another card than its start',
      [start(), stop({ idTag: 'NOBODY' })],
      [started(), [3, 't', { idTagInfo: { status: 'Invalid' } }]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
  ])

  rows('transaction: ', [
    ...([0, -1, 77, Number('9223372036854775807')] as const).map((transactionId): Row => [
      `ev-server (DELTA), libocpp 495, evcc 15943 (Charge Amps): a stop for ${transactionId}, which we have not given: confirmed, and kept as an orphan`,
      [stop({ transactionId })],
      [[3, 't', {}]],
      { sessions: [{ state: 'orphan' }], aside: [] },
    ]),
    [
      'Charge Amps, evcc 15943: meter values for -1 are kept, and no session has them',
      [start(), meter([{ value: '586757' }], { transactionId: -1 })],
      [started(), [3, 'm', {}]],
      { sessions: [{ state: 'open', flags: [] }], readings: 0, aside: [] },
    ],
    [
      'MicroOcpp 50: meter values for 2^63-1',
      [meter([{ value: '1' }], { transactionId: Number('9223372036854775807') })],
      [[3, 'm', {}]],
      { aside: [] },
    ],
    [
      'mobilityhouse 617: a stop for a transaction of before a restart',
      [start(), stop(), stop({ meterStop: 6_001 }, 'u')],
      [started(), [3, 't', {}], [3, 'u', {}]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
  ])

  const session = (meterStop: number, ...registers: readonly string[]): readonly unknown[] => [
    start(),
    ...registers.map((value, i) =>
      meter([{ value }], {
        meterValue: [{ timestamp: `2026-11-24T11:${10 + i}:00Z`, sampledValue: [{ value }] }],
      }),
    ),
    stop({ meterStop }),
  ]
  const readings = (n: number): readonly unknown[] => [
    started(),
    ...Array.from({ length: n }, () => [3, 'm', {}]),
    [3, 't', {}],
  ]

  rows('register: ', [
    [
      'ocpp-go 114: -1 at the end: the last reading counts',
      session(-1, '4000'),
      readings(1),
      { sessions: [{ state: 'closed', wh: 3_000, flags: ['the station does not know its last register'] }] },
    ],
    [
      'dallmann 33: 0 at the end: the last reading counts',
      session(0, '4000'),
      readings(1),
      { sessions: [{ wh: 3_000 }] },
    ],
    [
      'Huawei SCharger, lbbrhzn 1810: one Wh less at the end than at the start is nothing, and no error',
      session(999),
      readings(0),
      { sessions: [{ state: 'closed', wh: 0, course: 'jitter' }] },
    ],
    [
      'Java-OCA-OCPP 331: starts again at zero in the middle',
      session(900, '3000', '200'),
      readings(2),
      { sessions: [{ wh: 2_900, course: 'reset' }] },
    ],
    [
      'ABB Terra, lbbrhzn 919: counts each session from zero in between, and its life at both ends',
      session(6_000, '0', '200', '700'),
      readings(3),
      { sessions: [{ wh: 5_000 }] },
    ],
    [
      'Ocular, lbbrhzn 2075: its closing value comes after its stop, and says no more than the stop',
      [...session(6_000), meter([{ value: '6000' }], {}, 'z')],
      [...readings(0), [3, 'z', {}]],
      { sessions: [{ state: 'closed', wh: 5_000 }], readings: 1 },
    ],
    [
      'Phoenix CHARX, connectorio 158: of connector 0, without a transaction',
      [meter([{ value: '12' }], { connectorId: 0, transactionId: undefined })],
      [[3, 'm', {}]],
      { aside: [] },
    ],
    [
      'Heidelberg, evcc 18109: values of no length, for transaction 0 of connector 0',
      [
        meter([{ context: 'Trigger', measurand: 'Energy.Active.Import.Register', value: '' }], {
          connectorId: 0,
          transactionId: 0,
        }),
      ],
      [[3, 'm', {}]],
      { aside: [] },
    ],
    [
      'libocpp 187: no elements, and an element with no samples',
      [
        start(),
        call('m', 'MeterValues', { connectorId: 1, transactionId: 1_000_001, meterValue: [] }),
        meter([], {}, 'k'),
      ],
      [started(), [3, 'm', {}], [3, 'k', {}]],
      { sessions: [{ state: 'open' }], aside: [] },
    ],
    [
      'evcc: neither measurand nor unit: it is the register, in Wh',
      [start(), meter([{ value: '3500' }])],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500, lastWh: 3_500 }] },
    ],
    [
      'evcc: spaces around a value',
      [start(), meter([{ value: ' 3500.0 ' }])],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500 }] },
    ],
    [
      'Huawei: kWh beside a start in Wh',
      [start(), meter([{ value: '3.5', unit: 'kWh', measurand: 'Energy.Active.Import.Register' }])],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500 }] },
    ],
    [
      'Injet, lbbrhzn 1311: power in kW, current of the neutral, voltage between phases: kept, and the register counts',
      [
        start(),
        meter([
          { measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: '3500' },
          { measurand: 'Power.Active.Import', unit: 'kW', value: '3.5' },
          { measurand: 'Voltage', phase: 'L1-N', unit: 'V', value: '231.1' },
          { measurand: 'Current.Import', phase: 'N', unit: 'A', value: '15.6' },
        ]),
      ],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500, flags: [] }], readings: 1 },
    ],
    [
      'Charge Amps, lbbrhzn 1576: units that there are not (Hz, Hertz, C), and both spellings of Celsius',
      [
        start(),
        meter([
          { value: '3500' },
          { measurand: 'Frequency', unit: 'Hz', value: '50' },
          { measurand: 'Frequency', unit: 'Hertz', value: '50' },
          { measurand: 'Temperature', unit: 'C', value: '30' },
          { measurand: 'Temperature', unit: 'Celcius', value: '30' },
          { measurand: 'Temperature', unit: 'Celsius', value: '30' },
        ]),
      ],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500 }], readings: 1, aside: [] },
    ],
    [
      'Schneider, ev-server: a total that is not the sum of its phases: the total counts',
      [
        start(),
        meter([
          ...['L1', 'L2', 'L3'].map((phase) => ({ phase, measurand: 'Energy.Active.Import.Register', value: '900' })),
          { measurand: 'Energy.Active.Import.Register', value: '3500' },
        ]),
      ],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_500 }] },
    ],
    [
      'Wallbox, lbbrhzn 1925: its phases alone: their sum counts',
      [
        start(),
        meter(
          ['L1-N', 'L2-N', 'L3-N'].map((phase) => ({
            phase,
            measurand: 'Energy.Active.Import.Register',
            value: '1200',
          })),
        ),
      ],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 2_600 }] },
    ],
    [
      'Project EV, evcc 15768: the register of the beginning beside that of now',
      [
        start({ meterStart: 0 }),
        meter([
          { value: '646', context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
          { value: '0', context: 'Transaction.Begin', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
        ]),
      ],
      [started(), [3, 'm', {}]],
      { sessions: [{ wh: 646 }] },
    ],
    [
      'OpenEVSE 335: a number where a text belongs: refused, and kept',
      [meter([{ value: 3_500 }])],
      [error('m', 'TypeConstraintViolation')],
      { aside: [expect.stringContaining('3500') as string] },
    ],
  ])
})
