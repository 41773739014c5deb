import type { PublishFirmwareStatusNotificationRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { PublicationStatus } from '../../domain/progress.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

const statuses: Readonly<Record<PublishFirmwareStatusNotificationRequest['status'], PublicationStatus>> = {
  Idle: 'idle',
  DownloadScheduled: 'downloadScheduled',
  Downloading: 'downloading',
  Downloaded: 'downloaded',
  Published: 'published',
  DownloadFailed: 'downloadFailed',
  DownloadPaused: 'downloadPaused',
  InvalidChecksum: 'invalidChecksum',
  ChecksumVerified: 'checksumVerified',
  PublishFailed: 'publishFailed',
}
/** As many addresses as are kept. */
const mostPlaces = 20

/** PublishFirmwareStatusNotification — how far a local controller is with a firmware that it publishes. 2.0.1 part 2 L03. */
export const PublishFirmwareStatusNotification: Action = two(
  dialect('told', {
    request: 'PublishFirmwareStatusNotificationRequest',
    ask: ({ status: written, requestId: request, location }: PublishFirmwareStatusNotificationRequest) => {
      const status = statuses[written]
      const places = location?.slice(0, mostPlaces).map((place) => clean(place, 2_000))
      const body = { status, ...(places !== undefined && { locations: places }) }
      return {
        type: 'told',
        topic: 'publishedFirmware',
        data: { status, ...(request !== undefined && { request }) },
        progress: { of: 'publication', status, ...(request !== undefined && { request }) },
        // an idle one says nothing of what it has published
        ...(request !== undefined &&
          status !== 'idle' && {
            learnt: [
              {
                type: 'items.put',
                kind: 'publishedFirmware',
                items: [{ key: String(request), body: { request, ...body } }],
                merge: true,
              },
            ],
          }),
      }
    },
    answer: () => nothing,
  }),
)
