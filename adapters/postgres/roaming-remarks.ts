import type { Log } from '../../core/ports/log.ts'
import type { Reading } from './published-source.ts'

/** So many remarks are remembered; all are told again when there are more. */
const most = 10_000

/** What cannot be published, or not as it is: told once by each process, and again when it changes. */
export const remarksOnce = (log: Log): ((tenant: string, module: string, key: string, reading: Reading) => void) => {
  const told = new Map<string, string>()
  return (tenant, module, key, reading) => {
    const isImpossible = 'impossible' in reading
    const remarks = isImpossible ? reading.impossible : (reading.remarks ?? [])
    const name = `${tenant} ${module} ${key}`
    const text = remarks.join('; ')
    if ((told.get(name) ?? '') === text) return
    if (told.size >= most) told.clear()
    if (text === '') {
      told.delete(name)
      return
    }
    told.set(name, text)
    const about = { tenant, module, key, reason: text }
    if (isImpossible) log.warn('something cannot be published for roaming partners', about)
    else log.info('something is published for roaming partners, but not all of it', about)
  }
}
