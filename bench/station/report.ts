import type {
  ComponentCriterionEnumType,
  ComponentType,
  ComponentVariableType,
  GetReportRequest,
  ReportBaseEnumType,
  ReportDataType,
  VariableType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { DeviceModel } from './device-model.ts'
import { componentKey, type Variable } from './variable.ts'

/** Whether a question bears on a variable: what it does not say does not matter, but an instance that is named does (B08). */
export const isMeant = (
  component: ComponentType,
  variable: VariableType,
  asked: readonly ComponentVariableType[],
): boolean =>
  asked.length === 0 ||
  asked.some(
    ({ component: c, variable: v }) =>
      isEqual(c.name, component.name) &&
      (c.instance === undefined || isEqual(c.instance, component.instance)) &&
      (c.evse === undefined ||
        (c.evse.id === component.evse?.id &&
          (c.evse.connectorId === undefined || c.evse.connectorId === component.evse.connectorId))) &&
      (v === undefined ||
        (isEqual(v.name, variable.name) && (v.instance === undefined || isEqual(v.instance, variable.instance)))),
  )

const isEqual = (a: string | undefined, b: string | undefined): boolean => a?.toLowerCase() === b?.toLowerCase()

const summary: readonly string[] = ['AvailabilityState', 'Problem', 'Available']

/** Of all there is: what can be set, everything, or how things stand (B07). */
export const baseReport = (model: DeviceModel, base: ReportBaseEnumType): readonly ReportDataType[] => {
  const isIn: Readonly<Record<ReportBaseEnumType, (one: Variable) => boolean>> = {
    ConfigurationInventory: ({ access }) => access !== 'ReadOnly',
    FullInventory: () => true,
    SummaryInventory: ({ variable }) => summary.includes(variable.name),
  }
  return model.all.filter(isIn[base]).map((one) => told(model, one))
}

/** What is asked for by name, by how it stands, or by both (B08). */
export const customReport = (
  model: DeviceModel,
  { componentVariable = [], componentCriteria = [] }: GetReportRequest,
): readonly ReportDataType[] => {
  const flags = new Map(
    model.all.map((one) => [`${componentKey(one.component)}/${one.variable.name}`, model.valueOf(one)] as const),
  )
  const isSo = (component: ComponentType, criterion: ComponentCriterionEnumType): boolean => {
    const flag = flags.get(`${componentKey(component)}/${criterion}`)
    // a component that has no such variable is as it should be (B08.FR.08–10); a problem has to be there
    return flag === undefined ? criterion !== 'Problem' : flag === 'true'
  }
  return model.all
    .filter(
      ({ component, variable }) =>
        isMeant(component, variable, componentVariable) &&
        (componentCriteria.length === 0 || componentCriteria.some((criterion) => isSo(component, criterion))),
    )
    .map((one) => told(model, one))
}

/** What is write-only is told without its value (B07.FR.03). */
const told = (model: DeviceModel, one: Variable): ReportDataType => ({
  component: one.component,
  variable: one.variable,
  variableAttribute: [
    {
      type: 'Actual',
      mutability: one.access,
      persistent: true,
      constant: false,
      ...(one.access !== 'WriteOnly' && { value: model.valueOf(one) }),
    },
  ],
  variableCharacteristics: one.characteristics,
})
