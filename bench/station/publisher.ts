import { createHash } from 'node:crypto'
import type { PublishFirmwareRequest, PublishFirmwareStatusEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import { download, isHttp, type Job, persist } from '../charger/transfer.ts'
import type { Station } from './station.ts'

interface Publication extends Job {
  readonly requestId: number
  readonly checksum: string
  status: PublishFirmwareStatusEnumType
}

/** Firmware that a local controller holds ready for the stations behind it (L03, L04). */
export class Publisher {
  readonly #station: Station
  readonly #known = new Map<string, Publication>()
  #last: Publication | undefined

  constructor(station: Station) {
    this.#station = station
  }

  async publish({ requestId, location, checksum, retries, retryInterval }: PublishFirmwareRequest): Promise<void> {
    const key = checksum.toLowerCase()
    const job: Publication = { requestId, checksum: key, status: 'Downloading', isCancelled: false }
    this.#known.set(key, job)
    this.#last = job
    this.#report(job, 'Downloading')
    const patience = {
      ...(retries !== undefined && { retries }),
      ...(retryInterval !== undefined && { retryInterval }),
    }
    const image = await persist({ charger: this.#station, job, ...patience }, async () => {
      if (!isHttp(location)) throw new Error(`nothing can be fetched from ${location}`)
      return download(location)
    })
    if (image === undefined) return this.#drop(job, 'DownloadFailed')
    this.#report(job, 'Downloaded')
    if (createHash('md5').update(image).digest('hex') !== key) return this.#drop(job, 'InvalidChecksum')
    this.#report(job, 'ChecksumVerified')
    this.#report(job, 'Published', [`http://${this.#station.options.identity.toLowerCase()}.local/firmware/${key}`])
  }

  unpublish(checksum: string): 'DownloadOngoing' | 'NoFirmware' | 'Unpublished' {
    const known = this.#known.get(checksum.toLowerCase())
    if (known === undefined) return 'NoFirmware'
    if (known.status !== 'Published') return 'DownloadOngoing'
    this.#known.delete(known.checksum)
    return 'Unpublished'
  }

  /** As it stands, for whoever triggers it. */
  tell(): void {
    const job = this.#last
    const isUnderWay = job !== undefined && job.status !== 'Published' && this.#known.has(job.checksum)
    const payload = isUnderWay ? { status: job.status, requestId: job.requestId } : { status: 'Idle' }
    this.#station.tidings.tell('PublishFirmwareStatusNotification', payload)
  }

  #drop(job: Publication, status: PublishFirmwareStatusEnumType): void {
    this.#known.delete(job.checksum)
    this.#report(job, status)
  }

  #report(job: Publication, status: PublishFirmwareStatusEnumType, location?: string[]): void {
    job.status = status
    const { requestId } = job
    this.#station.tidings.tell('PublishFirmwareStatusNotification', {
      status,
      requestId,
      ...(location && { location }),
    })
  }
}
