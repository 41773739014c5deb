import { execFileSync } from 'node:child_process'

/** A host of its own, as far as the network goes: its address, and what to put before a program to run it there. */
export interface Host {
  readonly address: string
  readonly prefix: readonly string[]
  /** Every packet between it and these ports elsewhere vanishes, in both directions. */
  cutOffFrom(ports: readonly number[]): void
  /** So many of a hundred packets to and from this port of it are lost. */
  loses(percent: number, port: number): void
  heal(): void
}

export interface Hosts {
  /** Where the hosts find what this machine itself offers. */
  readonly gateway: string
  readonly hosts: readonly Host[]
  stop(): void
}

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, [...args], { stdio: ['ignore', 'ignore', 'pipe'] })

/** Why this machine makes no hosts, or nothing where it does. */
export const hostsUnavailable = (): string | undefined => {
  const name = `smtry${process.pid}`
  try {
    run('ip', 'netns', 'add', name)
  } catch {
    return 'network namespaces are not allowed here, or there is no `ip` (iproute2)'
  }
  try {
    run('ip', 'netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'sm')
    return undefined
  } catch {
    return 'there is no `nft` (nftables), or the kernel has none'
  } finally {
    run('ip', 'netns', 'del', name)
  }
}

/** Network namespaces on a bridge of this machine. */
export const startHosts = (count: number): Hosts => {
  const mark = Math.trunc(Math.random() * 0xffff)
  const id = mark.toString(16)
  const net = `10.${64 + ((mark >> 8) % 64)}.${mark & 0xff}`
  const bridge = `smb${id}`
  run('ip', 'link', 'add', bridge, 'type', 'bridge')
  run('ip', 'addr', 'add', `${net}.1/24`, 'dev', bridge)
  run('ip', 'link', 'set', bridge, 'up')
  const names: string[] = []
  const hosts = Array.from({ length: count }, (_, i): Host => {
    const [name, outer, inner] = [`smh${id}-${i}`, `sm${id}${i}o`, `sm${id}${i}i`]
    const address = `${net}.${10 + i}`
    const inside = (...args: readonly string[]): void => run('ip', 'netns', 'exec', name, ...args)
    names.push(name)
    run('ip', 'netns', 'add', name)
    run('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name)
    run('ip', 'link', 'set', outer, 'master', bridge, 'up')
    inside('ip', 'addr', 'add', `${address}/24`, 'dev', inner)
    inside('ip', 'link', 'set', inner, 'up')
    inside('ip', 'link', 'set', 'lo', 'up')
    inside('nft', 'add', 'table', 'inet', 'sm')
    for (const hook of ['input', 'output'])
      inside('nft', 'add', 'chain', 'inet', 'sm', hook, `{ type filter hook ${hook} priority 0; }`)
    return {
      address,
      prefix: ['ip', 'netns', 'exec', name],
      cutOffFrom(ports) {
        for (const port of ports) {
          inside('nft', 'add', 'rule', 'inet', 'sm', 'output', 'tcp', 'dport', String(port), 'drop')
          inside('nft', 'add', 'rule', 'inet', 'sm', 'input', 'tcp', 'sport', String(port), 'drop')
        }
      },
      loses(percent, port) {
        const some = ['numgen', 'random', 'mod', '100', '<', String(percent), 'drop']
        inside('nft', 'add', 'rule', 'inet', 'sm', 'input', 'tcp', 'dport', String(port), ...some)
        inside('nft', 'add', 'rule', 'inet', 'sm', 'output', 'tcp', 'sport', String(port), ...some)
      },
      heal() {
        for (const hook of ['input', 'output']) inside('nft', 'flush', 'chain', 'inet', 'sm', hook)
      },
    }
  })
  return {
    gateway: `${net}.1`,
    hosts,
    stop() {
      for (const name of names) run('ip', 'netns', 'del', name)
      run('ip', 'link', 'del', bridge)
    },
  }
}
