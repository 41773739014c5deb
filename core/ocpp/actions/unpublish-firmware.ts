import type { UnpublishFirmwareResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

/** UnpublishFirmware — a local controller offers a firmware no longer. 2.0.1 part 2 L04. While somebody fetches it, it stays. */
export const UnpublishFirmware: Action = two(
  order('unpublishFirmware', {
    action: 'UnpublishFirmware',
    tell: ({ checksum }) => ({ payload: { checksum } }),
    told: ({ status }: UnpublishFirmwareResponse, _, { keys = [] }) =>
      status === 'DownloadOngoing'
        ? rejected(status)
        : accepted(
            status === 'NoFirmware' ? 'it offered no such firmware' : undefined,
            keys.length === 0 ? undefined : [{ type: 'items.removed', kind: 'publishedFirmware', keys }],
          ),
  }),
)
