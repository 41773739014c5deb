import type { DerControlType } from '../../charging/der.ts'
import type { Item } from '../../domain/item.ts'
import { clean } from '../../domain/text.ts'
import { accepted, rejected, type Told, unsupported } from '../dialect.ts'

/** What the messages of 2.1 about DER controls (block R) share. */

/** The one field that belongs to a type; all others are curves (R04.FR, SetDERControlRequest). */
export const fieldOf = (type: DerControlType): string => fields[type] ?? 'curve'

const fields: Readonly<Partial<Record<DerControlType, string>>> = {
  EnterService: 'enterService',
  FixedPFAbsorb: 'fixedPFAbsorb',
  FixedPFInject: 'fixedPFInject',
  FixedVar: 'fixedVar',
  FreqDroop: 'freqDroop',
  Gradients: 'gradient',
  LimitMaxDischarge: 'limitMaxDischarge',
}

/** Those that others have taken the place of. */
export const superseded = (ids: readonly string[] | undefined): readonly Item[] =>
  (ids ?? []).map((id) => ({ key: clean(id, 36), body: { isSuperseded: true } }))

export const derOutcome = (status: string, learnt: Extract<Told, { readonly accepted: true }>['learnt'] = []): Told =>
  status === 'Accepted'
    ? accepted(undefined, learnt)
    : status === 'NotSupported'
      ? unsupported(status)
      : rejected(status === 'NotFound' ? 'it has no such control' : status)
