import { administrator, type TestServer } from './server.ts'

/** What a partner would have left behind: a location, a line of the ledger, a pull. */
export const roamingRows = async (
  { server, data }: Pick<TestServer, 'server' | 'data'>,
  { partner, location }: { readonly partner: string; readonly location: string },
): Promise<void> => {
  const admin = administrator(server.target, data)
  try {
    await admin`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, body)
      values ('default', 'locations', 'DE', 'CPO', ${location}, ${partner}, now(), now(), '{"city": "Berlin"}')`
    await admin`insert into roaming_exchanges (tenant, partner, kind, module, method, at, took_ms, attempt, bytes_out, bytes_in, status, code, result)
      values ('default', ${partner}, 'told', 'locations', 'PUT', now(), 5, 1, 10, 20, 201, 1000, 'done')`
    await admin`insert into roaming_chores (tenant, partner, kind, module, state, due, wanted, run, progress)
      values ('default', ${partner}, 'pull', 'locations', 'done', now() + interval '1 day', '{"whole": true}', nextval('roaming_runs'),
        '{"items": 1, "counts": {"new": 1}, "notes": [], "isSound": true}')`
  } finally {
    await admin.end({ timeout: 1 })
  }
}

/** What stands in the books, refused by a partner. */
export const refusedDelivery = async (
  { server, data }: Pick<TestServer, 'server' | 'data'>,
  partner: string,
): Promise<void> => {
  const admin = administrator(server.target, data)
  try {
    await admin`insert into roaming_deliveries (tenant, target, document, number, state, attempts, reason)
      select tenant, ${partner}, id, number, 'refused', 1, 'it is too old' from documents where tenant = 'default'`
  } finally {
    await admin.end({ timeout: 1 })
  }
}
