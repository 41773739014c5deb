import { z } from '@hono/zod-openapi'
import { identifierKinds, identify } from '../../core/domain/identifier.ts'
import type { Api } from './parts.ts'
import { route } from './route.ts'
import { json, problems } from './schemas.ts'

const schema = z
  .object({
    text: z.string(),
    readings: z
      .array(
        z.object({
          kind: z.enum(identifierKinds),
          parts: z.record(z.string(), z.string()),
          key: z.string().describe('by what it is equal to others of its kind, however they are spelt'),
          forms: z.record(z.string(), z.string()).describe('how it is written elsewhere, by the name of the form'),
        }),
      )
      .describe('what it can be; none: it is no identifier'),
    faults: z.partialRecord(z.enum(identifierKinds), z.string()).describe('why it is none of the other kinds'),
  })
  .openapi('Identifier')

/** What an EVSEID, an EVCO ID or the code of a party is, in which forms it is written, or what is wrong with it. */
export const identifierRoutes = (api: Api): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/identifiers/{text}',
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'What an identifier is, or what is wrong with it',
      request: {
        params: z.object({
          text: z
            .string()
            .max(100)
            .openapi({ param: { name: 'text', in: 'path' }, example: 'DE-8AA-001234567-0' }),
        }),
      },
      responses: { 200: json(schema, 'What it can be'), ...problems },
    }),
    (c) => {
      const { text } = c.req.valid('param')
      const { readings, faults } = identify(text)
      return c.json({ text, readings: readings.map((reading) => ({ ...reading })), faults: { ...faults } }, 200)
    },
  )
}
