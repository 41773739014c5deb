import type { Statement, StatementLine } from '../domain/statement.ts'
import type { Page, PageRequest } from './store.ts'

/** Statements of sealed documents, worked out whenever they are asked for. */
export interface StatementStore {
  /** The month that it is at a time, by the calendar of the installation. */
  monthAt(at: number): Promise<string>
  /** All of a month, by role and party; those that are nobody's come last. */
  list(tenant: string, month: string): Promise<readonly Statement[]>
  /** Its documents up to its last one, by number. */
  lines(
    tenant: string,
    statement: Pick<Statement, 'month' | 'role' | 'party' | 'last'>,
    page: PageRequest,
  ): Promise<Page<StatementLine>>
}
