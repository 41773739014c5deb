import type {
  DiagnosticsStatusNotificationRequest,
  GetDiagnosticsRequest,
  GetLogRequest,
  GetLogResponse,
  UploadLogStatusEnumType,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from './charger.ts'
import { isHttp, type Job, persist, upload } from './transfer.ts'

type DiagnosticsStatus = DiagnosticsStatusNotificationRequest['status']

const span = (from: string | undefined, to: string | undefined): [number, number] => [
  from === undefined ? -Infinity : Date.parse(from),
  to === undefined ? Infinity : Date.parse(to),
]

/** What sending files away takes of a station. */
export type UploadParts = Pick<Charger, 'after' | 'note' | 'time' | 'tidings' | 'diary' | 'security' | 'options'> & {
  /** Whether the one that a newer order has replaced is told of: 2.x has a word for that (N01.FR.20). */
  readonly tellsCancelled?: boolean
}

/** Files that the station sends away: its diagnostics (OCPP 1.6 §5.9) and its logs (security extension, N01). */
export class Uploads {
  readonly #charger: UploadParts
  #diagnostics: Job | undefined
  #log: (Job & { readonly requestId: number }) | undefined

  constructor(charger: UploadParts) {
    this.#charger = charger
  }

  /** The name of the file that will come, or nothing where there is nothing to tell. */
  diagnostics(order: GetDiagnosticsRequest): { readonly fileName?: string; readonly then?: () => void } {
    const text = this.#charger.diary.read(...span(order.startTime, order.stopTime))
    if (text === '') return {}
    const fileName = this.#nameOf('diagnostics')
    return { fileName, then: () => void this.#sendDiagnostics(order, fileName, text) }
  }

  log(order: GetLogRequest): { readonly answer: GetLogResponse; readonly then?: () => void } {
    const { oldestTimestamp, latestTimestamp } = order.log
    const { diary, security } = this.#charger
    const source = order.logType === 'SecurityLog' ? security.diary : diary
    const text = source.read(...span(oldestTimestamp, latestTimestamp))
    if (text === '') return { answer: { status: 'Rejected' } }
    const filename = this.#nameOf(order.logType)
    const isSecond = this.#log !== undefined
    return {
      answer: { status: isSecond ? 'AcceptedCanceled' : 'Accepted', filename },
      then: () => void this.#sendLog(order, filename, text),
    }
  }

  tellDiagnostics(status: DiagnosticsStatus = this.#diagnostics === undefined ? 'Idle' : 'Uploading'): void {
    this.#charger.tidings.tell('DiagnosticsStatusNotification', { status })
  }

  tellLog(status?: UploadLogStatusEnumType): void {
    if (this.#log === undefined) return this.#charger.tidings.tell('LogStatusNotification', { status: 'Idle' })
    this.#charger.tidings.tell('LogStatusNotification', {
      status: status ?? 'Uploading',
      requestId: this.#log.requestId,
    })
  }

  async #sendDiagnostics(order: GetDiagnosticsRequest, name: string, text: string): Promise<void> {
    if (this.#diagnostics !== undefined) this.#diagnostics.isCancelled = true
    const job: Job = { isCancelled: false }
    this.#diagnostics = job
    this.tellDiagnostics()
    const isDone = await persist({ charger: this.#charger, job, ...order }, async () => {
      const status = isHttp(order.location) ? await upload(order.location, name, text) : 0
      return status >= 200 && status < 300 ? true : undefined
    })
    if (job.isCancelled) return
    this.#diagnostics = undefined
    this.tellDiagnostics(isDone === true ? 'Uploaded' : 'UploadFailed')
  }

  async #sendLog(order: GetLogRequest, name: string, text: string): Promise<void> {
    const before = this.#log
    if (before !== undefined) {
      before.isCancelled = true
      if (this.#charger.tellsCancelled === true)
        this.#charger.tidings.tell('LogStatusNotification', { status: 'AcceptedCanceled', requestId: before.requestId })
    }
    const job = { isCancelled: false, requestId: order.requestId }
    this.#log = job
    this.tellLog()
    let failure: UploadLogStatusEnumType = isHttp(order.log.remoteLocation) ? 'UploadFailure' : 'NotSupportedOperation'
    const isDone = await persist({ charger: this.#charger, job, ...order }, async () => {
      if (!isHttp(order.log.remoteLocation)) return false
      const status = await upload(order.log.remoteLocation, name, text)
      failure = failures[status] ?? 'UploadFailure'
      return status >= 200 && status < 300 ? true : undefined
    })
    if (job.isCancelled) return
    this.tellLog(isDone === true ? 'Uploaded' : failure)
    this.#log = undefined
  }

  #nameOf(what: string): string {
    const { options, time } = this.#charger
    return `${options.identity}-${what}-${new Date(time.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.log`
  }
}

/** What the HTTP status means to the one who ordered the log. */
const failures: Readonly<Record<number, UploadLogStatusEnumType>> = {
  400: 'BadMessage',
  401: 'PermissionDenied',
  403: 'PermissionDenied',
  405: 'NotSupportedOperation',
}
