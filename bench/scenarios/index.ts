import type { Bench } from '../run.ts'
import { access } from './access.ts'
import { cdr } from './cdr.ts'
import { command } from './command.ts'
import { connect } from './connect.ts'
import { deflate } from './deflate.ts'
import { deploy } from './deploy.ts'
import { durable } from './durable.ts'
import { flush } from './flush.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { loss } from './loss.ts'
import { micro } from './micro.ts'
import { roaming } from './roaming.ts'
import { rush } from './rush.ts'
import { settlement } from './settlement.ts'
import { smoke } from './smoke.ts'
import { steady } from './steady.ts'
import { storm } from './storm.ts'
import { throughput } from './throughput.ts'

export interface Scenario {
  readonly about: string
  readonly needsRedis?: boolean
  /** It has 100,000 stations where nothing else is asked for: more than one process can hold. */
  readonly isCrowd?: boolean
  readonly run: (bench: Bench) => Promise<void> | void
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  throughput: {
    about: 'closed loop, one server core: the whole path beside a raw echo, an echo in C, and ocpp-rpc',
    run: throughput,
  },
  connect: { about: '100,000 connect, are authenticated, boot and report', isCrowd: true, run: connect },
  idle: { about: 'bytes of a charge point that is connected and quiet', isCrowd: true, run: idle },
  deflate: { about: 'bytes of a quiet ocpp2.0.1 socket with permessage-deflate, beside one without', run: deflate },
  steady: { about: 'an ordinary hour of 100,000, a fifth charging, everything durable', isCrowd: true, run: steady },
  rush: { about: '20,000 messages a second in open loop, the tails', isCrowd: true, run: rush },
  storm: { about: 'all sockets cut at once: until every station is back', isCrowd: true, run: storm },
  durable: { about: 'readings and sessions as fast as they become durable', run: durable },
  flush: { about: '1,000 stations deliver 500 events each that they kept while offline', run: flush },
  command: { about: 'API → station → answer, on the same worker and on the other', needsRedis: true, run: command },
  cdr: { about: "from the end of a session to its CDR, priced, and to the operator's books; CDRs a second", run: cdr },
  roaming: { about: 'what partners get: whole crawls, changes of status, real-time authorisation', run: roaming },
  access: { about: 'lists of the API with the permission filter, beside the same lists without it', run: access },
  settlement: {
    about: 'a month of 1,000,000 sessions under 1,000 contracts is settled, beside one bare insert of as many rows',
    run: settlement,
  },
  deploy: { about: 'a rolling restart in the middle of an ordinary hour', needsRedis: true, run: deploy },
  loss: { about: 'one of two workers is killed, over and over', needsRedis: true, run: loss },
  growth: {
    about: 'cost of a message and bytes of a charge point at 1,000, 10,000 and 100,000',
    isCrowd: true,
    run: growth,
  },
  micro: { about: 'frame, schema, machine, one by one', run: micro },
  smoke: { about: 'small and short: the ratios that CI holds to their bands', run: smoke },
}
