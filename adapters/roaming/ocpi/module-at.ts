import type { OcpiVersion, Side } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { OcpiModule } from './module.ts'
import { olderModules, sideBase } from './versions.ts'

interface Path {
  readonly version: OcpiVersion
  /** Of 2.1.1, whose paths name no side of a module: the address has one. */
  readonly side: Side | undefined
  readonly rest: readonly string[]
}

interface ModuleAt {
  readonly module: OcpiModule
  /** Where it stands. */
  readonly url: string
  /** What stands behind its name, decoded. */
  readonly path: readonly string[]
}

/** The module that a path leads to; undefined where it leads nowhere, or is no percent-encoding. */
export const moduleAt = (
  offered: readonly OcpiModule[],
  base: string,
  { version, side, rest }: Path,
): ModuleAt | undefined => {
  const [name, ...path] = side === undefined ? rest.slice(1) : rest
  const module =
    side === undefined
      ? offered.find((one) => one.module === name && one.role.toLowerCase() === rest[0])
      : olderModules(offered, side).find((one) => one.module === name)
  const decoded = decodedParts(path)
  if (module === undefined || decoded === undefined) return undefined
  const beneath = side === undefined ? `${base}/${version}/${rest[0]}` : `${sideBase(base, side)}/${version}`
  return { module, url: `${beneath}/${name}`, path: decoded }
}

const decodedParts = (path: readonly string[]): readonly string[] | undefined => {
  try {
    return path.map((part) => clean(decodeURIComponent(part), 255))
  } catch {
    return undefined
  }
}
