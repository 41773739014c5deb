import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuSeconds, descendantsOf, median, pin } from './cpu.ts'
import { freePorts } from './free-port.ts'
import { register } from './registered.ts'

/** The whole path beside its controls: a raw echo, and `ocpp-rpc` in strict mode without any state. */
export const targets = ['echo', 'memory', 'postgres', 'rpc'] as const
export type TargetName = (typeof targets)[number]

export interface Measured {
  readonly target: TargetName
  readonly sockets: number
  readonly perS: number
  /** Server CPU, µs a message: the steadiest figure on a noisy host. */
  readonly cpuUs: number
  readonly lost: number
  /** How many of the client's turns brought something: near 1 it is the client that is measured. Null where it slept. */
  readonly clientBusy: number | null
}

const root = join(import.meta.dirname, '..')
const key = 'sm_bench_0123456789abcdef0123456789abcdef'
const serverCore = 0
const clientCore = 1

interface Running {
  readonly url: string
  readonly child: ChildProcess
  stop(): Promise<void>
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((go) => void child.once('exit', () => go()))

const start = async (target: TargetName, sockets: number): Promise<Running> => {
  const port = await freePorts(1)
  const data = mkdtempSync(join(tmpdir(), 'sm-bench-'))
  chmodSync(data, 0o755)
  const program = target === 'rpc' ? 'node' : process.execPath
  const ours = target === 'memory' || target === 'postgres'
  const script = ours
    ? ['adapters/main.ts', 'start']
    : target === 'echo'
      ? ['bench/targets/echo.ts']
      : [join(data, 'rpc.mjs')]
  if (target === 'rpc')
    await Bun.write(
      join(data, 'rpc.mjs'),
      new Bun.Transpiler({ loader: 'ts' })
        .transformSync(await Bun.file(join(root, 'bench/targets/rpc.ts')).text())
        .replace('"ocpp-rpc"', JSON.stringify(join(root, 'node_modules/ocpp-rpc/index.js'))),
    )
  const child = spawn(program, script, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      SM_PORT: String(port),
      SM_OPS_PORT: '0',
      SM_DATA: data,
      SM_API_KEY: key,
      SM_LOG: 'error',
      SM_FRAMES_PER_S: '0',
      SM_JOURNAL: target,
      SM_DRAIN_S: '0',
    },
  })
  const url = `http://127.0.0.1:${port}/`
  for (const end = performance.now() + 20_000; performance.now() < end; await new Promise((go) => setTimeout(go, 50)))
    if (
      await fetch(ours ? `${url}readyz` : url).then(
        (r) => !ours || r.ok,
        () => false,
      )
    )
      break
  if (ours) await register(url, key, sockets)
  pin(child.pid ?? 0, serverCore)
  // the database and its backends work on the client's core, so that the server's core is the server's
  for (const pid of descendantsOf(child.pid ?? 0)) pin(pid, clientCore)
  return {
    url,
    child,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended(child)
      clearTimeout(late)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** One run of one target: connect, warm up, measure. */
export const measure = async (
  target: TargetName,
  sockets: number,
  seconds: { readonly warmup: number; readonly measured: number },
): Promise<Measured> => {
  const server = await start(target, sockets)
  try {
    const args = [
      'bench/load.ts',
      '--url',
      `${server.url.replace('http', 'ws')}ocpp`,
      '--sockets',
      String(sockets),
      '--warmup',
      String(seconds.warmup),
      '--seconds',
      String(seconds.measured),
      // where the database works on the client's core, the client must leave it room
      ...(target === 'postgres' ? [] : ['--spin']),
    ]
    const load = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    pin(load.pid ?? 0, clientCore)
    let output = ''
    let before = 0
    let after = 0
    load.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (before === 0 && output.includes('measuring')) before = cpuSeconds(server.child.pid ?? 0)
      if (after === 0 && output.includes('}')) after = cpuSeconds(server.child.pid ?? 0)
    })
    await ended(load)
    const result = JSON.parse(output.slice(output.indexOf('{'))) as {
      messages: number
      perS: number
      lost: number
      busy: number | null
    }
    return {
      target,
      sockets,
      perS: result.perS,
      cpuUs: ((after - before) * 1e6) / result.messages,
      lost: result.lost,
      clientBusy: result.busy,
    }
  } finally {
    await server.stop()
  }
}

export interface Ratios {
  readonly sockets: number
  readonly rounds: number
  /** Medians over the rounds, each against the echo of the same round. */
  readonly memoryThroughput: number
  readonly postgresCpu: number
  readonly memoryAgainstRpc: number
  readonly runs: readonly Measured[]
}

/** Interleaved rounds, so that a host that drifts drifts for all; medians of the ratios within each round. */
export const spine = async (
  sockets: number,
  rounds: number,
  seconds: { readonly warmup: number; readonly measured: number },
  say: (line: string) => void,
): Promise<Ratios> => {
  const runs: Measured[] = []
  const perRound: { memory: number; cpu: number; rpc: number }[] = []
  for (let round = 1; round <= rounds; round++) {
    const of = new Map<TargetName, Measured>()
    for (const target of targets) {
      const run = await measure(target, sockets, seconds)
      runs.push(run)
      of.set(target, run)
      say(
        `  ${sockets} sockets, round ${round}/${rounds}  ${target.padEnd(9)} ${Math.round(run.perS).toString().padStart(7)} msg/s  ${run.cpuUs.toFixed(1).padStart(6)} µs CPU/msg${run.lost > 0 ? `  ${run.lost} sockets lost: invalid` : ''}`,
      )
    }
    const get = (target: TargetName): Measured =>
      of.get(target) ?? { target, sockets, perS: Number.NaN, cpuUs: Number.NaN, lost: 0, clientBusy: null }
    perRound.push({
      memory: get('memory').perS / get('echo').perS,
      cpu: get('postgres').cpuUs / get('echo').cpuUs,
      rpc: get('memory').perS / get('rpc').perS,
    })
  }
  return {
    sockets,
    rounds,
    memoryThroughput: median(perRound.map((r) => r.memory)),
    postgresCpu: median(perRound.map((r) => r.cpu)),
    memoryAgainstRpc: median(perRound.map((r) => r.rpc)),
    runs,
  }
}
