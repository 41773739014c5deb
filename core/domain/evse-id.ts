import { type Misread, misread, strangeIn } from './misread.ts'

/**
 * EVSEIDs: the public names of charging points, `BE*BEC*E041503001` (ISO 15118-2 annex H), and of the pools and stations
 * that they are in (the same with P and S, ID Registries Repository 2023); the older ones of DIN SPEC 91286 are digits,
 * `+49*123*456*1`. Asterisks are for people, OCPI 2.1.1 writes hyphens (handbook/roaming.md §6).
 */
export type EvseId = IsoEvseId | DinEvseId

export const evseIdTypes = { E: 'evse', P: 'pool', S: 'station' } as const
export type EvseIdType = (typeof evseIdTypes)[keyof typeof evseIdTypes]

export interface IsoEvseId {
  readonly form: 'iso'
  readonly type: EvseIdType
  readonly country: string
  readonly operator: string
  /** With the separators that it came with. */
  readonly instance: string
}

export interface DinEvseId {
  readonly form: 'din'
  readonly type: 'evse'
  /** As in telephone numbers: one to three digits. */
  readonly country: string
  readonly operator: string
  readonly instance: string
}

export const parseEvseId = (text: string): EvseId | Misread => {
  const isDin = /^\s*(?:\+|\d+\*)/.test(text)
  // a capital of another alphabet would be made one of ours
  const strange = strangeIn(text.trim(), isDin ? '+*' : '*-')
  if (strange !== undefined) return misread(strange)
  return isDin ? parseDin(text.trim()) : parseIso(text.trim().toUpperCase())
}

const iso = /^([A-Z]{2})[*-]?([A-Z0-9]{3})[*-]?([EPS])([A-Z0-9*-]+)$/

const parseIso = (plain: string): IsoEvseId | Misread => {
  if (plain.includes('*') && plain.includes('-'))
    return misread('it is separated by asterisks and by hyphens: by one of them')
  const [, country, operator, letter, written] = iso.exec(plain) ?? []
  if (country === undefined || operator === undefined || written === undefined) return misread(isoFault(plain))
  const instance = written.replaceAll('-', '*')
  if (instance.length > 30) return misread(`it has ${instance.length} characters after its type: at most 30`)
  if (!/[A-Z0-9]/.test(instance)) return misread('it has nothing but separators after its type')
  return { form: 'iso', type: evseIdTypes[letter as keyof typeof evseIdTypes], country, operator, instance }
}

const isoFault = (plain: string): string => {
  if (!/^[A-Z]{2}/.test(plain)) return `the country is two letters, and this begins with “${plain.slice(0, 2)}”`
  const [, letter, rest] = /^[A-Z]{2}[*-]?[A-Z0-9]{3}[*-]?(.)(.*)$/.exec(plain) ?? []
  if (letter === undefined) return 'it is too short: a country, three characters of an operator, a type and a number'
  if (!'EPS'.includes(letter)) return `its type is “${letter}”, and should be E (EVSE), P (pool) or S (station)`
  return rest === ''
    ? 'it has nothing after its type'
    : 'separators can stand only after the country, the operator and in the number'
}

const din = /^\+?(\d{1,3})[*](\d{3})[*]([\d*]{1,32})$/

const parseDin = (plain: string): DinEvseId | Misread => {
  const [, country, operator, instance] = din.exec(plain) ?? []
  if (country === undefined || operator === undefined || instance === undefined)
    return misread(
      'it is not +, digits of a country, three of an operator and up to 32 of a charging point with * between them',
    )
  if (!/\d/.test(instance)) return misread('it has no digit after the operator')
  return { form: 'din', type: 'evse', country, operator, instance }
}

const letters = { evse: 'E', pool: 'P', station: 'S' } as const

/** In the usual spelling: capitals with asterisks. */
export const formatEvseId = (id: EvseId): string =>
  id.form === 'din'
    ? `+${id.country}*${id.operator}*${id.instance}`
    : `${id.country}*${id.operator}*${letters[id.type]}${id.instance}`

/** By what EVSEIDs are equal: without the separators, which only of the digits of DIN tell where one part ends. */
export const keyOfEvseId = (id: EvseId): string =>
  id.form === 'din'
    ? `+${id.country}*${id.operator}*${id.instance.replaceAll('*', '')}`
    : `${id.country}${id.operator}${letters[id.type]}${id.instance.replaceAll('*', '')}`

/** The same of a text; undefined for what is no EVSEID. */
export const evseKey = (text: string): string | undefined => {
  const id = parseEvseId(text)
  return 'fault' in id ? undefined : keyOfEvseId(id)
}
