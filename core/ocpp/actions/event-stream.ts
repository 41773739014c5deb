import type { Item } from '../../domain/item.ts'

/** A stream of one monitor's values in the words of 2.1 (part 2 §2, ConstantStreamDataType), and as the mirror has it. */
interface ConstantStreamData {
  readonly id: number
  readonly variableMonitoringId: number
  readonly params: { readonly interval?: number; readonly values?: number }
}

export const streamItem = ({ id, variableMonitoringId, params: { interval, values } }: ConstantStreamData): Item => ({
  key: String(id),
  body: {
    stream: id,
    monitor: variableMonitoringId,
    ...(interval !== undefined && { intervalS: interval }),
    ...(values !== undefined && { values }),
  },
})
