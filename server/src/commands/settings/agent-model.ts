import { MODEL_PROTOCOLS } from '../../agents/runner/model-settings.ts';
import type { ModelSettings } from '../../agents/runner/model-settings.ts';
import { UsageError } from '../usage.ts';

const PROTOCOL = 'TIDEMARK_MODEL_PROTOCOL';
const URL_NAME = 'TIDEMARK_MODEL_URL';
const NAME = 'TIDEMARK_MODEL_NAME';
const KEY = 'TIDEMARK_MODEL_KEY';
const SECONDS = 'TIDEMARK_MODEL_SECONDS';

const SECONDS_USUAL = 120;
const SECONDS_MAX = 900;
/** Of requests that failed in a way that passes. */
const RETRIES_MAX = 2;

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UsageError(
      `${URL_NAME} is no address of a model's API; it is one like https://api.example.com/v1 or http://127.0.0.1:11434/v1`,
    );
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new UsageError(`${URL_NAME} holds a name, password or parameters, which would be shown: give the key in ${KEY}`);
  return url.href.replace(/\/$/, '');
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > SECONDS_MAX)
    throw new UsageError(`${SECONDS} is "${text}"; it is a whole number from 1 to ${SECONDS_MAX}`);
  return seconds;
}

/**
 * The model that agents of this server ask; none where no address is set. Throws {@link UsageError}, which never holds the key or the address as they were
 * given.
 */
export function readAgentModel(environment: NodeJS.ProcessEnv): ModelSettings | undefined {
  const { [PROTOCOL]: protocol = '', [URL_NAME]: address = '', [NAME]: name = '', [KEY]: key = '', [SECONDS]: seconds = '' } = environment;
  if (address === '' && name === '' && key === '' && protocol === '') return undefined;
  if (address === '' || name === '') throw new UsageError(`A model for agents needs ${URL_NAME} and ${NAME}`);
  const known = protocol === '' ? 'openai' : MODEL_PROTOCOLS.find((each) => each === protocol);
  if (known === undefined) throw new UsageError(`${PROTOCOL} is "${protocol}"; it is ${MODEL_PROTOCOLS.join(' or ')}`);
  return {
    protocol: known,
    baseUrl: readUrl(address),
    apiKey: key === '' ? undefined : key,
    name,
    turnMsMax: (seconds === '' ? SECONDS_USUAL : readSeconds(seconds)) * 1_000,
    retriesMax: RETRIES_MAX,
  };
}
