import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePorts } from '../../bench/free-port.ts'
import { until } from './server.ts'

export interface TestRedisCluster {
  readonly urls: readonly string[]
  stop(): Promise<void>
}

const slots = 16_384

/** A real Redis Cluster of three masters. */
export const startRedisCluster = async (): Promise<TestRedisCluster> => {
  const folder = mkdtempSync(join(tmpdir(), 'sm-redis-'))
  // each node also listens 10,000 ports higher, for the others
  const first = await freePorts(3)
  const ports = [first, first + 1, first + 2]
  const cluster = (port: number): readonly string[] => [
    '--cluster-config-file',
    `nodes-${port}.conf`,
    '--cluster-node-timeout',
    '2000',
    '--dir',
    folder,
  ]
  const children: ChildProcess[] = ports.map((port) =>
    spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--cluster-enabled', 'yes', ...cluster(port)],
      { stdio: 'ignore' },
    ),
  )
  const nodes = ports.map((port) => new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null }))
  for (const node of nodes) node.on('error', () => {})
  for (const [i, node] of nodes.entries()) {
    const from = Math.floor((slots * i) / 3)
    await node.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(Math.floor((slots * (i + 1)) / 3) - 1))
    for (const port of ports) await node.call('CLUSTER', 'MEET', '127.0.0.1', String(port))
  }
  await until(
    'the cluster to agree',
    async () => {
      const states = await Promise.all(nodes.map(async (node) => String(await node.call('CLUSTER', 'INFO'))))
      return states.every((state) => state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3'))
    },
    20_000,
  )
  for (const node of nodes) node.disconnect()
  return {
    urls: ports.map((port) => `redis://127.0.0.1:${port}`),
    async stop() {
      const ended = children.map((child) => new Promise<void>((go) => void child.once('exit', () => go())))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(ended)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
