import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { cookieReader } from './auth.ts'
import { consoleSessions } from './console-session.ts'
import { brandedPage } from './branded.ts'
import { hostOf } from './hosts.ts'
import { keyChecker } from './keys.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'

/** Health, the console's files and its sign-in, and the reference page: what has no key in front of it. */
export const pageRoutes = (api: Api, parts: ApiParts): void => {
  const sessions = consoleSessions(parts)
  const readCookie = cookieReader(parts)
  const check = keyChecker(parts.store.apiKeys, parts.digest, parts.clock)
  const cookie = { httpOnly: true, sameSite: 'Strict' as const, path: '/', secure: parts.secure }

  api.get('/livez', (c) => c.json({ alive: true }))
  api.get('/readyz', (c) => {
    const readiness = parts.readiness()
    return c.json(readiness, readiness.ready ? 200 : 503)
  })

  api.post('/session', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined)
    const text =
      typeof body === 'object' && body !== null && 'key' in body && typeof body.key === 'string' ? body.key : ''
    const key = text === '' ? undefined : await check(text)
    const host = hostOf(c, parts)
    const tenant = key?.tenant ?? parts.tenantBook.tenantAt(host) ?? 'default'
    // at a tenant's host the key of another is none
    if (key === undefined || !parts.tenantBook.isServedAt(host, tenant))
      throw new Problem(401, 'this is not a valid API key')
    const { cookie: value, csrf, maxAgeS } = sessions.issue({ tenant, key: key.id, platform: key.tenant === undefined })
    setCookie(c, 'sm_session', value, { ...cookie, maxAge: maxAgeS })
    return c.json({ csrf }, 201)
  })
  // a reseller enters a CPO below it, or goes home again; the platform any tenant that is served here
  api.put('/session', async (c) => {
    const session = await readCookie(getCookie(c, 'sm_session') ?? '')
    if (session === undefined) throw new Problem(401, 'not signed in')
    if (c.req.header('x-csrf-token') !== session.csrf) throw new Problem(403, 'the X-CSRF-Token is missing or wrong')
    const body: unknown = await c.req.json().catch(() => undefined)
    const wanted = typeof body === 'object' && body !== null && 'tenant' in body ? String(body.tenant) : ''
    const { key, platform, role, home = session.tenant } = session
    const mayEnter = platform || (role === 'reseller' && parts.tenantBook.mayEnter({ tenant: home }, wanted))
    const known = parts.tenantBook.find(wanted)
    if (known === undefined || !mayEnter || !parts.tenantBook.isServedAt(hostOf(c, parts), wanted))
      throw notFound('tenant')
    const entered = { tenant: wanted, key, platform, ...(!platform && wanted !== home && { home }) }
    const { cookie: value, csrf, maxAgeS } = sessions.issue(entered)
    setCookie(c, 'sm_session', value, { ...cookie, maxAge: maxAgeS })
    return c.json({ csrf }, 200)
  })
  api.get('/session', async (c) => {
    const once = c.req.query('once')
    if (once !== undefined) {
      const caller = await sessions.redeem(once)
      if (caller === undefined) return c.redirect('/?expired', 303)
      const { cookie: value, maxAgeS } = sessions.issue(caller)
      setCookie(c, 'sm_session', value, { ...cookie, maxAge: maxAgeS })
      return c.redirect('/', 303)
    }
    const session = await readCookie(getCookie(c, 'sm_session') ?? '')
    if (session === undefined) throw new Problem(401, 'not signed in')
    const { csrf, tenant, home = null } = session
    const { name = tenant, kind = 'cpo' } = parts.tenantBook.find(tenant) ?? {}
    return c.json({ csrf, tenant, name, kind, home }, 200)
  })
  api.delete('/session', (c) => {
    deleteCookie(c, 'sm_session', cookie)
    return c.body(null, 204)
  })

  for (const [path, { type, body }] of parts.pages)
    api.get(path, (c) => {
      const page = path === '/' ? brandedPage(body, c, parts) : body
      return new Response(page, { headers: { 'content-type': type, 'cache-control': 'no-cache' } })
    })
}

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly 'x-permission'?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: { readonly type?: string; readonly enum?: readonly string[]; readonly default?: unknown }
  }[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>
}

/** The reference as a page of its own: made from the document, nothing loaded from anywhere. */
export const referencePage = (document: {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}): string => {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))]
  const code = (value: unknown) => html`<pre><code>${JSON.stringify(value, null, 2)}</code></pre>`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Stationmaster API</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="reference">
        <header>
          <h1>Stationmaster API</h1>
          <p>
            OpenAPI 3.1: <a href="/api/openapi.json">/api/openapi.json</a>. Every request needs
            <code>Authorization: Bearer &lt;key&gt;</code>.
          </p>
        </header>
        <main>
          ${tags.map(
            (tag) =>
              html`<section>
                <h2>${tag}</h2>
                ${operations
                  .filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag)
                  .map(
                    ({ path, method, operation }) =>
                      html`<details>
                        <summary><code>${method.toUpperCase()} ${path}</code> — ${operation.summary ?? ''}</summary>
                        ${operation.description === undefined ? '' : html`<p>${operation.description}</p>`}
                        <p>Takes <code>${operation['x-permission']}</code>.</p>
                        ${
                          (operation.parameters ?? []).length === 0
                            ? ''
                            : html`<table>
                                <thead>
                                  <tr>
                                    <th scope="col">Parameter</th>
                                    <th scope="col">In</th>
                                    <th scope="col">Type</th>
                                    <th scope="col">About</th>
                                  </tr>
                                </thead>
                                <tbody>
                                  ${(operation.parameters ?? []).map(
                                    (p) =>
                                      html`<tr>
                                        <td><code>${p.name}</code></td>
                                        <td>${p.in}</td>
                                        <td>${p.schema?.enum?.join(' | ') ?? p.schema?.type ?? ''}</td>
                                        <td>${p.description ?? ''}</td>
                                      </tr>`,
                                  )}
                                </tbody>
                              </table>`
                        }
                        ${Object.entries(operation.requestBody?.content ?? {}).map(
                          ([type, { schema }]) =>
                            html`<p>Body (<code>${type}</code>)</p>
                              ${code(schema)}`,
                        )}
                        <ul>
                          ${Object.entries(operation.responses ?? {}).map(([status, { description }]) => html`<li><code>${status}</code> ${description ?? ''}</li>`)}
                        </ul>
                      </details>`,
                  )}
              </section>`,
          )}
          <section>
            <h2>Schemas</h2>
            ${Object.entries(document.components?.schemas ?? {}).map(
              ([name, schema]) =>
                html`<details>
                  <summary><code>${name}</code></summary>
                  ${code(schema)}
                </details>`,
            )}
          </section>
        </main>
      </body>
    </html>`
  // nothing in it is awaited
  return (page as HtmlEscapedString).toString()
}
