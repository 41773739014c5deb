import { AskedCommands } from '../../actors/asked-commands.ts'
import { CommandResults } from '../../actors/command-results.ts'
import { type RoamingCommandParts, RoamingCommands } from '../../actors/roaming-commands.ts'
import { memoryAskedCommands, memoryRoamingCommands } from '../../adapters/memory/roaming-commands.ts'
import { memoryBus } from '../../adapters/memory/bus.ts'
import { callable } from '../../adapters/roaming/open.ts'
import { moduleCaller } from '../../adapters/roaming/ocpi/call.ts'
import { chargingProfilesReceiver } from '../../adapters/roaming/ocpi/modules/chargingprofiles-receiver.ts'
import { commandsReceiver } from '../../adapters/roaming/ocpi/modules/commands-receiver.ts'
import { commandsSender } from '../../adapters/roaming/ocpi/modules/commands-sender.ts'
import { hashOfAddress, newAddress, urlOfResult } from '../../adapters/roaming/ocpi/result-address.ts'
import { ocpiServer } from '../../adapters/roaming/ocpi/server.ts'
import { guarded } from '../../adapters/plug-and-charge/addresses.ts'
import { advance, type Command, type Step } from '../../core/domain/command.ts'
import type { Reservation } from '../../core/domain/reservation.ts'
import type { Session } from '../../core/domain/session.ts'
import type { AskedCommandStore, Grant, RoamingCommandStore, Target } from '../../core/ports/roaming-commands.ts'
import type { Request } from '../../core/ports/roaming-commands.ts'
import type { Exchange } from '../../core/ports/roaming.ts'
import type { Token } from '../../core/roaming/model.ts'
import { outlet } from './roaming.ts'
import { network, type Network, operator, type Platform, platform } from './roaming-platforms.ts'

/** Two platforms that are registered with each other, and charging stations of the CPO's that do as the test says. */
export interface Commanding {
  readonly net: Network
  readonly cpo: Platform
  readonly emp: Platform
  readonly asks: AskedCommands
  readonly results: CommandResults
  readonly taken: RoamingCommandStore
  readonly asked: AskedCommandStore
  readonly orders: Map<string, Command>
  readonly sessions: Map<string, Session>
  readonly reservations: Map<number, Reservation>
  readonly targetsOf: Map<string, readonly Target[]>
  readonly grantsOf: Grant[]
  readonly exchanges: Exchange[]
  /** The order that was given last. */
  order(): Command
  /** What its station makes of an order. */
  step(step: Omit<Step, 'at'>, order?: Command): void
  /** What the EMP wants of the CPO. */
  ask(more: Partial<Request> & Pick<Request, 'type' | 'body'>): ReturnType<AskedCommands['ask']>
  /** Whoever tells results has looked, and what was on its way has arrived. */
  look(): Promise<void>
  /** Another process that tells results, on the same rows. */
  another(): CommandResults
}

export const token: Token = {
  country_code: 'DE',
  party_id: 'EMP',
  uid: '04A1B2C3',
  type: 'RFID',
  contract_id: 'DE-EMP-C00000001',
  issuer: 'emp.example',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2026-11-24T12:00:00Z',
}

export const target = (more: Partial<Target> = {}): Target => ({
  uid: 'evse-1',
  plug: { chargePoint: 'CP-1', evse: 1 },
  outlets: [outlet],
  isOnline: true,
  status: 'available',
  needsConnector: false,
  ...more,
})

export const commanding = async (): Promise<Commanding> => {
  const net = network()
  const modules = { CPO: 'locations', EMSP: 'tokens' } as const
  const cpo = platform(net, {
    host: 'cpo.example',
    role: 'CPO',
    modules: [
      { module: modules.CPO, role: 'SENDER' },
      { module: 'commands', role: 'RECEIVER' },
      { module: 'chargingprofiles', role: 'RECEIVER' },
    ],
  })
  const emp = platform(net, {
    host: 'emp.example',
    role: 'EMSP',
    modules: [
      { module: modules.EMSP, role: 'SENDER' },
      { module: 'commands', role: 'SENDER' },
    ],
  })
  const world = worldOf(cpo)
  const exchanges: Exchange[] = []
  const caller = (one: Platform) =>
    moduleCaller({ ...one.parts, ledger: { note: (exchange) => void exchanges.push(exchange) } })
  const taken = memoryRoamingCommands()
  const asked = memoryAskedCommands()
  const teller = (): CommandResults =>
    new CommandResults({
      ...world,
      commands: taken,
      partners: cpo.parts.partners,
      commander: { cancel: world.cancel },
      call: caller(cpo),
      clock: cpo.clock,
      timers: cpo.clock,
      log: cpo.parts.log,
    })
  const asks = new AskedCommands({
    asked,
    partners: emp.parts.partners,
    call: caller(emp),
    bus: memoryBus(),
    clock: emp.clock,
    timers: emp.clock,
    ids: emp.parts.ids,
    log: emp.parts.log,
    newAddress: newAddress(emp.parts),
    hashOf: hashOfAddress(emp.parts.digest),
    urlOf: urlOfResult(emp.parts),
  })
  const commands = new RoamingCommands({ ...world, commands: taken, clock: cpo.clock, ids: cpo.parts.ids })
  // hosts of the test are on the internet; addresses are what they are
  const resolve = guarded([], async () => [{ address: '93.184.216.34', family: 4 }])
  const means = { commands, mayCall: callable(resolve, cpo.parts) }
  answering(net, cpo, [commandsReceiver(means), chargingProfilesReceiver(means)])
  answering(net, emp, [commandsSender({ asks })])
  await cpo.knows('emp')
  await emp.knows('cpo')
  const given = await cpo.desk.invite({ tenant: 'default', partner: 'emp' }, operator)
  if (typeof given === 'string') throw new Error(given)
  await emp.desk.connect({ tenant: 'default', partner: 'cpo' }, given, operator)
  net.asked.length = 0
  const results = teller()
  return {
    ...world,
    net,
    cpo,
    emp,
    asks,
    results,
    taken,
    asked,
    exchanges,
    ask: (more) => asks.ask({ tenant: 'default', partner: 'cpo', by: operator, ...more }),
    async look() {
      await results.look()
      await results.idle()
    },
    another: teller,
  }
}

const answering = (net: Network, { parts, url }: Platform, modules: Platform['parts']['modules']): void => {
  const others = parts.modules.filter(({ module }) => !modules.some((one) => one.module === module))
  net.hosts.set(new URL(url).hostname, ocpiServer({ ...parts, modules: [...others, ...modules] }))
}

/** Charging stations, as far as they take orders. */
const worldOf = ({ clock }: Platform) => {
  const orders = new Map<string, Command>()
  const sessions = new Map<string, Session>()
  const reservations = new Map<number, Reservation>()
  const targets = new Map<string, readonly Target[]>([['north', [target()]]])
  const grants: Grant[] = []
  const order = (): Command => {
    const last = [...orders.values()].at(-1)
    if (last === undefined) throw new Error('no order was given')
    return last
  }
  const cancel = async (command: Command): Promise<Command | undefined> => {
    const now = orders.get(command.id)
    if (now?.state !== 'queued') return undefined
    const cancelled = advance(now, { at: clock.now(), state: 'cancelled' })
    orders.set(command.id, cancelled)
    return cancelled
  }
  const parts: Pick<RoamingCommandParts, 'targets' | 'grants' | 'tokens' | 'store' | 'commander'> = {
    targets: { of: async ({ id }) => targets.get(id.toLowerCase()) },
    grants: { grant: async (grant) => void grants.push(grant) },
    tokens: { keep: async (_, { uid }) => uid !== 'ANOTHERS' },
    store: {
      chargePoints: { find: async () => undefined },
      commands: { find: async (_, id) => orders.get(id) },
      reservations: { find: async (_, id) => reservations.get(id) },
      sessions: { find: async (_, id) => sessions.get(id) },
      tokens: { find: async () => undefined },
    },
    commander: {
      async order(ref, wanted, deadlineMs, { id = '' } = {}) {
        const at = clock.now()
        const command: Command = {
          ...ref,
          id,
          number: orders.size + 100,
          order: wanted,
          state: 'queued',
          waits: false,
          createdAt: at,
          deadline: at + deadlineMs,
          history: [],
        }
        orders.set(id, command)
        return command
      },
    },
  }
  return {
    ...parts,
    orders,
    sessions,
    reservations,
    targetsOf: targets,
    grantsOf: grants,
    cancel,
    order,
    step(step: Omit<Step, 'at'>, command: Command = order()): void {
      orders.set(command.id, advance(command, { at: clock.now(), ...step }))
    },
  }
}
