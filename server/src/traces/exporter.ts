import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { HrTime, SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { FinishedSpan, SpanAttributes } from './order-traces.ts';

export interface ExportSettings {
  /** Where a collector takes traces by OTLP over HTTP; headers come from the environment, as the library reads them. */
  readonly url: string;
  readonly serviceName: string;
  readonly version: string;
  readonly report: (what: string, error: unknown) => void;
}

export interface SpanSender {
  send(span: FinishedSpan): void;
  /** Sends what waits, within a moment. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 2_000;
const EVERY_MS = 1_000;
const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;

const hrTime = (ms: number): HrTime => [Math.floor(ms / MS_PER_S), (ms % MS_PER_S) * NS_PER_MS];
/** The library's type wants lists that can be changed. */
const attributesOf = (attributes: SpanAttributes) =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]));

function readable(span: FinishedSpan, resource: Resource, version: string): ReadableSpan {
  const contextOf = (spanId: string): SpanContext => ({ traceId: span.traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    name: span.name,
    kind: span.parentId === undefined ? SpanKind.CONSUMER : SpanKind.INTERNAL,
    spanContext: () => contextOf(span.spanId),
    ...(span.parentId === undefined ? {} : { parentSpanContext: contextOf(span.parentId) }),
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    duration: hrTime(span.endMs - span.startMs),
    status: { code: SpanStatusCode.UNSET },
    attributes: attributesOf(span.attributes),
    links: [],
    events: span.moments.map(({ name, atMs, attributes }) => ({ name, time: hrTime(atMs), attributes: attributesOf(attributes) })),
    ended: true,
    resource,
    instrumentationScope: { name: 'tidemark', version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** The library's exporter, whose failures are told once until it works again: trading goes on without a collector. */
function telling(exporter: SpanExporter, { url, report }: ExportSettings): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined && !isFailing)
          report(`traces are not taken at ${new URL(url).origin}; those of the meantime are lost`, result.error);
        isFailing = result.error !== undefined;
        // What was told is settled: the queue goes on with the next.
        done({ code: 0 });
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** Sends spans in batches by OTLP over HTTP, as JSON. What a collector does not take is dropped beyond 2,048 spans. */
export function openSender(settings: ExportSettings): SpanSender {
  const { url, serviceName, version } = settings;
  const resource = resourceFromAttributes({ 'service.name': serviceName, 'service.version': version });
  const processor = new BatchSpanProcessor({
    exporter: telling(new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS }), settings),
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: TIMEOUT_MS + EVERY_MS,
  });
  return { send: (span) => processor.onEnd(readable(span, resource, version)), close: () => processor.shutdown() };
}
