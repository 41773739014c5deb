import type { PublishFirmwareResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'
import { attempts, nowhere } from './firmware.ts'

/**
 * PublishFirmware — a local controller fetches a firmware and offers it to the stations behind it. 2.0.1 part 2 L03. The
 * effect is that it is published; under which address comes with it (PublishFirmwareStatusNotification).
 */
export const PublishFirmware: Action = two(
  order('publishFirmware', {
    action: 'PublishFirmware',
    tell: (publication, { location, checksum, number }) => {
      if (location === undefined) return nowhere
      if (checksum === undefined) return { unsupported: 'its MD5 checksum is not known' }
      return {
        payload: { location, checksum, requestId: number, ...attempts(publication) },
        expects: { type: 'progress', of: 'publication', request: number, retries: (publication.retries ?? 0) > 0 },
        // from now on: by the time it answers it may have published it
        learnt: [
          {
            type: 'items.put',
            kind: 'publishedFirmware',
            items: [{ key: String(number), body: { request: number, checksum: checksum.toLowerCase() } }],
          },
        ],
      }
    },
    told: ({ status }: PublishFirmwareResponse, _, { number }) =>
      status === 'Accepted'
        ? accepted()
        : rejected(status, [{ type: 'items.removed', kind: 'publishedFirmware', keys: [String(number)] }]),
  }),
)
