import { context, metrics, type Histogram, propagation, trace, type Tracer } from '@opentelemetry/api'
import type { Counter, CounterName, DurationName, Span, Telemetry } from '../../core/ports/telemetry.ts'

/**
 * Counters and traces through the OpenTelemetry API. A counter is a number in memory until someone scrapes it: an API
 * call with attributes for every frame would cost more than the frame. Spans exist only where an SDK was set up.
 */
export const createTelemetry = (options: { readonly traced: boolean }): Telemetry => {
  const meter = metrics.getMeter('stationmaster')
  const tracer = trace.getTracer('stationmaster')
  const counters = new Map<CounterName, Map<string, Tally>>()
  const histograms = new Map<DurationName, Histogram>()

  const family = (name: CounterName): Map<string, Tally> => {
    const tallies = new Map<string, Tally>()
    counters.set(name, tallies)
    meter.createObservableCounter(name).addCallback((result) => {
      for (const [label, { value }] of tallies) result.observe(value, label === '' ? {} : { kind: label })
    })
    return tallies
  }

  const counter = (name: CounterName, label = ''): Tally => {
    const tallies = counters.get(name) ?? family(name)
    let tally = tallies.get(label)
    if (tally === undefined) tallies.set(label, (tally = new Tally()))
    return tally
  }

  const histogram = (name: DurationName): Histogram => {
    let known = histograms.get(name)
    if (known === undefined) histograms.set(name, (known = meter.createHistogram(name, { unit: 'ms' })))
    return known
  }

  return {
    count: (name, label) => counter(name, label).add(),
    counter,
    gauge: (name, read) => meter.createObservableGauge(name).addCallback((result) => result.observe(read())),
    took(name, ms, label) {
      histogram(name).record(ms, label === undefined ? undefined : { kind: label })
    },
    span: (name, parent) => (options.traced ? startSpan(tracer, name, parent) : undefined),
  }
}

class Tally implements Counter {
  value = 0

  add(): void {
    this.value++
  }
}

const startSpan = (tracer: Tracer, name: string, parent: string | undefined): Span => {
  const above = parent === undefined ? context.active() : propagation.extract(context.active(), { traceparent: parent })
  const span = tracer.startSpan(name, {}, above)
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (key, value) => void span.setAttribute(key, value),
    end(fault) {
      if (fault !== undefined) span.setStatus({ code: 2, message: fault })
      span.end()
    },
  }
}
