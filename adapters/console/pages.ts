import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The console's files by path: a page, its scripts, a style; served as they are. */
export const consolePages = (): ReadonlyMap<string, { readonly type: string; readonly body: string }> => {
  const file = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: file('index.html') }],
    ['/app.js', { type: 'text/javascript; charset=utf-8', body: file('app.js') }],
    ['/explanation.js', { type: 'text/javascript; charset=utf-8', body: file('explanation.js') }],
    ['/style.css', { type: 'text/css; charset=utf-8', body: file('style.css') }],
  ])
}
