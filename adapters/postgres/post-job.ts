import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql, Transaction } from './connect.ts'
import { lockLedger } from './general-ledger.ts'
import { cursorOf, postDocuments } from './post-documents.ts'
import { postRetail } from './post-retail.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

/**
 * The effect of a `post` job: everything of its tenant that waits is posted, page by page, each in one commit. Whoever dies
 * in the middle has posted whole pages; the next one goes on behind them. Answers how many pages that were.
 */
export const doPost = async (app: Sql, { id, tenant }: Pick<OutboxJob, 'id' | 'tenant'>): Promise<number> => {
  for (let pages = 0; ; pages++) {
    const isDone = await asTenant(app, tenant, (tx) => isOver(tx, tenant, id))
    if (isDone) return pages
    await asTenant(app, tenant, (tx) => postNext(tx, tenant))
  }
}

/** The next of everything that waits, up to a document and a time. Answers whether there may be more. */
export const postNext = async (
  tx: Transaction,
  tenant: string,
  { document, before }: { readonly document?: number; readonly before?: number } = {},
): Promise<boolean> => {
  await lockLedger(tx, tenant)
  const [documents, retail] = [await postDocuments(tx, tenant, document), await postRetail(tx, tenant, before)]
  return documents || retail
}

/** Where nothing waits, the job goes: nobody who has something else can commit it meanwhile (`leave_post`). */
const isOver = async (tx: Transaction, tenant: string, id: number): Promise<boolean> => {
  await tx`select pg_advisory_xact_lock(hashtext('stationmaster.posting'), hashtext(${tenant}))`
  const after = await cursorOf(tx, tenant)
  const [waiting] = await tx<{ waits: boolean }[]>`
    select exists (select 1 from documents where tenant = ${tenant} and number > ${after})
      or exists (select 1 from ledger_waiting where tenant = ${tenant}) as waits`
  if (waiting?.waits === true) return false
  await takeJob(tx, { id })
  return true
}
