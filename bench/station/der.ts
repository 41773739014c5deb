import type {
  ClearDERControlRequest,
  DERControlEnumType,
  DERControlStatusEnumType,
  GetDERControlRequest,
  ReportDERControlRequest,
  SetDERControlRequest,
  SetDERControlResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'

/** In which field of an order a control is, and in which of a report; every other kind is a curve. */
const fields: Readonly<Partial<Record<DERControlEnumType, string>>> = {
  EnterService: 'enterService',
  FixedPFAbsorb: 'fixedPFAbsorb',
  FixedPFInject: 'fixedPFInject',
  FixedVar: 'fixedVar',
  FreqDroop: 'freqDroop',
  Gradients: 'gradient',
  LimitMaxDischarge: 'limitMaxDischarge',
}

const onlyDefault: readonly DERControlEnumType[] = ['EnterService', 'Gradients']
/** What this station cannot do. */
const unsupported: readonly DERControlEnumType[] = ['PowerMonitoringMustTrip']

interface Timed {
  readonly priority: number
  readonly startTime?: string
  readonly duration?: number
}

interface Control {
  readonly id: string
  readonly type: DERControlEnumType
  readonly isDefault: boolean
  readonly body: Timed
  isSuperseded: boolean
  readonly cancel: () => void
}

const fieldOf = (type: DERControlEnumType): string => fields[type] ?? 'curve'

/** What the grid's operator wants of a station that can also give (2.1 R04): defaults, and what is scheduled over them. */
export class Der {
  readonly #station: Station
  #controls: readonly Control[] = []

  constructor(station: Station) {
    this.#station = station
  }

  set(request: SetDERControlRequest): SetDERControlResponse {
    const { controlId: id, controlType: type, isDefault } = request
    if (unsupported.includes(type)) return { status: 'NotSupported' }
    const body = request[fieldOf(type) as keyof SetDERControlRequest] as Timed | undefined
    const isTimed = body?.startTime !== undefined || body?.duration !== undefined
    // a default is for ever, and some kinds are nothing else (errata 2.59)
    if (body === undefined || (isDefault ? isTimed : onlyDefault.includes(type))) return { status: 'Rejected' }
    const beaten = this.#controls.filter(
      (one) => one.type === type && one.isDefault === isDefault && one.id !== id && one.body.priority >= body.priority,
    )
    for (const one of beaten) one.isSuperseded = true
    this.#remove((one) => one.id === id)
    const supersededIds = beaten.map((one) => one.id)
    const cancel = isDefault ? () => {} : this.#schedule(id, body, supersededIds)
    this.#controls = [...this.#controls, { id, type, isDefault, body, isSuperseded: false, cancel }]
    return { status: 'Accepted', ...(supersededIds.length > 0 && { supersededIds }) }
  }

  find({ isDefault, controlType, controlId }: Omit<GetDERControlRequest, 'requestId'>): readonly Control[] {
    return this.#controls.filter(
      (one) =>
        (isDefault === undefined || one.isDefault === isDefault) &&
        (controlType === undefined || one.type === controlType) &&
        (controlId === undefined || one.id === controlId),
    )
  }

  clear(request: ClearDERControlRequest): DERControlStatusEnumType {
    if (request.controlType !== undefined && unsupported.includes(request.controlType)) return 'NotSupported'
    const found = this.find(request)
    this.#remove((one) => found.includes(one))
    return found.length === 0 ? 'NotFound' : 'Accepted'
  }

  /** One message for each control: what may be in one of them differs by its kind. */
  tell(requestId: number, found: readonly Control[]): void {
    for (const [i, control] of found.entries()) {
      const report: ReportDERControlRequest = { requestId, tbc: i < found.length - 1, ...told(control) }
      this.#station.tidings.tell('ReportDERControl', report)
    }
  }

  /** It begins when it is due, and ends after its time; both are told. */
  #schedule(controlId: string, { startTime, duration }: Timed, supersededIds: readonly string[]): () => void {
    const { time, tidings } = this.#station
    const startsIn = startTime === undefined ? 0 : Math.max(0, Date.parse(startTime) - time.now())
    const tell = (started: boolean): void => {
      const timestamp = new Date(time.now()).toISOString()
      const beaten = started && supersededIds.length > 0 && { supersededIds: [...supersededIds] }
      tidings.tell('NotifyDERStartStop', { controlId, started, timestamp, ...beaten })
    }
    const cancelStart = this.#station.after(startsIn, () => tell(true))
    if (duration === undefined) return cancelStart
    const cancelEnd = this.#station.after(startsIn + duration * 1_000, () => {
      tell(false)
      this.#remove((one) => one.id === controlId)
    })
    return () => {
      cancelStart()
      cancelEnd()
    }
  }

  #remove(isMeant: (one: Control) => boolean): void {
    for (const one of this.#controls) if (isMeant(one)) one.cancel()
    this.#controls = this.#controls.filter((one) => !isMeant(one))
  }
}

const told = ({ id, type, isDefault, isSuperseded, body }: Control): Partial<ReportDERControlRequest> => {
  const field = fieldOf(type)
  const standing = onlyDefault.includes(type) ? {} : { isDefault, isSuperseded }
  const kind = field === 'curve' ? { curveType: type } : {}
  return { [field]: [{ id, ...standing, ...kind, [field]: body }] }
}
