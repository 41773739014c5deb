import { isMeantControl } from '../core/charging/der.ts'
import type { VehicleNeeds } from '../core/charging/needs.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Command } from '../core/domain/command.ts'
import { entriesOf, longestList } from '../core/domain/local-list.ts'
import type { Order, OrderType } from '../core/domain/order.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import type { Authority } from '../core/ports/authority.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Tickets } from '../core/ports/files.ts'
import type { OrderContexts } from '../core/ports/order-context.ts'
import type { Prices } from '../core/ports/prices.ts'
import type { Store } from '../core/ports/store.ts'
import { chargingOf } from './charging-of.ts'
import { marketContexts } from './market-contexts.ts'

type Context = Omit<OrderContext, 'now' | 'number'>
type Of<Type extends OrderType> = Extract<Order, { readonly type: Type }>

/** An order of this type, with whom it is for. */
type Given<Type extends OrderType> = Command & { readonly order: Of<Type> }
export type Reader<Type extends OrderType> = (
  command: Given<Type>,
) => Promise<Context | { readonly impossible: string }>

/** So long a token may be in each version. */
const longestToken: Readonly<Record<string, number>> = { 'ocpp2.0.1': 36, 'ocpp2.1': 255 }
const shortest = 20
/** So long a station may take to fetch a firmware, from when it is to begin with it (S-13). */
const downloadMs = 3_600_000
/** Where the station does not say how long a list may be in one message. */
const usualList = 100

interface Parts {
  readonly store: Pick<Store, 'chargePoints' | 'commands' | 'files' | 'mirrors' | 'sessions' | 'tariffs' | 'tokens'>
  readonly tickets: Tickets
  readonly authority: Pick<Authority, 'verifyFirmware'>
  readonly clock: Clock
  readonly prices: Prices
}

/** What orders need beside their own words, read from the store right before they are sent. */
export const orderContexts = ({ store, tickets, authority, clock, prices }: Parts): OrderContexts => {
  /** The transaction of a session that is open there. */
  const ofSession = async ({
    tenant,
    identity,
    order,
  }: ChargePointRef & { readonly order: { readonly session: string } }): ReturnType<Reader<'stopCharging'>> => {
    const session = await store.sessions.find(tenant, order.session)
    const { transaction } = session ?? {}
    return session?.state === 'open' && session.identity === identity && transaction !== undefined
      ? { transaction }
      : { impossible: 'no such session is open on this charge point' }
  }

  const asking: Reader<'getTransactionStatus'> = async ({ tenant, identity, order }) => {
    if (order.session === undefined) return {}
    const session = await store.sessions.find(tenant, order.session)
    return session?.identity === identity && session.transaction !== undefined
      ? { transaction: session.transaction }
      : { impossible: 'this charge point has no such session' }
  }

  const listing: Reader<'syncLocalList'> = async ({ order, number, ...ref }) => {
    // both would begin with the version that the station has now, and give the next one to two different lists
    const [first] = await store.commands.open(ref, 'syncLocalList')
    if (first !== undefined && first.number !== number)
      return { impossible: `another list is on its way to it: order ${first.id}` }
    const [view, kept, configuration, tokens] = await Promise.all([
      store.chargePoints.find(ref),
      store.mirrors.localList(ref),
      store.mirrors.configuration(ref),
      store.tokens.accepted(ref.tenant, order.tokens),
    ])
    const limit = (key: string): number => Number(configuration.find((c) => c.key.toLowerCase() === key)?.value ?? NaN)
    const longest = limit('localauthlistmaxlength')
    const most = limit('sendlocallistmaxlength')
    const all = entriesOf(tokens, clock.now(), longestToken[view?.protocol ?? ''] ?? shortest)
    const wanted = Number.isInteger(longest) && longest >= 0 ? all.slice(0, longest) : all
    if (wanted.length > longestList)
      return { impossible: `its list would have ${wanted.length} tokens: at most ${longestList} are kept at a station` }
    return {
      localList: {
        wanted,
        most: Number.isInteger(most) && most > 0 ? most : usualList,
        ...(kept?.list !== undefined && { known: kept.list }),
        ...(kept?.uncertain !== undefined && { uncertain: kept.uncertain }),
      },
    }
  }

  /** What the station holds, and the transaction that a profile of a session is for. */
  const limiting: Reader<'setChargingProfile'> = async ({ order: { profile }, ...ref }) => {
    const charging = await chargingOf(store, ref, profile.evse)
    const { transaction } = charging.session ?? {}
    return { charging, ...(profile.purpose === 'tx' && transaction !== undefined && { transaction }) }
  }

  const scheduling: Reader<'scheduleCharging'> = async ({ order: { evse }, ...ref }) => {
    const key = String(evse)
    const [charging, { items }] = await Promise.all([
      chargingOf(store, ref, evse),
      store.mirrors.items(ref, { kind: 'chargingNeeds', prefix: key }, { limit: 100 }),
    ])
    const needs = items.find((item) => item.key === key)?.body as VehicleNeeds | undefined
    const { transaction } = charging.session ?? {}
    if (transaction === undefined) return { impossible: `no session is open at EVSE ${evse}` }
    if (needs === undefined) return { impossible: `the vehicle at EVSE ${evse} has not said what it needs` }
    return { charging, transaction, needs }
  }

  const updatingDynamic: Reader<'updateDynamicSchedule'> = async ({ tenant, identity }) => ({
    charging: await chargingOf(store, { tenant, identity }, 0),
  })

  const clearingControls: Reader<'clearDerControl'> = async ({ order, ...ref }) => {
    const { items } = await store.mirrors.items(ref, { kind: 'derControl' }, { limit: 1_000 })
    return { keys: items.filter(({ body, key }) => isMeantControl(body, key, order)).map(({ key }) => key) }
  }

  const composing: Reader<'getCompositeSchedule'> = async ({ order, ...ref }) => ({
    charging: await chargingOf(store, ref, order.evse),
  })

  /** Where a station may put its log: the operator's address, or one of ours that is good for this one upload (S-13). */
  const uploading: Reader<'uploadLog'> = async ({ order, ...command }) => {
    if (order.location !== undefined) return { location: order.location }
    const kind = order.log === 'security' ? 'security-log' : 'diagnostics'
    const { url } = await tickets.issue({ ...errandOf(command, `${kind}.log`), kind, direction: 'upload' })
    return { location: url }
  }

  /** Where a firmware is; one that was uploaded here and is signed is checked before anybody is sent to it (A00.FR.706). */
  const updating: Reader<'updateFirmware'> = async ({ order, ...command }) => {
    const { tenant } = command
    if (order.location !== undefined) return { location: order.location }
    const file = order.file === undefined ? undefined : await store.files.find(tenant, order.file)
    if (file === undefined) return { impossible: 'there is no such file' }
    const { signature, signingCertificate } = order
    if (signature !== undefined && signingCertificate !== undefined) {
      const content = store.files.read(file)
      const checked = await authority.verifyFirmware({
        content,
        signature,
        signingCertificate,
        roots: [signingCertificate],
      })
      if ('refused' in checked) return { impossible: `the firmware ${checked.refused}` }
    }
    const until = Math.max(order.retrieveAt ?? 0, clock.now()) + downloadMs
    const errand = { ...errandOf(command, file.name), kind: 'firmware', file: file.id, until } as const
    const { url } = await tickets.issue({ ...errand, direction: 'download' })
    return { location: url }
  }

  /** What it said of a variable whose key begins like this; the first where there are several. */
  const said = async (ref: ChargePointRef, prefix: string): Promise<string | undefined> => {
    const { items } = await store.mirrors.items(ref, { kind: 'variable', prefix }, { limit: 1 })
    const value = items[0]?.body['value']
    return typeof value === 'string' ? value : undefined
  }

  const limitOf = async (ref: ChargePointRef, variable: string): Promise<number | undefined> => {
    const limit = Number(await said(ref, variable.toLowerCase()))
    return Number.isInteger(limit) && limit > 0 ? limit : undefined
  }

  /** How much it takes in one message of such an order (2.0.1 part 2, DeviceDataCtrlr and MonitoringCtrlr). */
  const batchFor = async (ref: ChargePointRef, controller: string, action: string): Promise<Context> => {
    const [most, bytes] = await Promise.all([
      limitOf(ref, `${controller}.ItemsPerMessage[${action}]`),
      limitOf(ref, `${controller}.BytesPerMessage[${action}]`),
    ])
    return { batch: { ...(most !== undefined && { most }), ...(bytes !== undefined && { bytes }) } }
  }

  /** Its network profiles: which of them comes first tells with which security it comes next. */
  const profilesOf = async (ref: ChargePointRef): Promise<Context> => {
    const [{ items }, priority] = await Promise.all([
      store.mirrors.items(ref, { kind: 'networkProfile' }, { limit: 100 }),
      said(ref, 'ocppcommctrlr.networkconfigurationpriority'),
    ])
    const slots = Object.fromEntries(items.map(({ key, body }) => [key, Number(body['securityProfile'])]))
    return { slots, ...(priority !== undefined && { priority }) }
  }

  const setting: Reader<'setVariables'> = async (command) => ({
    ...(await batchFor(command, 'DeviceDataCtrlr', 'SetVariables')),
    ...(await profilesOf(command)),
  })

  const taking: Reader<'refreshInventory'> = async ({ order, ...ref }) => ({
    firmware: order.firmware ?? (await store.chargePoints.find(ref))?.inventory?.firmware ?? '',
  })

  /** Who is forgotten by a station is taken from its list as well (2.0.1 part 2 N10.FR.02). */
  const forgetting: Reader<'customerInformation'> = async ({ order, ...ref }) => {
    const list = order.clear ? (await store.mirrors.localList(ref))?.list : undefined
    return list === undefined ? {} : { listed: list.entries.map(({ uid }) => uid) }
  }

  const showing: Reader<'setDisplayMessage'> = async ({ tenant, identity, order }) => {
    if (order.session === undefined) return {}
    const session = await store.sessions.find(tenant, order.session)
    return session?.identity === identity && session.transaction !== undefined
      ? { transaction: session.transaction }
      : { impossible: 'this charge point has no such session' }
  }

  /** Most orders need nothing. */
  const readers: { readonly [Type in OrderType]?: Reader<Type> } = {
    stopCharging: ofSession,
    usePriorityCharging: ofSession,
    allowEnergyTransfer: ofSession,
    getTransactionStatus: asking,
    syncLocalList: listing,
    setChargingProfile: limiting,
    getCompositeSchedule: composing,
    scheduleCharging: scheduling,
    updateDynamicSchedule: updatingDynamic,
    clearDerControl: clearingControls,
    updateFirmware: updating,
    uploadLog: uploading,
    setVariables: setting,
    setConfig: profilesOf,
    moveStation: profilesOf,
    getVariables: (command) => batchFor(command, 'DeviceDataCtrlr', 'GetVariables'),
    getConfig: (command) => batchFor(command, 'DeviceDataCtrlr', 'GetVariables'),
    setMonitors: (command) => batchFor(command, 'MonitoringCtrlr', 'SetVariableMonitoring'),
    clearMonitors: (command) => batchFor(command, 'MonitoringCtrlr', 'ClearVariableMonitoring'),
    refreshInventory: taking,
    customerInformation: forgetting,
    setDisplayMessage: showing,
    ...marketContexts({ store, tickets, clock, prices }),
  }

  return {
    async of(command) {
      const read = readers[command.order.type] as Reader<OrderType> | undefined
      return read === undefined ? {} : read(command)
    },
    presentsTag: async (ref) => (await store.chargePoints.find(ref))?.remoteStart !== 'token',
  }
}

const errandOf = ({ tenant, identity, id }: ChargePointRef & { readonly id: string }, name: string) => ({
  tenant,
  identity,
  command: id,
  name,
})
