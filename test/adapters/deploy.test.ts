import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settings } from '../../adapters/config.ts'

const file = (name: string): string => readFileSync(join(import.meta.dirname, '../../adapters/deploy', name), 'utf8')
/** What HAProxy's configuration takes from the environment by itself. */
const ofTheProxy = /^SM_(LISTEN|CERT|CA|NODE_\d)$/

describe('the deploy kit', () => {
  it.each(['Containerfile', 'compose.yaml', 'kubernetes.yaml', 'stationmaster.service', 'haproxy.cfg', 'README.md'])(
    '%s names only settings that exist',
    (name) => {
      const known = new Set(settings.map((setting) => setting.name))
      const named = [...file(name).matchAll(/\bSM_[A-Z0-9_]+\b/g)].map(([found]) => found)
      expect(named.filter((found) => !known.has(found) && !ofTheProxy.test(found))).toEqual([])
    },
  )

  it('has Kubernetes manifests that can be read, whose parts find each other', () => {
    const documents = Bun.YAML.parse(file('kubernetes.yaml')) as {
      readonly kind: string
      readonly metadata: { readonly name: string }
      readonly spec: {
        readonly selector?: { readonly matchLabels?: object }
        readonly scaleTargetRef?: { readonly name: string }
        readonly template?: {
          readonly metadata: { readonly labels: object }
          readonly spec: { readonly terminationGracePeriodSeconds?: number }
        }
      }
    }[]
    expect(documents.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
    ])
    const [sockets] = documents
    expect(sockets?.spec.selector?.matchLabels).toEqual(sockets?.spec.template?.metadata.labels)
    expect(documents.at(-1)?.spec.scaleTargetRef?.name).toBe(sockets?.metadata.name)
    // the platform must not kill what is still draining
    expect(sockets?.spec.template?.spec.terminationGracePeriodSeconds).toBeGreaterThan(60)
  })
})
