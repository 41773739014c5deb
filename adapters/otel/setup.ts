import { metrics, propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base'

export interface Otel {
  /** Whether spans go anywhere. */
  readonly traced: boolean
  /** All metrics in the Prometheus text format. */
  prometheus(): Promise<string>
  stop(): Promise<void>
}

/** Sets the SDK up: metrics always (they are scraped), traces where an OTLP endpoint or a processor is given. */
export const startOtel = async (options: {
  readonly endpoint?: string
  readonly worker: string
  readonly processor?: SpanProcessor
}): Promise<Otel> => {
  const resource = resourceFromAttributes({ 'service.name': 'stationmaster', 'service.instance.id': options.worker })
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const meters = new MeterProvider({ resource, readers: [exporter] })
  metrics.setGlobalMeterProvider(meters)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const processor =
    options.processor ??
    (options.endpoint === undefined ? undefined : new BatchSpanProcessor(await otlp(options.endpoint)))
  const tracers = processor && new BasicTracerProvider({ resource, spanProcessors: [processor] })
  if (tracers !== undefined) trace.setGlobalTracerProvider(tracers)
  const serializer = new PrometheusSerializer()
  return {
    traced: tracers !== undefined,
    async prometheus() {
      const { resourceMetrics } = await exporter.collect()
      return serializer.serialize(resourceMetrics)
    },
    async stop() {
      await Promise.allSettled([meters.shutdown(), tracers?.shutdown()])
    },
  }
}

/** Loaded only where it is used: most installations scrape metrics and send no traces. */
const otlp = async (endpoint: string) => {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  return new OTLPTraceExporter({ url: new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href })
}
