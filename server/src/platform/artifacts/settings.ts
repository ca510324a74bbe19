import { join } from 'node:path';
import { artifactsIn } from './artifacts.ts';
import type { Artifacts } from './artifacts.ts';
import { folderStore } from './folder-store.ts';
import { s3Store } from './s3-store.ts';
import type { S3Settings } from './s3-store.ts';

/** Plain data: a thread can be told of it. */
export type ArtifactSettings =
  { readonly kind: 'folder'; readonly folder: string; readonly bytesMax: number } | { readonly kind: 's3'; readonly settings: S3Settings };

/** The environment names a place that cannot be one, or leaves out what it needs. */
export class ArtifactSettingsError extends Error {
  override readonly name = 'ArtifactSettingsError';
}

const PLACE = 'TIDEMARK_ARTIFACTS';
const SIZE = 'TIDEMARK_ARTIFACTS_MB';
const MB = 2 ** 20;
const MB_DEFAULT = 1_024;
const MB_MAX = 1_000_000;
const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9._-]+)*)\/?$/;

type Environment = Readonly<Record<string, string | undefined>>;

function needed(environment: Environment, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new ArtifactSettingsError(`${name} is not set, but ${PLACE} names a bucket: set it, or leave ${PLACE} out for a folder.`);
}

function endpointOf(environment: Environment, region: string): string {
  const text = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'] ?? `https://s3.${region}.amazonaws.com`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return text.replace(/\/+$/, '');
  throw new ArtifactSettingsError(
    `AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL) is ${JSON.stringify(text)}: give an https:// address, or http:// on this machine.`,
  );
}

function bytesMaxOf(environment: Environment): number {
  const text = environment[SIZE];
  if (text === undefined || text === '') return MB_DEFAULT * MB;
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= 1 && size <= MB_MAX) return size * MB;
  throw new ArtifactSettingsError(
    `${SIZE} is ${JSON.stringify(text)}: give whole megabytes from 1 to ${MB_MAX}, or leave it out for ${MB_DEFAULT}.`,
  );
}

/** Where artifacts are kept: `s3://bucket/prefix` in `TIDEMARK_ARTIFACTS`, or a folder. Throws {@link ArtifactSettingsError}. */
export function readArtifactSettings(environment: Environment, dataDir: string): ArtifactSettings {
  const text = environment[PLACE];
  if (text === undefined || text === '') return { kind: 'folder', folder: join(dataDir, 'artifacts'), bytesMax: bytesMaxOf(environment) };
  if (environment[SIZE] !== undefined && environment[SIZE] !== '')
    throw new ArtifactSettingsError(
      `${SIZE} bounds a folder, but ${PLACE} names a bucket: leave it out, and give the bucket a rule of its own.`,
    );
  const [, bucket, path = ''] = BUCKET.exec(text) ?? [];
  if (bucket === undefined || path.split('/').some((part) => part === '.' || part === '..'))
    throw new ArtifactSettingsError(`${PLACE} is ${JSON.stringify(text)}: give s3://BUCKET or s3://BUCKET/PREFIX, or leave it out.`);
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const settings: S3Settings = {
    bucket,
    prefix: path.slice(1),
    region,
    endpoint: endpointOf(environment, region),
    accessKeyId: needed(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed(environment, 'AWS_SECRET_ACCESS_KEY'),
  };
  return { kind: 's3', settings };
}

export const openArtifacts = (settings: ArtifactSettings): Artifacts =>
  artifactsIn(settings.kind === 's3' ? s3Store(settings.settings) : folderStore(settings.folder, settings.bytesMax));
