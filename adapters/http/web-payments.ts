import { z } from '@hono/zod-openapi'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import { isTotp, type TotpSettings, totpVersion } from '../../core/domain/totp.ts'
import type { Order } from '../../core/domain/order.ts'
import { knownRef } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { Problem } from './problem.ts'
import { route } from './route.ts'
import { commandSchema, commandView, given, json, limitsSchema, missing, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/charge-points/{identity}/web-payments'
const orderMs = 60_000
/** So long somebody may take to pay, from when he opened the page. */
const payingMs = 900_000
const utf8 = new TextEncoder()

const settingsSchema = z
  .object({
    totpVersion: z.string(),
    sharedSecret: z.string(),
    length: z.number().int(),
    validityS: z.number().int(),
  })
  .describe('what its WebPaymentsCtrlr is to be set to, beside the address of the page')
  .openapi('WebPaymentSettings')

const paymentSchema = z
  .strictObject({
    evse: z.number().int().min(1).max(10_000),
    totp: z.string().min(1).max(255).describe('as it stands in the address that the station has shown'),
    timeoutS: z.number().int().min(1).max(3_600).default(120).describe('so long the EVSE waits for the payer'),
    payment: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('the reference of the payment, once it is made: charging begins. Absent: the page was opened'),
    ...limitsSchema.shape,
  })
  .openapi('WebPayment')

const startedSchema = z
  .object({ notified: commandSchema, charging: commandSchema.nullable() })
  .openapi('WebPaymentStarted')

/** Paying by the QR code on a station's display, for whoever runs the page behind it (OCPP 2.1 C25). */
export const webPaymentRoutes = (api: Api, { store, commander, digest, clock }: ApiParts): void => {
  const known = (ref: ChargePointRef): Promise<ChargePointRef> => knownRef(store, ref)

  /** Always the same for the same station; stored nowhere. */
  const settingsOf = ({ tenant, identity }: ChargePointRef): TotpSettings => ({
    secret: Buffer.from(digest.seal(utf8.encode('web payments'), utf8.encode(`${tenant}/${identity}`)))
      .subarray(0, 20)
      .toString('hex'),
    length: 20,
    validityS: 60,
  })

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'chargePoints.write',
      tags: ['Payments'],
      summary: 'What a station is to be set to for QR codes of its own',
      request: { params: byIdentity },
      responses: { 200: json(settingsSchema, 'The settings'), ...problems, ...missing },
    }),
    async (c) => {
      const ref = await known({ tenant: c.get('caller').tenant, identity: c.req.valid('param').identity })
      const { secret, length, validityS } = settingsOf(ref)
      return c.json({ totpVersion, sharedSecret: secret, length, validityS }, 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'commands.operate',
      tags: ['Payments'],
      summary: 'Somebody pays for an EVSE by its QR code',
      description:
        'The one-time password in the address is checked: 422 where it is none of now. The station keeps the EVSE for whoever pays; with `payment` charging begins, for a password of the last quarter of an hour. `maxCost`, `maxEnergyWh`, `maxTimeS` and `maxSoC` are told to the station as limits.',
      request: {
        params: byIdentity,
        query: z.object({ wait: z.coerce.number().min(0).max(120).default(0) }),
        body: { content: { 'application/json': { schema: paymentSchema } }, required: true },
      },
      responses: { 201: json(startedSchema, 'The commands as they stand'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const ref = await known({ tenant: c.get('caller').tenant, identity: c.req.valid('param').identity })
      const { evse, totp, timeoutS, payment, ...limits } = c.req.valid('json')
      const agoMs = payment === undefined ? 0 : payingMs
      if (!isTotp(digest, settingsOf(ref), { given: totp, now: clock.now(), agoMs }))
        throw new Problem(422, 'the code has run out, or is not one of this charge point', {
          faults: [{ pointer: '/totp', detail: 'it is none of now' }],
        })
      const waitMs = c.req.valid('query').wait * 1_000
      const paying = await commander.order(ref, { type: 'notifyWebPaymentStarted', evse, timeoutS }, orderMs)
      if (payment === undefined)
        return c.json({ notified: commandView(await commander.wait(paying, waitMs)), charging: null }, 201)
      const asked = given(limits)
      const order: Order = {
        type: 'startCharging',
        evse,
        token: payment,
        isDirectPayment: true,
        ...(Object.keys(asked).length > 0 && { limits: asked }),
      }
      const charging = await commander.order(ref, order, orderMs)
      const over = await commander.wait(charging, waitMs)
      return c.json({ notified: commandView(await commander.wait(paying, 0)), charging: commandView(over) }, 201)
    },
  )
}
