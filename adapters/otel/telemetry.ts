import { context, metrics, type Histogram, propagation, trace, type Tracer } from '@opentelemetry/api'
import type { CounterName, DurationName, Span, Telemetry } from '../../core/ports/telemetry.ts'

/**
 * Counters and traces through the OpenTelemetry API. A counter is a number in memory until someone scrapes it: an API
 * call with attributes for every frame would cost more than the frame. Spans exist only where an SDK was set up.
 */
export const createTelemetry = (options: { readonly traced: boolean }): Telemetry => {
  const meter = metrics.getMeter('stationmaster')
  const tracer = trace.getTracer('stationmaster')
  const counters = new Map<CounterName, Map<string, number>>()
  const histograms = new Map<DurationName, Histogram>()

  const counter = (name: CounterName): Map<string, number> => {
    const known = counters.get(name)
    if (known !== undefined) return known
    const values = new Map<string, number>()
    counters.set(name, values)
    meter.createObservableCounter(name).addCallback((result) => {
      for (const [label, value] of values) result.observe(value, label === '' ? {} : { kind: label })
    })
    return values
  }

  const histogram = (name: DurationName): Histogram => {
    let known = histograms.get(name)
    if (known === undefined) histograms.set(name, (known = meter.createHistogram(name, { unit: 'ms' })))
    return known
  }

  return {
    count(name, label = '') {
      const values = counter(name)
      values.set(label, (values.get(label) ?? 0) + 1)
    },
    took(name, ms, label) {
      histogram(name).record(ms, label === undefined ? undefined : { kind: label })
    },
    span: (name, parent) => (options.traced ? startSpan(tracer, name, parent) : undefined),
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
