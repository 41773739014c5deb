import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pepperOf } from '../../adapters/embedded/pepper.ts'
import { connect, type Sql } from '../../adapters/postgres/connect.ts'
import { rolePassword } from '../../adapters/role-password.ts'

/** A look into the embedded database of a server, as the role that sees every tenant. */
export const rowsOf = async ({ data }: { readonly data: string }): Promise<Sql> =>
  connect({
    target: {
      host: join(readFileSync(join(data, 'place'), 'utf8').trim(), 'run'),
      port: 5432,
      database: 'stationmaster',
    },
    user: 'sm_ingest',
    password: rolePassword(await pepperOf(data))('sm_ingest'),
    max: 2,
    name: 'test',
  })
