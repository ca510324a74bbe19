import { UsageError } from '../usage.ts';

export interface TracingSettings {
  /** Where traces are posted. */
  readonly url: string;
  readonly serviceName: string;
}

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const TRACES_ENDPOINT = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

function readUrl(name: string, text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageError(`${name} is "${text}"; it is the address of a collector for OTLP over HTTP, like http://127.0.0.1:4318`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${name} holds a name or password, which would be written to logs: give them in OTEL_EXPORTER_OTLP_HEADERS`);
  return url;
}

/**
 * Where traces go, by the names that OpenTelemetry gives to these settings; nowhere where none is set. The general address gets the path of traces, the one of
 * traces alone is taken as it is. Throws {@link UsageError}.
 */
export function readTracing(environment: NodeJS.ProcessEnv): TracingSettings | undefined {
  const { [ENDPOINT]: general = '', [TRACES_ENDPOINT]: own = '', OTEL_SERVICE_NAME: serviceName = 'tidemark' } = environment;
  if (own !== '') return { url: readUrl(TRACES_ENDPOINT, own).href, serviceName };
  if (general === '') return undefined;
  const url = readUrl(ENDPOINT, general);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return { url: url.href, serviceName };
}
