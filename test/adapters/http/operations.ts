import type { TestServer } from '../../support/server.ts'

export interface Schema {
  readonly $ref?: string
}
export interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}
export interface OpenApi {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

export const documentOf = async (test: Pick<TestServer, 'url'>): Promise<OpenApi> =>
  (await fetch(new URL('/api/openapi.json', test.url))).json() as Promise<OpenApi>

/** Every operation that the document speaks of: method in capitals, path with its `{parameters}`. */
export const operationsOf = async (
  test: Pick<TestServer, 'url'>,
): Promise<readonly { readonly method: string; readonly path: string; readonly operation: Operation }[]> =>
  Object.entries((await documentOf(test)).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
