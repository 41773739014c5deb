import type { PartyStatement, StatementPosting } from '../settlement/statement.ts'

/** A statement on paper: the bytes of a file, page by page, as the postings are read. The same statement gives the same bytes. */
export type StatementPrinter = (
  statement: PartyStatement,
  postings: AsyncIterable<StatementPosting>,
) => AsyncIterable<Uint8Array>
