import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runtimes, startProcess } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'

describe.each(runtimes())('the same server on %s', (runtime) => {
  it('serves a session from boot to CDR, begun by an order, and stops cleanly', async () => {
    const data = freshData()
    const server = await startProcess({ runtime, data })
    try {
      await server.api('PUT', '/api/v1/charge-points/CP-1', { password })
      await server.api('PUT', '/api/v1/tokens/CARD1', {})
      const station = await foreignStation(server.url, 'CP-1', password)
      expect(await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })).toMatchObject({
        status: 'Accepted',
      })
      station.on('RemoteStartTransaction', ({ idTag }) => {
        setTimeout(
          () =>
            void station.call('StartTransaction', {
              connectorId: 1,
              idTag: idTag as string,
              meterStart: 0,
              timestamp: '2026-11-24T12:00:00Z',
            }),
          20,
        )
        return { status: 'Accepted' }
      })
      const { body } = await server.api('POST', '/api/v1/charge-points/CP-1/commands?wait=10', {
        type: 'startCharging',
        evse: 1,
        token: 'CARD1',
      })
      expect(body).toMatchObject({ outcome: 'succeeded' })
      const [session] = (await server.api('GET', '/api/v1/sessions')).body['items'] as { transaction: string }[]
      await station.call('StopTransaction', {
        transactionId: Number(session?.transaction),
        meterStop: 4200,
        timestamp: '2026-11-24T13:00:00Z',
      })
      const [cdr] = await until('the CDR', async () => {
        const { items } = (await server.api('GET', '/api/v1/cdrs')).body as { items: { energyWh: number }[] }
        return items.length > 0 && items
      })
      expect(cdr?.energyWh).toBe(4200)
      const events = await fetch(new URL('/api/v1/events?after=0-0', server.url), {
        headers: { authorization: `Bearer sm_test_0123456789abcdef0123456789abcdef` },
      })
      const reader = events.body?.getReader()
      let text = ''
      while (!text.includes('cdr.issued')) text += new TextDecoder().decode((await reader?.read())?.value)
      await reader?.cancel()
      await station.close()
      expect(await server.kill('SIGTERM')).toBe(0)
    } finally {
      server.child.kill('SIGKILL')
      rmSync(data, { recursive: true, force: true })
    }
  })
})
