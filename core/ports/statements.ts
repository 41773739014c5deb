import type { Statement, StatementLine } from '../domain/statement.ts'
import type { Page, PageRequest } from './store.ts'

/** Statements of sealed documents, worked out whenever they are asked for. */
export interface StatementStore {
  /** All of a month, by role and party; those that are nobody's come last. */
  list(tenant: string, month: string): Promise<readonly Statement[]>
  /** Its documents up to its last one, by number. */
  lines(
    tenant: string,
    statement: Pick<Statement, 'month' | 'role' | 'party' | 'last'>,
    page: PageRequest,
  ): Promise<Page<StatementLine>>
}
