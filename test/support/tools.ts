import { spawnSync } from 'node:child_process'
import { hostsUnavailable } from './hosts.ts'

/** Programs that are not npm's: where they are missing a suite is skipped, but not where SM_TOOLS=required (CI). */
const found = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, [...args], { stdio: 'ignore' }).error === undefined

const needed = (reason: string | undefined): string | undefined => {
  if (reason !== undefined && process.env['SM_TOOLS'] === 'required')
    throw new Error(`${reason}, and it is needed here`)
  return reason
}

/** Why a suite cannot run here, or nothing where it can. */
export const without = {
  spin: (): string | undefined =>
    needed(found('spin', '-V') && found('cc', '--version') ? undefined : 'there is no spin, or no C compiler'),
  haproxy: (): string | undefined => needed(found('haproxy', '-v') ? undefined : 'there is no haproxy'),
  openssl: (): string | undefined => needed(found('openssl', 'version') ? undefined : 'there is no openssl'),
  redis: (): string | undefined => needed(found('redis-server', '--version') ? undefined : 'there is no redis-server'),
  // where namespaces are not allowed, nothing that could be installed helps
  hosts: hostsUnavailable,
}
