import { Deliveries } from '../../actors/deliveries.ts'
import { webhookKind } from '../../adapters/erp/webhook.ts'
import { connect } from '../../adapters/postgres/connect.ts'
import { postgresLanes } from '../../adapters/postgres/erp-lanes.ts'
import { systemClock } from '../../adapters/system.ts'
import type { DeliveryLanes } from '../../core/ports/deliveries.ts'
import { deaf, silence } from './quiet.ts'

/** A process that sends one document to a webhook, and stops for good at the point it is told: there it is killed. */
const env = (name: string): string => process.env[name] ?? ''

const app = connect({
  target: { host: env('PG_HOST'), port: Number(env('PG_PORT')), database: env('PG_DATABASE') },
  user: 'sm_app',
  password: env('PG_PASSWORD'),
  max: 4,
  name: 'delivery worker',
})

const after = async <Result>(point: string, done: Promise<Result>): Promise<Result> => {
  const result = await done
  if (point !== env('POINT')) return result
  process.stdout.write(`at ${point}\n`)
  return new Promise(() => {})
}

const real = postgresLanes(app)
const lanes: DeliveryLanes = {
  enter: (...given) => after('entered', real.enter(...given)),
  take: (...given) => after('taken', real.take(...given)),
  settle: (...given) => after('settled', real.settle(...given)),
  rest: (...given) => after('rested', real.rest(...given)),
}
const erp = webhookKind({ resolve: async () => [{ address: '127.0.0.1', family: 4 }], clock: systemClock }).open({
  tenant: 'default',
  settings: { url: env('URL') },
  secrets: { signingSecret: env('SECRET') },
})

await new Deliveries({
  lanes,
  open: () => ({ ...erp, send: (document, key) => after('answered', erp.send(document, key)) }),
  clock: systemClock,
  random: { integer: (least) => least },
  telemetry: deaf,
  log: silence,
}).work({ id: Number(env('JOB')), tenant: 'default', key: env('KEY') })
process.stdout.write('at the end\n')
