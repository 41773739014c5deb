import type { Chance } from '../../bench/random.ts'
import type { Link } from '../../actors/link.ts'
import type { StateReport } from '../../core/ports/current-state.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { settled } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'
import { accept, testWorker } from '../support/worker.ts'
import { answerIn, type Complain, type Debt, settleUp } from './answers.ts'
import { type Corpus, corpusOf, frameOf, sendOf } from './frames.ts'
import { type Level, mutate, spoilt } from './mutate.ts'
import { owedFor } from './owed.ts'
import { clip, count, type Tally } from './tally.ts'

const asked: Readonly<Record<Protocol, string>> = {
  'ocpp1.6': 'GetConfiguration',
  'ocpp2.0.1': 'GetTransactionStatus',
  'ocpp2.1': 'GetTransactionStatus',
}

/** What is not answered by then never will be. */
const patienceMs = 10_000

const timestamp = '2026-11-24T12:00:00Z'

const session1 = [
  [2, 'a', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
  [2, 'b', 'StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' }],
  [2, 'c', 'StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp }],
  [2, 'd', 'MeterValues', { connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '1' }] }] }],
  [2, 'e', 'StopTransaction', { transactionId: 1_000_001, meterStop: 5, timestamp }],
]

const event = { timestamp, triggerReason: 'Trigger', transactionInfo: { transactionId: 'tx' } }
const session2 = [
  [2, 'a', 'BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }],
  [2, 'b', 'StatusNotification', { timestamp, connectorStatus: 'Occupied', evseId: 1, connectorId: 1 }],
  [2, 'c', 'TransactionEvent', { ...event, eventType: 'Started', seqNo: 0, evse: { id: 1 } }],
  [2, 'd', 'TransactionEvent', { ...event, eventType: 'Updated', seqNo: 1 }],
  [2, 'e', 'TransactionEvent', { ...event, eventType: 'Ended', seqNo: 2 }],
]

/** One station and one whole worker: it says spoilt frames, a few at a time, and what it is answered is held against what it was owed. */
export class Talk {
  readonly #tally: Tally
  readonly #luck: Chance
  readonly #protocol: Protocol
  readonly #corpus: Corpus
  readonly #test: ReturnType<typeof testWorker>
  readonly #complain: Complain
  #station: ReturnType<ReturnType<typeof testWorker>['connect']>
  #last = '[2,"f0","Heartbeat",{}]'
  /** The id of the CALL of ours in flight. */
  #ours: string | undefined
  /** For so many frames more it has lost its mind. */
  #babbles = 0
  /** For so many frames more it only tells. */
  #floods = 0
  #serial = 0

  /** `ledger` is the one in memory unless another is given. */
  constructor(tally: Tally, name: string, luck: Chance, of: { readonly protocol: Protocol; readonly ledger?: Ledger }) {
    const { protocol, ledger } = of
    this.#tally = tally
    this.#luck = luck
    this.#protocol = protocol
    this.#corpus = corpusOf(protocol, asked[protocol], luck)
    this.#complain = (what) => tally.fail(`${name}: ${what}; the last frame was ${clip(this.#last)}`)
    this.#test = testWorker({
      settings: { framesPerS: 0 },
      ...(ledger !== undefined && { ledger: () => ledger }),
      log: { ...silence, error: (event, about) => this.#complain(`${event} ${JSON.stringify(about)}`) },
    })
    this.#test.tokens.set(...accept('CARD1'))
    this.#station = this.#test.connect('CP-1', 'accepted', this.#protocol)
  }

  /** Says so many frames at most, and waits until all that is owed for them is paid, or never will be. */
  async burst(most: number): Promise<void> {
    if (this.#ours === undefined && this.#luck.isLucky(0.1)) await this.#call()
    const { said, link, closes } = this.#station
    const from = said.length
    const debts: Debt[] = []
    for (let left = most; left > 0 && link.open; left--) {
      this.#last = this.#next()
      const owed = owedFor(this.#last, this.#protocol)
      if (owed !== undefined) debts.push({ ...owed, text: this.#last })
      this.#say(this.#last)
    }
    this.#tally.calls += debts.length
    await this.#paid(this.#station)
    const answers = said.slice(from).flatMap((text) => answerIn(text, this.#protocol, this.#complain))
    for (const { kind } of answers) count(this.#tally.answers, kind)
    settleUp(answers, debts, { isOpen: link.open, protocol: this.#protocol, complain: this.#complain })
    if (!link.open) this.#comeAgain(closes[0])
  }

  /** Waits until nothing is unanswered any more. */
  async #paid({ link }: { readonly link: Link }): Promise<void> {
    const until = performance.now() + patienceMs
    while (link.inbound.length > 0 && link.open && performance.now() < until) await settled()
    await settled()
  }

  #say(text: string): void {
    const began = performance.now()
    try {
      this.#station.says(text)
    } catch (error) {
      this.#complain(`${String(error)} was thrown`)
    }
    this.#tally.took((performance.now() - began) * 1_000, text)
  }

  #next(): string {
    const luck = this.#luck
    const id = `f${this.#serial++}`
    if (this.#floods === 0 && this.#protocol === 'ocpp2.1' && luck.isLucky(0.0005)) this.#floods = 300
    if (this.#floods > 0) {
      this.#floods--
      return sendOf(id)
    }
    // the same again, or something else under its id
    if (luck.isLucky(0.06)) return this.#last
    const named = luck.isLucky(0.06) ? (owedFor(this.#last, this.#protocol)?.id ?? id) : id
    return mutate(frameOf(this.#corpus, named, this.#ours, luck), this.#mood(), luck)
  }

  /** Mostly this and that; now and then nothing that can be read, and for longer than is borne (BI-23c). */
  #mood(): Level {
    if (this.#babbles === 0 && this.#luck.isLucky(0.0005)) this.#babbles = 40
    if (this.#babbles > 0) {
      this.#babbles--
      return 'babble'
    }
    return this.#luck.isLucky(0.4) ? 'whole' : this.#luck.pick(spoilt)
  }

  #comeAgain(close: { readonly code: number; readonly reason: string } | undefined): void {
    this.#tally.reconnects++
    if (close?.code !== 1008) this.#complain(`the socket was closed with ${close?.code} ${close?.reason}`)
    this.#station = this.#test.connect('CP-1', 'accepted', this.#protocol)
    this.#ours = undefined
  }

  /** A CALL of ours, for the station to answer as it answers everything. */
  async #call(): Promise<void> {
    const { caller, clock } = this.#test.worker
    const { link, said } = this.#station
    const from = said.length
    void caller.call(link, asked[this.#protocol], {}, clock.now() + 60_000).then(
      ({ type }) => {
        count(this.#tally.ours, type)
        this.#ours = undefined
      },
      (error: unknown) => this.#complain(String(error)),
    )
    await settled()
    this.#ours = (JSON.parse(said[from] ?? '[]') as readonly string[])[1]
  }

  /** How things stand, as the worker reported it. */
  get reports(): readonly StateReport[] {
    return this.#test.reports
  }

  /** After all that, a session of somebody else is what it always was, and every frame is accounted for (INV-08). */
  async end(): Promise<void> {
    const other = this.#test.connect('CP-2', 'accepted', this.#protocol)
    const session = this.#protocol === 'ocpp1.6' ? session1 : session2
    for (const frame of session) other.says(frame)
    await this.#paid(other)
    const said = other.said.map((text) => (JSON.parse(text) as readonly unknown[]).slice(0, 2).join(' ')).join(', ')
    if (said !== '3 a, 3 b, 3 c, 3 d, 3 e') this.#complain(`a normal session was answered with ${said}`)
    const of = (name: string): number =>
      [...this.#test.counts].reduce((sum, [key, n]) => (key === name || key.startsWith(`${name} `) ? sum + n : sum), 0)
    const accounted =
      of('ocpp.frames.answered') + of('ocpp.ingest.duplicates in flight') + of('ocpp.frames.dropped flood')
    if (of('ocpp.frames.accepted') !== accounted)
      this.#complain(`of ${of('ocpp.frames.accepted')} frames taken ${accounted} are accounted for`)
  }
}
