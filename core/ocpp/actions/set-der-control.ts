import type { SetDERControlResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { derFault } from '../../charging/der.ts'
import { type Action, order } from '../dialect.ts'
import { derOutcome, fieldOf, superseded } from './der-control.ts'

/** SetDERControl — how the vehicle or the station behaves towards the grid. 2.1 R04; errata 2.59: what does not go with a default is not sent. */
export const SetDERControl: Action = {
  'ocpp2.1': [
    order('setDerControl', {
      action: 'SetDERControl',
      tell: (wanted, { number }) => {
        const fault = derFault(wanted)
        if (fault !== undefined) return { unsupported: fault }
        const { id = String(number), isDefault, controlType, control } = wanted
        return { payload: { isDefault, controlId: id, controlType, [fieldOf(controlType)]: control } }
      },
      told: (response: SetDERControlResponse, wanted, { number }) => {
        const { id = String(number), ...told } = wanted
        const { isDefault, controlType, control } = told
        const set = { key: id, body: { controlType, isDefault, isSuperseded: false, control } }
        return derOutcome(response.status, [
          { type: 'items.put', kind: 'derControl', items: [set] },
          { type: 'items.put', kind: 'derControl', items: superseded(response.supersededIds), merge: true },
        ])
      },
    }),
  ],
}
