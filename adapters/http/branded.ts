import type { MiddlewareHandler } from 'hono'
import { type Colours, modes } from '../../core/domain/brand.ts'
import type { ShownBrand } from '../../core/ports/tenants.ts'
import { logoPath } from './bodies.ts'
import { hostOf } from './hosts.ts'
import type { Api, ApiEnv, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'

/** How the page and its brand look at the host that is asked: in the first answer, so that no other brand is ever seen. */

type Asked = Parameters<typeof hostOf>[0]

const ownName = 'Stationmaster'
const shownLogo = '/brand/logo'

/** The brand of whoever has the host; undefined at the installation's own. */
const brandAt = (c: Asked, parts: ApiParts): ShownBrand | undefined => {
  const tenant = parts.tenantBook.tenantAt(hostOf(c, parts))
  return tenant === undefined ? undefined : parts.tenantBook.brandOf(tenant)
}

const logoOf = ({ logo }: ShownBrand): string | null =>
  logo === undefined ? null : `${shownLogo}?v=${logo.digest.slice(0, 16)}`

/** The console's page with a brand's name and logo in place of ours. */
export const brandedPage = (page: string, c: Asked, parts: ApiParts): string => {
  const brand = brandAt(c, parts)
  if (brand === undefined) return page
  const { name = ownName } = brand
  const logo = logoOf(brand)
  const image = logo === null ? '' : `<img class="logo" src="${logo}" alt="" />`
  return page
    .replace(`<title>${ownName}</title>`, () => `<title>${escaped(name)}</title>`)
    .replace(`<h1>${ownName}</h1>`, () => `<h1>${image}<span>${escaped(name)}</span></h1>`)
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? '')

/** Of each colour that the brand has, both of its modes: what it does not give is the page's own. */
const styleOf = (colours: Colours = {}): string => {
  const rules = modes.flatMap((mode) => {
    const given = Object.entries(colours[mode] ?? {}).map(([name, colour]) => `    --${name}: ${colour};\n`)
    return given.length === 0 ? [] : [`@media (prefers-color-scheme: ${mode}) {\n  :root {\n${given.join('')}  }\n}\n`]
  })
  return rules.join('')
}

/** What everybody may see of a brand: nothing of whose it is but its name. */
export const brandPages = (api: Api, parts: ApiParts): void => {
  api.get('/brand.json', (c) => {
    const brand = brandAt(c, parts) ?? {}
    c.header('cache-control', 'no-cache')
    return c.json({ name: brand.name ?? ownName, colours: brand.colours ?? null, logo: logoOf(brand) })
  })

  api.get('/brand.css', (c) =>
    c.body(styleOf(brandAt(c, parts)?.colours), 200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  )

  api.get(shownLogo, async (c) => {
    const shown = brandAt(c, parts)?.logo
    const logo = shown && (await parts.sights.during('whole', () => parts.store.brands.logo(shown.tenant)))
    if (logo === undefined) throw notFound('logo')
    const isNamed = c.req.query('v') === logo.digest.slice(0, 16)
    return new Response(Buffer.from(logo.bytes), {
      headers: {
        'content-type': logo.type,
        'cache-control': isNamed ? 'public, max-age=86400, immutable' : 'no-cache',
      },
    })
  })
}

/**
 * A picture that somebody brought is shown as a picture, also to whoever opens it by itself: in a sandbox, where nothing runs
 * and nothing is fetched. It goes over the headers that all pages have, so it stands before them.
 */
export const logoHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  if (c.req.path === shownLogo || c.req.path === logoPath)
    c.res.headers.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
}
