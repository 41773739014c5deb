/** A bug as others have had it, planted into a copy of the sources; the suite named must find it. */
export interface Bug {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly plant: string
  /** `simulation`, or the tests that must fail. */
  readonly by: string
}

const ledger = 'test/adapters/postgres/ledger.test.ts'
const tenancy = 'test/adapters/postgres/tenancy.test.ts'

export const bugs: readonly Bug[] = [
  {
    name: 'a start that is sent again opens a second session',
    file: 'core/domain/ledger.ts',
    find: 'const isAnother = known?.stopKey !== undefined && fact.clockless',
    plant: 'const isAnother = known !== undefined',
    by: 'simulation',
  },
  {
    name: 'the answer leaves before the commit',
    file: 'actors/journal.ts',
    find: 'this.#waiting.push({ fact, tell })',
    plant:
      "this.#waiting.push({ fact, tell: fact.kind === 'session.sampled' ? () => {} : tell })\n    if (fact.kind === 'session.sampled') tell({ stored: true, receipt: { repeated: false } })",
    by: 'simulation',
  },
  {
    name: 'our outage is answered as an error of the station',
    file: 'actors/journal.ts',
    find: 'this.#waiting = [...batch, ...this.#waiting]',
    plant: "for (const waiting of batch) this.#tell(waiting, { stored: false, reason: 'down' })",
    by: 'simulation',
  },
  {
    name: 'no job for a CDR in the commit of the stop',
    file: 'core/domain/ledger.ts',
    find: 'if (isAccountChanged(before, session))',
    plant: 'if (before === undefined && isAccountChanged(before, session))',
    by: 'simulation',
  },
  {
    name: 'a job that is done twice makes a second CDR',
    file: 'core/domain/cdr.ts',
    find: 'if (last === undefined) return',
    plant: 'if (last === undefined || last.version >= 0) return',
    by: 'simulation',
  },
  {
    name: 'a correction without its credit',
    file: 'adapters/memory/cdr-writer.ts',
    find: 'if (credit !== undefined && last !== undefined)',
    plant: 'if (credit === undefined && last !== undefined)',
    by: 'simulation',
  },
  {
    name: 'what comes late never reaches the books',
    file: 'core/domain/cdr.ts',
    find: 'const changed = differences(last, now)',
    plant: 'const changed: readonly string[] = []',
    by: 'simulation',
  },
  {
    name: 'the counter of transaction ids stands still',
    file: 'core/domain/ledger.ts',
    find: 'this.#advanced.set(refKey(fact), { ...ref, next: next + 1 })',
    plant: 'this.#advanced.set(refKey(fact), { ...ref, next })',
    by: 'simulation',
  },
  {
    name: 'an order is written to the socket twice',
    file: 'actors/caller.ts',
    find: '    send(link, call.text)',
    plant: "    send(link, call.text)\n    if (call.action === 'RemoteStartTransaction') send(link, call.text)",
    by: 'simulation',
  },
  {
    name: 'readings for an unknown transaction share one empty key',
    file: 'core/domain/ledger.ts',
    find: 'fact: { ...fact, key }, day: dayOf(fact.receivedAt)',
    plant: 'fact: { ...fact, key: key.slice(0, 0) }, day: dayOf(fact.receivedAt)',
    by: 'simulation',
  },
  {
    name: 'a session that never stops is never closed',
    file: 'core/domain/ledger.ts',
    find: "if (other?.state === 'open')",
    plant: "if (other?.state === 'orphan')",
    by: 'test/memory/ledger.test.ts',
  },
  {
    name: 'the second stop wins',
    file: 'core/domain/ledger.ts',
    find: 'if (known?.stopKey !== undefined) {',
    plant: 'if (known?.stopKey === fact.key) {',
    by: 'test/memory/ledger.test.ts',
  },
  {
    name: 'a transaction id is looked up without its station',
    file: 'core/domain/session.ts',
    find: '`${ref}/${transaction}`',
    plant: "`${ref.split('/')[0] ?? ''}/${transaction}`",
    by: 'test/memory/ledger.test.ts',
  },
  {
    name: 'the late close of an older socket unregisters the newer one',
    file: 'actors/registry.ts',
    find: 'if (this.#links.get(link.key) === link) this.#links.delete(link.key)',
    plant: 'this.#links.delete(link.key)',
    by: 'test/actors',
  },
  {
    name: 'the first socket wins, and the station is locked out',
    file: 'actors/registry.ts',
    find: 'if (other !== undefined && other.seat.epoch > seat.epoch) {',
    plant: 'if (other !== undefined) {',
    by: 'test/actors',
  },
  {
    name: 'a poisoned batch is not split',
    file: 'adapters/postgres/ledger.ts',
    find: 'if (more.length === 0) return [await quarantine(tx, alone, String(error))]',
    plant: 'if (more.length >= 0) return facts.map(() => ({ stored: false, reason: String(error) }))',
    by: ledger,
  },
  {
    name: 'sessions are written whatever their version',
    file: 'adapters/postgres/store-metering.ts',
    find: 'where t.id = w.id::uuid and t.version = w.version::int',
    plant: 'where t.id = w.id::uuid',
    by: ledger,
  },
  {
    name: 'a reading that comes again is an error',
    file: 'adapters/postgres/store-changes.ts',
    find: 'as w(day, session, at, key, tenant, received, register, protocol, reading)\n    on conflict do nothing',
    plant: 'as w(day, session, at, key, tenant, received, register, protocol, reading)',
    by: ledger,
  },
  {
    name: 'a lost connection counts as the fault of the message',
    file: 'adapters/postgres/faults.ts',
    find: "connectionCodes.includes(code) ||\n    code === '25006'",
    plant: "code === '25006'",
    by: ledger,
  },
  {
    name: 'late readings are filed under the day they came',
    file: 'adapters/postgres/store-changes.ts',
    find: '(r) => r.session.day',
    plant: '(r) => new Date(r.fact.receivedAt + 86_400_000).toISOString().slice(0, 10)',
    by: ledger,
  },
  {
    name: 'a correction without its credit, in the database',
    file: 'adapters/postgres/cdr-writer.ts',
    find: 'if (credit !== undefined) await insertCredit(tx, credit, now)',
    plant: '',
    by: 'test/adapters/postgres/late.test.ts',
  },
  {
    name: 'the status of an older socket overwrites that of a newer one',
    file: 'adapters/postgres/current-state.ts',
    find: 'where connectors.epoch <= excluded.epoch',
    plant: 'where true',
    by: tenancy,
  },
  {
    name: 'a row of the outbox is relayed once and never again',
    file: 'adapters/postgres/outbox.ts',
    find: 'where relayed_at is null or relayed_at < now() - ${againAfterMs}::double precision * interval',
    plant: 'where relayed_at is null or relayed_at < now() - ${againAfterMs + 9e9}::double precision * interval',
    by: tenancy,
  },
  {
    name: 'the feed is read past a transaction that still runs',
    file: 'adapters/postgres/feed.ts',
    find: 'and xid < pg_snapshot_xmin(pg_current_snapshot())',
    plant: '',
    by: tenancy,
  },
  {
    name: 'one tenant for everybody',
    file: 'adapters/postgres/tenant.ts',
    find: "set_config('sm.tenant', ${tenant}, true)",
    plant: "set_config('sm.tenant', ${tenant && 'default'}, true)",
    by: tenancy,
  },
  {
    name: 'events are sorted by the text of their transaction',
    file: 'adapters/postgres/feed.ts',
    find: 'order by events.xid, events.id',
    plant: 'order by xid, id',
    by: tenancy,
  },
  {
    name: 'a page of events is read again from where its end was taken',
    file: 'adapters/postgres/store/events.ts',
    find: 'later(last, end)',
    plant: 'later(cursor, end)',
    by: tenancy,
  },
  {
    name: 'what lost against a newer socket is announced all the same',
    file: 'adapters/postgres/current-state.ts',
    find: "r.kind === 'alarm' || effective.has(nameOf(writtenBy(r)))",
    plant: 'true',
    by: tenancy,
  },
  {
    name: 'a ROLLBACK is sent after the connection that broke',
    file: 'adapters/postgres/lasting.ts',
    find: 'Object.assign(tx, { savepoint: silent })',
    plant: '',
    by: 'test/adapters/postgres/lasting.test.ts',
  },
  {
    name: 'a pool is left with the connection that broke',
    file: 'adapters/postgres/lasting.ts',
    find: 'if (ended || current !== broken) return',
    plant: 'if (!ended) return',
    by: 'test/adapters/postgres/lasting.test.ts',
  },
]
