import { Diary } from './diary.ts'
import type { Time } from './options.ts'
import type { Tidings } from './tidings.ts'

interface Parts {
  readonly time: Time
  readonly tidings: Tidings
}

const longestInfo = 255

/** What happened to the station's security: written down, and told to the server (security extension, A04). */
export class SecurityLog {
  readonly diary = new Diary(200)
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  note(type: string, info?: string): void {
    const { time, tidings } = this.#parts
    const at = time.now()
    this.diary.write(at, info === undefined ? type : `${type} ${info}`)
    tidings.tell('SecurityEventNotification', {
      type,
      timestamp: new Date(at).toISOString(),
      ...(info !== undefined && { techInfo: info.slice(0, longestInfo) }),
    })
  }
}
