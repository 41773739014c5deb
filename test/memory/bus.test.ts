import { describe } from 'vitest'
import { memoryBus } from '../../adapters/memory/bus.ts'
import { memoryDirectory } from '../../adapters/memory/directory.ts'
import { busContract } from '../contracts/bus.ts'
import { directoryContract } from '../contracts/directory.ts'

describe('the directory in memory', () => {
  const directory = memoryDirectory()
  directoryContract(() => directory)
})

describe('the bus in memory', () => {
  const bus = memoryBus()
  busContract(() => ({ here: bus, there: bus }))
})
