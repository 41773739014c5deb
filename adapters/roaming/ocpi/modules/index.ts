import type { OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'

/** All that partners find here, each on the side that we have of it. */
export const ocpiModules = (_parts: ModuleParts): readonly OcpiModule[] => []
