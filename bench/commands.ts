import type { Charger, Plug } from './charger.ts'

/** What a station answers to the orders of OCPP 1.6 Core and TriggerMessage, and what it does then. */
export interface CommandAnswer {
  readonly answer: object
  readonly then?: () => void
}

type Payload = Readonly<Record<string, unknown>>

const status = (status: string, then?: () => void): CommandAnswer => ({ answer: { status }, ...(then && { then }) })
const plugOf = (charger: Charger, number: unknown): Plug | undefined => charger.plugs.find((p) => p.number === number)

const setAvailable = (charger: Charger, plug: Plug, available: boolean): void => {
  plug.available = available
  charger.report(plug, available ? 'Available' : 'Unavailable')
}

export const commands: Readonly<Record<string, (charger: Charger, payload: Payload) => CommandAnswer>> = {
  ChangeAvailability(charger, { connectorId, type }) {
    const available = type === 'Operative'
    const plugs = connectorId === 0 ? charger.plugs : [plugOf(charger, connectorId)].filter((p) => p !== undefined)
    if (plugs.length === 0) return status('Rejected')
    for (const plug of plugs) if (plug.session !== undefined) plug.pending = available
    const idle = plugs.filter((p) => p.session === undefined)
    return status(idle.length < plugs.length ? 'Scheduled' : 'Accepted', () => {
      for (const plug of idle) setAvailable(charger, plug, available)
    })
  },

  ChangeConfiguration(charger, { key, value }) {
    if (!charger.configuration.has(String(key))) return status('NotSupported')
    if (key === 'NumberOfConnectors') return status('Rejected')
    charger.configuration.set(String(key), String(value))
    return status('Accepted')
  },

  ClearCache: () => status('Accepted'),

  DataTransfer: () => status('UnknownVendorId'),

  GetConfiguration(charger, { key }) {
    const wanted = Array.isArray(key) && key.length > 0 ? (key as string[]) : [...charger.configuration.keys()]
    return {
      answer: {
        configurationKey: wanted
          .filter((k) => charger.configuration.has(k))
          .map((k) => ({ key: k, readonly: k === 'NumberOfConnectors', value: charger.configuration.get(k) })),
        unknownKey: wanted.filter((k) => !charger.configuration.has(k)),
      },
    }
  },

  RemoteStartTransaction(charger, { idTag, connectorId }) {
    const plug =
      connectorId === undefined
        ? charger.plugs.find((p) => p.session === undefined && p.available)
        : plugOf(charger, connectorId)
    if (plug === undefined || plug.session !== undefined || !plug.available) return status('Rejected')
    return status('Accepted', () => {
      charger.report(plug, 'Preparing')
      charger.after(200, () => charger.begin(plug, String(idTag)))
    })
  },

  RemoteStopTransaction(charger, { transactionId }) {
    const plug = charger.plugs.find((p) => p.session?.transactionId === transactionId)
    if (plug === undefined) return status('Rejected')
    return status('Accepted', () => charger.after(100, () => charger.end(plug, 'Remote')))
  },

  Reset: (charger, { type }) => status('Accepted', () => charger.reset(String(type))),

  TriggerMessage(charger, { requestedMessage, connectorId }) {
    const connector = typeof connectorId === 'number' ? connectorId : undefined
    const messages: Readonly<Record<string, () => void>> = {
      BootNotification: () => charger.boot(),
      Heartbeat: () => charger.heartbeat(),
      MeterValues: () => charger.meterNow(connector),
      StatusNotification: () => charger.reportAll(connector),
    }
    const message = messages[String(requestedMessage)]
    return message === undefined ? status('NotImplemented') : status('Accepted', message)
  },

  UnlockConnector(charger, { connectorId }) {
    const plug = plugOf(charger, connectorId)
    if (plug === undefined) return status('NotSupported')
    return status('Unlocked', () => charger.end(plug, 'UnlockCommand'))
  },
}
