import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certified, type Certified } from '../../support/certificates.ts'
import { everyItem, startServer, type TestServer } from '../../support/server.ts'

const at = '/api/v1/trust-anchors'

describe('roots that are trusted in Plug & Charge, over the API', () => {
  let test: TestServer
  let root: Certified
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    root = await certified({ name: 'O=Test, CN=MO Root', ca: true })
  })
  afterAll(() => test?.stop())

  const put = (name: string, body: object, tenant = 'default') =>
    test.api('PUT', `${at}/${name}`, body, { 'sm-tenant': tenant })

  it('are trusted, shown, replaced and forgotten', async () => {
    const made = await put('mo', { use: 'mo', certificate: root.pem })
    expect([made.status, made.body]).toMatchObject([
      201,
      { name: 'mo', use: 'mo', certificate: root.pem, subject: 'O=Test, CN=MO Root' },
    ])
    expect((await test.api('GET', `${at}/mo`)).body).toEqual(made.body)
    const next = await certified({ name: 'CN=Next', ca: true })
    const changed = await put('mo', { use: 'v2g', certificate: next.pem })
    expect([changed.status, changed.body]).toMatchObject([200, { use: 'v2g', subject: 'CN=Next' }])
    expect((await test.api('DELETE', `${at}/mo`)).status).toBe(204)
    expect((await test.api('DELETE', `${at}/mo`)).status).toBe(404)
    expect((await test.api('GET', `${at}/mo`)).status).toBe(404)
  })

  it('are listed by name, page by page', async () => {
    const names = Array.from({ length: 5 }, (_, i) => `root-${i}`)
    for (const name of names.toReversed()) await put(name, { use: 'oem', certificate: root.pem })
    const { body } = await test.api('GET', `${at}?limit=2`)
    const page: { items: readonly { name: string }[]; next: string } = body
    expect(page.items.map(({ name }) => name)).toEqual(['root-0', 'root-1'])
    const rest = await test.api('GET', `${at}?limit=10&cursor=${page.next}`)
    expect((rest.body as typeof page).items.map(({ name }) => name)).toEqual(['root-2', 'root-3', 'root-4'])
    expect((await everyItem<{ name: string }>((...call) => test.api(...call), at)).map(({ name }) => name)).toEqual(
      names,
    )
    expect((await test.api('GET', `${at}?cursor=nonsense`)).status).toBe(400)
  })

  it('are of authorities, one at a time, under a name', async () => {
    const leaf = await certified({ name: 'CN=Leaf' })
    const refused = async (certificate: string, name = 'x') => (await put(name, { use: 'mo', certificate })).status
    expect(await refused('nonsense')).toBe(422)
    expect(await refused(leaf.pem)).toBe(422)
    expect(await refused(root.pem + root.pem)).toBe(422)
    expect(await refused(root.pem, '..%2Fx')).toBe(400)
    expect((await put('x', { use: 'csms', certificate: root.pem })).status).toBe(422)
    expect((await test.api('GET', `${at}/x`)).status).toBe(404)
  })

  it('BI-51: are each of one tenant', async () => {
    await put('theirs', { use: 'mo', certificate: root.pem }, 'other')
    expect((await test.api('GET', `${at}/theirs`)).status).toBe(404)
    expect((await test.api('DELETE', `${at}/theirs`)).status).toBe(404)
    expect((await test.api('GET', `${at}/theirs`, undefined, { 'sm-tenant': 'other' })).status).toBe(200)
  })
})
