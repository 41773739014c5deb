import type { MirrorChange } from '../../domain/mirror.ts'
import { type VariableName, variableKey } from '../../domain/variable.ts'
import { accepted, rejected, type Told, unsupported } from '../dialect.ts'
import { isUnsupported, nameOf, type WireVariable } from './variable.ts'

/** The password of a station: set by an order of its own, which knows what to do when its answer is lost (S-04). */

export const passwordKey = 'AuthorizationKey'
export const byRotation = 'the password is changed by rotatePassword, or with the charge point’s record'

/** Configuration keys of 1.6 are compared without case, and stations forgive blanks around them. */
export const isKey = (key: unknown, wanted: string): boolean =>
  typeof key === 'string' && key.trim().toLowerCase() === wanted.toLowerCase()

export const isPassword = ({ component, variable }: VariableName): boolean =>
  variableKey({ component: { name: component.name.trim() }, variable: { name: variable.name.trim() } }) ===
  'securityctrlr.basicauthpassword'

/** Why this CALL is not sent as it is, or nothing: with a password that we do not know the station would be locked out. */
export const passwordFault = (action: string, payload: unknown): string | undefined => {
  if (typeof payload !== 'object' || payload === null) return undefined
  const sets =
    (action === 'ChangeConfiguration' && 'key' in payload && isKey(payload.key, passwordKey)) ||
    (action === 'SetVariables' && 'setVariableData' in payload && list(payload.setVariableData).some(namesPassword))
  return sets ? byRotation : undefined
}

const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? (data as readonly unknown[]) : [])

const namesPassword = (data: unknown): boolean => {
  const { component, variable } = (data ?? {}) as Partial<Record<keyof WireVariable, { readonly name?: unknown }>>
  return (
    typeof component?.name === 'string' &&
    typeof variable?.name === 'string' &&
    isPassword(nameOf({ component: { name: component.name }, variable: { name: variable.name } }))
  )
}

/** What became of a password that was sent, by the station's answer; `hash`: that it is known by. */
export const learntAs = (status: string, hash: Uint8Array | undefined): Told => {
  const known = (became: 'current' | 'nothing' | 'next'): readonly MirrorChange[] =>
    hash === undefined ? [] : [{ type: 'password', hash, became }]
  if (status === 'Accepted') return accepted(undefined, known('current'))
  if (status === 'RebootRequired') return accepted('in force after a reboot; until then both keys count', known('next'))
  const learnt = known('nothing')
  return status === 'NotSupported' || isUnsupported(status)
    ? { ...unsupported(status), learnt }
    : rejected(status, learnt)
}
