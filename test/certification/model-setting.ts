import type { Sql } from '../../adapters/postgres/connect.ts'
import type { ItemKind } from '../../core/domain/item.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { rowsOf } from '../support/rows.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import type { Params } from './setting.ts'
import { type Station2, station2 } from './station-2.ts'

/** A whole server, and stations of OCPP 2.x whose device model is looked at. */
export interface ModelSetting {
  readonly test: TestServer
  readonly rows: Sql
  /** A station that has just booted, and has not said what it has: it knows no GetBaseReport yet. */
  station(identity: string, protocol?: Protocol2): Promise<ModelCase>
  stop(): Promise<void>
}

export interface ModelCase extends Station2 {
  readonly identity: string
  /** What it has of one kind, as the API shows it. */
  bodies(kind: ItemKind): Promise<readonly Params[]>
  /** What those who follow were told. */
  told(type: string): Promise<readonly Params[]>
}

export const at = (): string => new Date().toISOString()

export const setUpModel = async (): Promise<ModelSetting> => {
  const test = await startServer()
  const rows = await rowsOf(test)
  await test.api('PUT', '/api/v1/tokens/GOOD', { type: 'RFID' })
  return {
    test,
    rows,
    async station(identity, protocol = 'ocpp2.0.1') {
      const made = await station2(test, identity, protocol)
      await until('the end of our own question for its inventory', async () => {
        const [command] = await rows`select state from commands where identity = ${identity}`
        return command?.['state'] === 'done'
      })
      return {
        ...made,
        identity,
        bodies: async (kind) => (await made.items(kind)).map(({ body }) => body),
        async told(type) {
          const events = await rows<{ data: Params }[]>`
            select data from events where type = ${type} and subject = ${identity} order by id`
          return events.map(({ data }) => data)
        },
      }
    },
    async stop() {
      await rows.end()
      await test.stop()
    },
  }
}
