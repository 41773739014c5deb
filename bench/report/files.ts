import { readFileSync, writeFileSync } from 'node:fs'
import type { Report } from './report.ts'

/** Reports as they lie on the disk. */
export const readReports = (file: string): readonly Report[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { readonly reports: readonly Report[] }).reports

export const writeReports = (file: string, reports: readonly Report[]): void =>
  writeFileSync(file, `${JSON.stringify({ reports })}\n`)
