import type { ReportDERControlRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { DerControlType } from '../../charging/der.ts'
import type { Item } from '../../domain/item.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { unnumberedPage } from './report-page.ts'

/** ReportDERControl — the controls that the station has, list by list. 2.1 R04. Its pages have no numbers; the last one says so. */
export const ReportDERControl: Action = {
  'ocpp2.1': [
    dialect('told', {
      request: 'ReportDERControlRequest',
      ask: (request: ReportDERControlRequest) => {
        const items = controlsIn(request)
        const { page, of } = unnumberedPage('derControls', request.requestId, request.tbc)
        return {
          type: 'told',
          topic: 'der-controls',
          data: { request: request.requestId, controls: items.length },
          learnt: [{ type: 'items.put', kind: 'derControl', items, ...of }],
          ...(page !== undefined && { page }),
        }
      },
      answer: () => nothing,
    }),
  ],
}

interface Got {
  readonly id: string
  readonly isDefault?: boolean
  readonly isSuperseded?: boolean
}

/** What is only set as default says neither that it is one nor that it is superseded. */
const item = (
  { id, isDefault = true, isSuperseded = false }: Got,
  controlType: DerControlType,
  control: object,
): Item => ({
  key: clean(id, 36),
  body: { controlType, isDefault, isSuperseded, control },
})

const controlsIn = (r: ReportDERControlRequest): readonly Item[] => [
  ...(r.curve ?? []).map((one) => item(one, one.curveType, one.curve)),
  ...(r.enterService ?? []).map((one) => item(one, 'EnterService', one.enterService)),
  ...(r.fixedPFAbsorb ?? []).map((one) => item(one, 'FixedPFAbsorb', one.fixedPF)),
  ...(r.fixedPFInject ?? []).map((one) => item(one, 'FixedPFInject', one.fixedPF)),
  ...(r.fixedVar ?? []).map((one) => item(one, 'FixedVar', one.fixedVar)),
  ...(r.freqDroop ?? []).map((one) => item(one, 'FreqDroop', one.freqDroop)),
  ...(r.gradient ?? []).map((one) => item(one, 'Gradients', one.gradient)),
  ...(r.limitMaxDischarge ?? []).map((one) => item(one, 'LimitMaxDischarge', one.limitMaxDischarge)),
]
