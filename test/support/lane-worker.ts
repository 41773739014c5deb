import { Pusher } from '../../actors/pusher.ts'
import { connect } from '../../adapters/postgres/connect.ts'
import { systemClock } from '../../adapters/system.ts'
import { pusherOn } from './pusher.ts'

/** A process that looks after one lane, and stops for good at the point it is told: there it is killed. */
const env = (name: string): string => process.env[name] ?? ''

const app = connect({
  target: { host: env('PG_HOST'), port: Number(env('PG_PORT')), database: env('PG_DATABASE') },
  user: 'sm_app',
  password: env('PG_PASSWORD'),
  max: 4,
  name: 'lane worker',
})

let passed = 0
/** Each point is passed some times before it is the last. */
const after = async <Result>(point: string, done: Promise<Result>): Promise<Result> => {
  const result = await done
  if (point !== env('POINT') || passed++ < Number(env('AFTER'))) return result
  process.stdout.write(`at ${point}\n`)
  return new Promise(() => {})
}

/** As late as it is for whoever lives on. */
const clock = { ...systemClock, now: () => systemClock.now() + Number(env('AHEAD')) }
const { parts } = pusherOn(app, clock)
const pusher = new Pusher({
  ...parts,
  lanes: {
    ...parts.lanes,
    enter: (...given) => after('entered', parts.lanes.enter(...given)),
    settle: (...given) => after('settled', parts.lanes.settle(...given)),
  },
  call: (...given) => after('answered', parts.call(...given)),
})
await pusher.work({ id: Number(env('JOB')), tenant: 'default', key: env('KEY') })
await pusher.rest()
process.stdout.write('at the end\n')
